"""The log also knows who signed in or failed to, was refused, read people or took them out, without keeping who they read.

A request remembers what it has to tell; once its answer is there, that is written in one statement each. What comes
often is one row an account, page, network and day with a count, and is not written each time: the first few are, then
the second, fourth, eighth … since the process began. So reading costs a write on the first page of a day and hardly any
after it, and the count says 'so often or more'.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from flask import current_app, g, has_request_context
from sqlalchemy.exc import OperationalError

from app import clock
from app.accounts import audit
from app.accounts.models import Account, Action, AuditEntry, Subject
from app.database import autocommit_connection, db, insert_or_update, write_in_passing
from app.network.people.models import Person
from app.setbacks import one_by_one

_EXACTLY = {Action.READ: 1, Action.REFUSED: 1, Action.SIGN_IN_FAILED: 10}
"""Up to how many of a day are each written at once; of any other action all are, each in a row of its own."""

_CAN_WAIT = {Action.READ, Action.REFUSED}
"""A page waits for no other writer because of these: what cannot be written now is counted along the next time."""


class Shows(Enum):
    """What somebody who opens a page sees or takes along, as its route says."""

    PERSON = auto()
    """The page of one person."""
    PEOPLE = auto()
    """A list of people."""
    NEEDS = auto()
    """What people of a session need, counted: about health and belief, so noted although nobody is named."""
    NAMED_NEEDS = auto()
    """Who needs something. Each time has an entry of its own."""
    COPY = auto()
    """People or somebody's own data, in a form to take along."""
    FIGURES = auto()
    """Something to take along in which nobody is named."""


_NEEDS = {Shows.NEEDS: (Action.READ, Subject.NEEDS), Shows.NAMED_NEEDS: (Action.NAMED, Subject.NEEDS)}


@dataclass
class _Tally:
    """How often something happened today, and how often of that is written."""

    happened: int = 0
    written: int = 0


def remember(action: Action, values: dict[str, Any], account_id: int | None = None) -> None:
    """Let the running request write this once it is answered."""
    if has_request_context():
        g.setdefault("access_notes", []).append({"action": action, "account_id": account_id, **values})


def remember_sign_in(account: Account) -> None:
    remember(Action.SIGNED_IN, _account_values(account.id), account.id)


def remember_sign_out(account: Account, by: Account) -> None:
    """Sessions of an account were ended, by itself or by an administrator."""
    remember(Action.SIGNED_OUT, _account_values(account.id), by.id)


def remember_failed_sign_in(account_id: int | None) -> None:
    """A wrong or expired link or code; without an account nothing tells whose it was."""
    remember(Action.SIGN_IN_FAILED, _account_values(account_id), account_id)


def remember_refusal(account: Account, page: str) -> None:
    """Somebody may not open this page, by the name of its endpoint."""
    values = {"network_id": None, "subject": Subject.PAGES, "subject_id": None, "label": page[:200]}
    remember(Action.REFUSED, values, account.id)


def remember_page(shows: Shows, place: Any, account: Account | None) -> None:
    """Somebody opened a page of a network, an event or, by a personal link, of themselves."""
    account_id = account.id if account else None
    if shows is Shows.COPY:
        remember(Action.EXPORTED, _subject_of(place), account_id)
    elif shows in _NEEDS:
        action, subject = _NEEDS[shows]
        remember(action, audit.subject_of(place) | {"subject": subject}, account_id)
    elif shows is not Shows.FIGURES and account is not None:
        subject = Subject.PEOPLE if shows is Shows.PERSON else Subject.PEOPLE_LISTS
        network_id = audit.subject_of(place)["network_id"] if place is not None else None
        values = {"network_id": network_id, "subject": subject, "subject_id": None, "label": ""}
        remember(Action.READ, values, account_id)


def write_remembered() -> None:
    """Write what the request remembered. A database that is not there keeps nobody from their answer."""
    notes = g.pop("access_notes", [])
    if not notes:
        return
    try:
        db.session.close()
        for note in notes:
            _write(note)
    except OperationalError as error:
        current_app.logger.error("the log of access could not be written: %s", one_by_one.describe_error(error))


def _write(note: dict[str, Any]) -> None:
    count, once = 1, None
    if exactly := _EXACTLY.get(note["action"]):
        parts = (clock.today(), note["action"], note["account_id"], note["subject"], note["network_id"], note["label"])
        once = ":".join("" if part is None else str(part) for part in parts)[:200]
        count = _due(once, exactly)
    if not count:
        return
    table = AuditEntry.__table__
    insert = insert_or_update(table, "once", count=table.c.count + count, at=clock.now())
    row = {"at": clock.now(), "changes": {}, "count": count, "once": once, **note}
    if once and note["action"] in _CAN_WAIT:
        if not write_in_passing(insert.values(row)):
            _tally_of(once).written -= count
        return
    with autocommit_connection() as connection:
        connection.execute(insert.values(row))


def _tally_of(once: str) -> _Tally:
    day, tallies = current_app.extensions.get("access_tallies", ("", {}))
    if day != once[:10]:
        tallies = {}
        current_app.extensions["access_tallies"] = (once[:10], tallies)
    tally: _Tally = tallies.setdefault(once, _Tally())
    return tally


def _due(once: str, exactly: int) -> int:
    """How many to write now: those that happened since the last time, or none yet."""
    tally = _tally_of(once)
    tally.happened += 1
    if tally.happened > exactly and tally.happened & (tally.happened - 1):
        return 0
    due, tally.written = tally.happened - tally.written, tally.happened
    return due


def _account_values(account_id: int | None) -> dict[str, Any]:
    return {"network_id": None, "subject": Subject.ACCOUNTS, "subject_id": account_id, "label": ""}


def _subject_of(place: Any) -> dict[str, Any]:
    if place is None:
        return {"network_id": None, "subject": Subject.PEOPLE_LISTS, "subject_id": None, "label": ""}
    if isinstance(place, Person):
        return {"network_id": None, "subject": Subject.OWN_DATA, "subject_id": place.id, "label": ""}
    return audit.subject_of(place)
