"""Changes to what all networks share: organisations, roles, themes, days to avoid, places, doubles.

The audit log (audit.py) writes such a change into the log of every network that it touches, with how each row was
before. All rows of one transaction are one change and are undone together, for a month, unless one of them was changed
again since. Undoing is a change as well: it stands in the log and can be undone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction

from app import clock
from app.accounts import rights
from app.accounts.models import Account, Action, AuditEntry, OrganisationRequest, audit_networks
from app.database import db, rows_changed, take_turns
from app.events.models import BusyDays, event_roles
from app.events.models import Event as Meeting
from app.network.imports.models import Double, Merge
from app.network.models import Membership, Network
from app.network.organisations.models import ContactPerson, Organisation, OrganisationDomain
from app.network.people.models import EmailAddress, Person, Position, interests
from app.network.vocabulary.models import Role
from app.places.models import Place, Room
from app.rows import bring_back, plain_row, typed_row
from app.themes.models import Theme, event_themes, network_themes
from app.words import Refusal

Ids = sa.Select[int] | sa.CompoundSelect[int]
UNDOABLE = timedelta(days=30)
_OPEN, _LAST = "shared_change", "last_shared_change"
"""In a session: the change of the running transaction, and the one that was carried out last."""


class CannotUndo(Refusal):
    """This change stays as it is."""

    says = {
        "changed": _l("Dit is daarna opnieuw gewijzigd. Er is niets teruggezet."),
        "in_use": _l("Dit is intussen in gebruik. Er is niets teruggezet."),
        "undone": _l("Dit is al ongedaan gemaakt."),
        "too_late": _l("Ongedaan maken kan tot een maand na de wijziging."),
    }


def put_back(row: Any) -> None:
    """Add a row that was removed under the number that it had, which is in links that were mailed.

    Raises CannotUndo when it is there again: the button was pressed twice.
    """
    take_turns(f"put back {row.__tablename__} {row.id}")
    if db.session.get(type(row), row.id) is not None:
        raise CannotUndo("undone")
    db.session.add(row)


def touched_networks(row: Any) -> set[int] | None:
    """Ids of the networks that a change to this row touches; None for what belongs to a network or nobody."""
    select = _TOUCHED.get(type(row))
    return set(db.session.scalars(select(row))) if select else None


def networks_at(*organisation_ids: int | None) -> sa.Select[int]:
    """Ids of the networks that have people at one of these organisations, now or later."""
    there = sa.or_(Position.ends_on.is_(None), Position.ends_on >= clock.today())
    people = sa.select(Position.person_id).where(Position.organisation_id.in_(organisation_ids), there)
    return _networks_of(people)


def _networks_of(people: Ids) -> sa.Select[int]:
    return sa.select(Membership.network_id).where(Membership.person_id.in_(people)).distinct()


def _networks_with_role(role: Role) -> Ids:
    holders = _networks_of(sa.select(Position.person_id).where(Position.role_code == role.code))
    meant_for = sa.select(Meeting.network_id).join(event_roles, event_roles.c.event_id == Meeting.id)
    return sa.union(holders, meant_for.where(event_roles.c.role_code == role.code))


def _networks_with_theme(theme: Theme) -> Ids:
    interested = sa.select(interests.c.person_id).where(interests.c.theme_id == theme.id)
    asked = sa.select(ContactPerson.person_id).where(ContactPerson.theme_id == theme.id)
    about = sa.select(network_themes.c.network_id).where(network_themes.c.theme_id == theme.id)
    held = sa.select(Meeting.network_id).join(event_themes, event_themes.c.event_id == Meeting.id)
    return sa.union(_networks_of(sa.union(interested, asked)), about, held.where(event_themes.c.theme_id == theme.id))


def _networks_at_place(place: Place | None) -> Ids:
    """Those whose sessions are at a place that is called so."""
    return sa.select(Meeting.network_id).where(Meeting.venue == (place.name if place else None)).distinct()


def _networks_of_one(person_id: int) -> sa.Select[int]:
    return sa.select(Membership.network_id).where(Membership.person_id == person_id).distinct()


def _networks_of_two(first: int, second: int) -> sa.Select[int]:
    return sa.select(Membership.network_id).where(Membership.person_id.in_((first, second))).distinct()


_TOUCHED: dict[type, Callable[[Any], Ids]] = {
    Organisation: lambda row: networks_at(row.id, row.successor_id),
    OrganisationDomain: lambda row: networks_at(row.organisation_id),
    ContactPerson: lambda row: networks_at(row.organisation_id),
    OrganisationRequest: lambda row: networks_at(row.organisation_id, row.successor_id),
    Role: _networks_with_role,
    Theme: _networks_with_theme,
    BusyDays: lambda row: sa.select(Network.id),
    Place: _networks_at_place,
    Room: lambda row: _networks_at_place(db.session.get(Place, row.place_id)),
    Double: lambda row: _networks_of_two(row.first_id, row.second_id),
    Merge: lambda row: _networks_of_two(row.kept_id, row.gone_id),
    Person: lambda row: _networks_of_one(row.id),
    EmailAddress: lambda row: _networks_of_one(row.person_id),
    Position: lambda row: _networks_of_one(row.person_id),
}
"""Who is touched by what is shared."""
_UNDONE: dict[str, type[Any]] = {
    model.__tablename__: model
    for model in (
        Organisation,
        OrganisationDomain,
        ContactPerson,
        Role,
        Theme,
        BusyDays,
        Place,
        Room,
        Double,
        Position,
    )
}
"""What comes back with a change. Requests are answered and merges have a journal of their own."""
_OF_PEOPLE = (ContactPerson, Position)
"""What follows a change, and goes its own way after: undoing leaves alone what somebody became since."""


def step_of(session: Session, action: Action, row: Any, before: dict[str, Any]) -> dict[str, Any] | None:
    """What undoing this row takes; None where it is no part of a change to something shared."""
    if row.__tablename__ not in _UNDONE or (isinstance(row, Position) and _OPEN not in session.info):
        return None
    table = row.__table__
    now = plain_row({column.name: getattr(row, column.name) for column in table.columns})
    step = {"table": table.name, "key": {column.name: now[column.name] for column in table.primary_key}}
    if action == Action.CHANGED:
        return step | {"before": plain_row(before), "after": {name: now[name] for name in before}}
    return step | {"row": now, "deleted": action == Action.DELETED}


def join_change(session: Session, entry_id: int) -> int:
    """The number of the change that this entry is a part of: its own when it is the first of the transaction."""
    change_id: int = session.info.setdefault(_OPEN, entry_id)
    return change_id


def last_change() -> int | None:
    """The number of what was carried out last here."""
    change_id: int | None = db.session.info.get(_LAST)
    return change_id


def connect_shared_changes() -> None:
    """Let a change end with its transaction, in every session of the process."""
    if not event.contains(Session, "after_transaction_end", _end_change):
        event.listen(Session, "after_transaction_end", _end_change)


def _end_change(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None and _OPEN in session.info:
        session.info[_LAST] = session.info.pop(_OPEN)


def is_undoing(session: Session) -> bool:
    return bool(session.info.get("undoing"))


def may_undo(account: Account, change: AuditEntry, touched: Iterable[int]) -> bool:
    """Whoever made the change, organisers of a network that it touches, and administrators."""
    if account.is_admin or (account.id == change.account_id and rights.organises_anything(account)):
        return True
    return any(rights.may_organise(account, network_id) for network_id in touched)


def undoable_of(account: Account, entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Those among these entries that begin a change which this account may still undo."""
    since = clock.now() - UNDOABLE
    begin = [each for each in entries if each.id == each.change_id and each.undone_at is None and each.at > since]
    touched = _networks_of_changes([each.id for each in begin])
    return [each for each in begin if may_undo(account, each, touched[each.id])]


