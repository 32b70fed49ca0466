"""The audit log writes itself: every row that a signed-in organiser adds, changes or deletes.

It listens to the database session, so that no view can forget it. Of people only which
fields changed is kept, never their contents.
"""

from typing import Any

import sqlalchemy as sa
from flask import g, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account, Action, AuditEntry, Subject
from app.database import db
from app.events.models import Event
from app.lessons.board.models import Board
from app.lessons.evaluations.models import Evaluation
from app.lessons.impressions.models import Impression
from app.lessons.insights.models import Insight
from app.network.models import Network, NetworkNote
from app.network.organisations.models import ContactPerson
from app.network.people.models import EmailAddress, Person, Position
from app.rows import plain

_BY_ITSELF = {subject for subject in Subject if subject.by_itself}
_PERSONAL = (Person, NetworkNote, EmailAddress, Position, Account, ContactPerson)
_PARENTS = (
    ("event", "event_id", Event),
    ("impression", "impression_id", Impression),
    ("insight", "insight_id", Insight),
    ("board", "board_id", Board),
    ("evaluation", "evaluation_id", Evaluation),
)
"""What rows without a network of their own belong to: relationship, column, model."""
_DERIVED = {
    "changed_at",
    "created_at",
    "sort_name",
    "search_text",
    "content",
    "digest",
    "sequence",
    "session_version",
    "due_at",
    "handled",
}


def note_in_audit_log(action: Action, row: Any, **changes: Any) -> None:
    """Record something that changes no row, such as an export or a test mail."""
    account = g.get("account")
    if account is not None:
        db.session.add(AuditEntry(account_id=account.id, action=action, changes=changes, **_subject_of(row)))


def connect_audit_log() -> None:
    """Listen to every session of the process."""
    if not event.contains(Session, "after_flush", _write_down):
        event.listen(Session, "after_flush", _write_down)


def _write_down(session: Session, flush_context: object) -> None:
    account = g.get("account") if has_app_context() else None
    if account is None:
        return
    for action, rows in (
        (Action.ADDED, session.new),
        (Action.CHANGED, session.dirty),
        (Action.DELETED, session.deleted),
    ):
        for row in rows:
            if row.__tablename__ in _BY_ITSELF:
                _entry(session, account, action, row)


def _entry(session: Session, account: Account, action: Action, row: Any) -> None:
    changes = _changed_fields(row) if action == Action.CHANGED else {}
    if action == Action.CHANGED and not changes:
        return
    values = {"at": clock.now(), "account_id": account.id, "action": action, "changes": changes, **_subject_of(row)}
    session.execute(sa.insert(AuditEntry.__table__).values(values))


def _changed_fields(row: Any) -> dict[str, list[Any]]:
    """Field → [before, after]; for personal data only the names of the fields."""
    state = sa.inspect(row)
    changes = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in _DERIVED or not history.has_changes():
            continue
        before, after = (values[0] if values else None for values in (history.deleted, history.added))
        if before != after:
            changes[attribute.key] = [] if isinstance(row, _PERSONAL) else [_short(before), _short(after)]
    return changes


def _short(value: object) -> object:
    short = plain(value)
    return short[:500] if isinstance(short, str) else short


def _subject_of(row: Any) -> dict[str, Any]:
    number = getattr(row, "id", None)
    return {
        "network_id": _network_of(row),
        "subject": Subject._value2member_map_[row.__tablename__],
        "subject_id": number,
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
        if (number := getattr(row, column, None)) is not None:
            above = db.session.get(model, number)
            return _network_of(above) if above else None
        if (above := getattr(row, parent, None)) is not None:
            return _network_of(above)
    return None


def _name_on_log_page(row: Any) -> str:
    """What the row is called on the log page; people by number alone."""
    if isinstance(row, _PERSONAL):
        return ""
    names = (getattr(row, name, None) for name in ("title", "name", "name_nl", "domain", "kind"))
    return str(next((name for name in names if name), ""))[:200]
