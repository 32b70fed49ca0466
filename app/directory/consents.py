"""Each yes of somebody to being seen: given by themselves alone, in words that are kept, and taken back at any moment.

A yes holds for the audience it was given for. No other words make it hold for more, and nobody says yes for somebody else:
no organiser, no list that is imported, no merging with another person.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from app import clock
from app.database import add_once, db, rows_changed
from app.directory.models import Audience, Listing, Shown, Visibility
from app.events.models import Event
from app.network.models import Network
from app.network.people.models import Person

OF_NETWORK = tuple(each for each in Shown if each is not Shown.COMES)
KEPT = timedelta(days=365)
"""How long a yes that was taken back is kept, to show that it was one."""
FORGOTTEN = timedelta(days=30)
"""How long the words stay of somebody who is in the list no more, so that they come back with who left by mistake."""


def shown_in(person: Person, network: Network) -> set[Shown]:
    """What somebody shows to the members of a network."""
    wanted = sa.select(Visibility.field).where(*_of_network(person.id, network.id), Visibility.withdrawn_at.is_(None))
    return set(db.session.scalars(wanted))


def show(person: Person, network: Network, fields: Collection[Shown]) -> None:
    """From here on somebody shows these to the members, and nothing else; without the name nothing at all."""
    wanted = set(fields) if Shown.NAME in fields else set()
    before = shown_in(person, network)
    _withdraw(*_of_network(person.id, network.id), Visibility.field.in_(before - wanted))
    for field in sorted(wanted - before, key=OF_NETWORK.index):
        _give(field, Audience.MEMBERS, person_id=person.id, network_id=network.id)


def withdraw_all(person_id: int, network_id: int) -> None:
    """Nothing of somebody is shown to the members of a network any more."""
    _withdraw(*_of_network(person_id, network_id))


def restore(person_id: int, network_id: int, since: datetime) -> None:
    """What ended by leaving since then holds again: the leaving was a mistake, and nobody else was asked anything.

    Nothing does once they said yes anew since then: they chose again, and may have taken that back themselves.
    """
    mine = _of_network(person_id, network_id)
    chose_again = sa.select(Visibility.id).where(*mine, Visibility.given_at > since).limit(1)
    if db.session.scalar(chose_again) is None:
        ended = sa.update(Visibility).where(*mine, Visibility.withdrawn_at >= since).values(withdrawn_at=None)
        db.session.execute(ended.execution_options(synchronize_session="fetch"))


def shows_at(person: Person, event: Event) -> bool:
    """Whether somebody agreed to stand on the list of a session."""
    mine = (Visibility.person_id == person.id, Visibility.event_id == event.id, Visibility.withdrawn_at.is_(None))
    return db.session.scalar(sa.select(Visibility.id).where(*mine)) is not None


def show_at(person: Person, event: Event, *, shown: bool) -> None:
    """Let somebody stand on the list of a session, or not; nobody on that of a confidential one."""
    if shown and not event.confidential:
        _give(Shown.COMES, Audience.PARTICIPANTS, person_id=person.id, event_id=event.id)
    else:
        _withdraw(Visibility.person_id == person.id, Visibility.event_id == event.id)


def forget_old_consents() -> int:
    """Delete each yes that was taken back long ago, and words of who is in no list any more. Returns how many."""
    now = clock.now()
    listed = sa.exists().where(
        Visibility.person_id == Listing.person_id,
        Visibility.network_id == Listing.network_id,
        Visibility.field == Shown.NAME,
        sa.or_(Visibility.withdrawn_at.is_(None), Visibility.withdrawn_at > now - FORGOTTEN),
    )
    unseen = sa.delete(Listing).where(Listing.changed_at < now - FORGOTTEN, ~listed)
    old = sa.delete(Visibility).where(Visibility.withdrawn_at < now - KEPT)
    return sum(rows_changed(each.execution_options(synchronize_session=False)) for each in (unseen, old))


def _of_network(person_id: int, network_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Visibility.person_id == person_id, Visibility.network_id == network_id


def _give(field: Shown, audience: Audience, **where: int) -> None:
    """A yes in the words in which it was just asked; one that holds stays as it is."""
    values: Mapping[str, object] = {
        "field": field,
        "audience": audience,
        "wording": str(field.asks),
        "given_at": clock.now(),
        **where,
    }
    holds = sa.select(Visibility.id).where(
        *(getattr(Visibility, name) == value for name, value in where.items()),
        Visibility.field == field,
        Visibility.withdrawn_at.is_(None),
    )
    if db.session.scalar(holds) is None:
        add_once(Visibility(**values))


def _withdraw(*theirs: sa.ColumnElement[bool]) -> None:
    taken_back = sa.update(Visibility).where(Visibility.withdrawn_at.is_(None), *theirs)
    db.session.execute(taken_back.values(withdrawn_at=clock.now()).execution_options(synchronize_session="fetch"))
