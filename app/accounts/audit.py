"""The audit log writes itself: every row that a signed-in organiser adds, changes or deletes.

It listens to the database session, so that no view can forget it. Of people only which
fields changed is kept, never their contents. Of what somebody does by a personal link, who they are and
which networks may mail them are kept in the same way, as a change without an account.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import g, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.unitofwork import UOWTransaction

from app import clock
from app.accounts import shared_changes
from app.accounts.models import Account, Action, AuditEntry, MergeRequest, Subject, audit_networks
from app.agendas.models import Agenda, AgendaTheme, Office
from app.contact_moments.models import ContactMoment
from app.database import db
from app.events.models import Event
from app.lessons.board.models import Board
from app.lessons.evaluations.models import Evaluation
from app.lessons.impressions.models import Impression
from app.lessons.insights.models import Insight
from app.network.imports.models import Double
from app.network.models import Membership, Network, NetworkNote
from app.network.organisations.models import ContactPerson
from app.network.people.models import EmailAddress, Person, Position
from app.progress.models import Report
from app.rows import plain

_BY_ITSELF = {subject for subject in Subject if subject.by_itself}
_PERSONAL = (Person, NetworkNote, EmailAddress, Position, Account, ContactPerson, Office, ContactMoment)
_BY_LINK = (Person, EmailAddress, Position, Membership)
"""What is written down of who comes by a link: not their answers, wishes and votes, which have pages of their own."""
_PARENTS = (
    ("event", "event_id", Event),
    ("impression", "impression_id", Impression),
    ("insight", "insight_id", Insight),
    ("board", "board_id", Board),
    ("evaluation", "evaluation_id", Evaluation),
    ("agenda", "agenda_id", Agenda),
    ("agenda_theme", "agenda_theme_id", AgendaTheme),
    ("report", "report_id", Report),
)
"""What rows without a network of their own belong to: relationship, column, model."""
_DERIVED = {
    "changed_at",
    "created_at",
    "sort_name",
    "search_text",
    "content",
    "contents",
    "digest",
    "sequence",
    "seen_at",
    "used_on",
    "due_at",
    "handled",
    "journal",
}

_CHOSEN: dict[type, set[str]] = {Person: {"digest"}}
"""Fields that somebody chooses, though another table has one of that name that follows from the rest."""


def note_in_audit_log(action: Action, row: Any, **changes: Any) -> None:
    """Record something that changes no row, such as an export or a test mail."""
    account = g.get("account")
    if account is None:
        return
    entry = AuditEntry(account_id=account.id, action=action, changes=changes, **subject_of(row))
    db.session.add(entry)
    db.session.flush()
    touched = [{"entry_id": entry.id, "network_id": each} for each in shared_changes.touched_networks(row) or ()]
    if touched:
        db.session.execute(sa.insert(audit_networks), touched)


def connect_audit_log() -> None:
    """Listen to every session of the process."""
    shared_changes.connect_shared_changes()
    if not event.contains(Session, "after_flush", _write_down):
        event.listen(Session, "after_flush", _write_down)


def _write_down(session: Session, flush_context: UOWTransaction) -> None:
    account = g.get("account") if has_app_context() else None
    by_link = account is None and has_app_context() and g.get("by_link", False)
    if account is None and not by_link:
        return
    deleted = _deleted_rows(flush_context)
    rows_by_action: tuple[tuple[Action, Iterable[Any]], ...] = (
        (Action.ADDED, session.new),
        (Action.CHANGED, session.dirty.difference(deleted)),
        (Action.DELETED, deleted),
    )
    for action, rows in rows_by_action:
        for row in rows:
            if isinstance(row, _BY_LINK) if by_link else row.__tablename__ in _BY_ITSELF:
                _entry(session, account, action, row)


def _deleted_rows(flush_context: UOWTransaction) -> list[Any]:
    """Also those that went because they were taken out of a list of their parent, which `Session.deleted` passes over."""
    return [
        state.obj() for state, (is_delete, only_listed) in flush_context.states.items() if is_delete and not only_listed
    ]


def _entry(session: Session, account: Account | None, action: Action, row: Any) -> None:
    before = _values_before(row) if action == Action.CHANGED else {}
    if action == Action.CHANGED and not before:
        return
    networks = shared_changes.touched_networks(row)
    step = shared_changes.step_of(session, action, row, before)
    if step and shared_changes.is_undoing(session):
        action = Action.UNDONE
    values = {"at": clock.now(), "account_id": account and account.id, "action": action, "count": 1, "step": step}
    values |= {"changes": _changes(row, before), **subject_of(row)}
    table = AuditEntry.__table__
    entry_id = session.execute(sa.insert(table).values(values).returning(table.c.id)).scalar_one()
    if step:
        change = shared_changes.join_change(session, entry_id)
        session.execute(sa.update(table).where(table.c.id == entry_id).values(change_id=change))
    if networks:
        session.execute(
            sa.insert(audit_networks), [{"entry_id": entry_id, "network_id": each} for each in sorted(networks)]
        )


def _values_before(row: Any) -> dict[str, Any]:
    """Field → what it was, of the fields that changed."""
    state = sa.inspect(row)
    values = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if (attribute.key in _DERIVED and attribute.key not in _CHOSEN.get(type(row), ())) or not history.has_changes():
            continue
        before, after = (each[0] if each else None for each in (history.deleted, history.added))
        if before != after:
            values[attribute.key] = before
    return values


def _changes(row: Any, before: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → [before, after]; for personal data only the names of the fields."""
    if isinstance(row, _PERSONAL):
        return {name: [] for name in before}
    return {name: [_short(value), _short(getattr(row, name))] for name, value in before.items()}


def _short(value: object) -> object:
    short = plain(value)
    return short[:500] if isinstance(short, str) else short


def subject_of(row: Any) -> dict[str, Any]:
    """What an entry says of the row that it is about."""
    row_id = getattr(row, "id", None)
    return {
        "network_id": _network_of(row),
        "subject": Subject._value2member_map_[row.__tablename__],
        "subject_id": row_id,
        "label": _name_on_log_page(row),
    }


def _network_of(row: Any) -> int | None:
    """The network that a row belongs to, by the event or impression above it when it does not say itself."""
    if isinstance(row, Network):
        return row.id
    network_id: int | None = getattr(row, "network_id", None)
    if network_id is not None:
        return network_id
    for parent, column, model in _PARENTS:
        if (above_id := getattr(row, column, None)) is not None:
            above = db.session.get(model, above_id)
            return _network_of(above) if above else None
        if (above := getattr(row, parent, None)) is not None:
            return _network_of(above)
    return None


def _name_on_log_page(row: Any) -> str:
    """What the row is called on the log page; people by number alone."""
    if isinstance(row, _PERSONAL):
        return ""
    if isinstance(row, Double):
        return f"{row.first_id} + {row.second_id}"
    if isinstance(row, MergeRequest):
        return f"{row.kept_id} + {row.gone_id}"
    names = (getattr(row, name, None) for name in ("title", "name", "name_nl", "domain", "kind"))
    return str(next((name for name in names if name), ""))[:200]
