"""Leaving everything: told by mail, and to be taken back by its link, since another could have done it."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app import clock, tokens, urls
from app.database import db, lock_row, rows_changed
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.people.models import Departure, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.tokens import Purpose
from app.words import Refusal

UNDOABLE = timedelta(days=14)


class CannotComeBack(Refusal):
    """What somebody left does not come back by this link."""

    says = _l("Dit is al teruggedraaid.")


def leave_everything(person: Person) -> Departure:
    """Leave every network and all mail, and tell it to the address that their mail went to."""
    departure = Departure(person_id=person.id, kept=memberships.leave_all_networks(person))
    db.session.add(departure)
    db.session.flush()
    _tell(departure, person)
    return departure


def come_back(departure: Departure) -> None:
    """Everything is again as it was. Raises CannotComeBack."""
    lock_row(departure)
    db.session.refresh(departure)
    if departure.undone_at is not None:
        raise CannotComeBack
    memberships.rejoin_networks(departure.person, departure.kept)
    departure.undone_at = clock.now()


def latest_departure(person: Person) -> Departure | None:
    """What somebody left last, as long as they can come back to it."""
    wanted = sa.select(Departure).where(
        Departure.person_id == person.id, Departure.undone_at.is_(None), Departure.at > clock.now() - UNDOABLE
    )
    return db.session.scalar(wanted.order_by(Departure.id.desc()).limit(1))


def departure_of_link(token: str) -> Departure | None:
    """What a link takes back, for as many days as that can be done and its person is who they were."""
    departure_id, _ = tokens.read_token(Purpose.DEPARTURE, token) or (0, 0)
    found = db.session.get(Departure, departure_id)
    if found is None or found.at <= clock.now() - UNDOABLE:
        return None
    return None if found.person.erased_at or found.person.merged_into_id else found


def forget_old_departures() -> int:
    """Delete those that are too old to take back. Returns how many."""
    return rows_changed(sa.delete(Departure).where(Departure.at <= clock.now() - UNDOABLE))


def _tell(departure: Departure, person: Person) -> None:
    address, kind = correspondence.preferred_address(person), MessageKind.LEFT_ALL
    if address is None or address.bounced_at:
        return
    link = urls.come_back_url(tokens.make_token(Purpose.DEPARTURE, departure.id))

    def fields() -> dict[str, object]:
        button = LetterBlock.render("button", link=link, label=gettext("Toch weer meedoen"))
        return {"voornaam": person.call_name, "site": letters.site_name(), "knop": button, "dagen": UNDOABLE.days}

    mail = correspondence.write_mail(person, kind.letter, fields, Envelope(kind.because, address))
    plan_finished_mail(mail, kind, person_id=person.id)