def find_undoable(account: Account, audit_entry_id: int) -> AuditEntry | None:
    """A change that this account may undo."""
    change = db.session.get(AuditEntry, audit_entry_id)
    if change is None or change.id != change.change_id:
        return None
    return change if may_undo(account, change, _networks_of_changes([audit_entry_id])[audit_entry_id]) else None


def undo_change(change: AuditEntry) -> None:
    """Make all rows of a change what they were. Raises CannotUndo, and then changed nothing that a rollback keeps."""
    db.session.refresh(change, with_for_update=True)
    if change.undone_at is not None:
        raise CannotUndo("undone")
    if change.at <= clock.now() - UNDOABLE:
        raise CannotUndo("too_late")
    db.session.info["undoing"] = True
    try:
        for step in _steps_backwards(change):
            _take_back(step)
            db.session.flush()
    except IntegrityError as error:
        raise CannotUndo("in_use") from error
    finally:
        del db.session.info["undoing"]
    change.undone_at = clock.now()
    db.session.flush()
    db.session.expire_all()


def forget_old_steps() -> int:
    """Drop what is kept to undo changes that are too old for that. Returns of how many rows."""
    old = sa.update(AuditEntry).where(AuditEntry.at <= clock.now() - UNDOABLE, AuditEntry.step.is_not(None))
    return rows_changed(old.values(step=None).execution_options(synchronize_session=False))


def _networks_of_changes(change_ids: list[int]) -> defaultdict[int, set[int]]:
    wanted = sa.select(AuditEntry.change_id, audit_networks.c.network_id)
    wanted = wanted.join(audit_networks, AuditEntry.id == audit_networks.c.entry_id)
    touched: defaultdict[int, set[int]] = defaultdict(set)
    for change_id, network_id in db.session.execute(wanted.where(AuditEntry.change_id.in_(change_ids))):
        touched[change_id].add(network_id)
    return touched


def _steps_backwards(change: AuditEntry) -> list[dict[str, Any]]:
    wanted = sa.select(AuditEntry.step).where(AuditEntry.change_id == change.id, AuditEntry.step.is_not(None))
    return [step for step in db.session.scalars(wanted.order_by(AuditEntry.id.desc())) if step]


def _take_back(step: dict[str, Any]) -> None:
    model = _UNDONE[step["table"]]
    row = db.session.get(model, tuple(typed_row(model.__table__, step["key"]).values()), populate_existing=True)
    was = step.get("row")
    if was is not None and row is None and step["deleted"]:
        if model in _OF_PEOPLE and not _is_still_there(was["person_id"]):
            return
        db.session.add(model(**typed_row(model.__table__, was)))
    elif row is None or not _is_as_left(row, was if was is not None else step["after"]) or step.get("deleted"):
        if model not in _OF_PEOPLE:
            raise CannotUndo("changed")
    elif was is not None:
        db.session.delete(row)
    else:
        bring_back(row, step["before"])


def _is_still_there(person_id: int) -> bool:
    """Whether somebody was not erased or merged into another since."""
    person = db.session.get(Person, person_id)
    return person is not None and person.erased_at is None and person.merged_into_id is None


def _is_as_left(row: Any, values: dict[str, Any]) -> bool:
    return plain_row({name: getattr(row, name) for name in values}) == values
