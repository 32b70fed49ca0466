"""Into the outbox: a planned mail that its writer turns into text a moment later, or a finished one.

Each stands in the transaction of the change that causes it.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import QueryableAttribute

from app import clock
from app.database import Condition, db, insert_new, only_reading, rows_changed, wait_for_others, work_beside_others
from app.network.people.models import EmailAddress
from app.outbox import dkim_signing, message_states, mime
from app.outbox.kinds import MessageKind, Priority
from app.outbox.mime import Mail
from app.outbox.models import FinishedMessage, Message, MessageState, MessageStep, Reason, SentNote

HOLD = timedelta(minutes=1)
"""How long a mail that an organiser's act causes waits, so that it can be held back."""
STEP = 500
"""Messages that are planned in one transaction, where it is for many."""
PlannedMail = tuple[MessageKind, EmailAddress, dict[str, Any], dict[str, int]]
"""Its kind, where it goes, its details and what it is about."""
_SAVING = "letters"
_EMPTY = {
    "attempts": 0,
    "subject": "",
    "response": "",
    "details": {},
}


@dataclass(frozen=True)
class FinishedMail:
    """A mail as bytes, with what is kept of it beside them."""

    recipient: str
    message_id: str
    subject: str
    at: datetime
    content: bytes


def plan_finished_mail(
    mail: Mail, kind: MessageKind, *, priority: Priority = Priority.OWN_ACTION, **about: Any
) -> Message:
    """Put a finished mail in the outbox, to leave as soon as it can.

    `about` names what it concerns: network_id, event_id, person_id, invitation_id.
    """
    return plan_written_mail(finish_mail(mail), kind, priority=priority, **about)


def plan_written_mail(
    finished: FinishedMail, kind: MessageKind, *, priority: Priority = Priority.OWN_ACTION, **about: Any
) -> Message:
    """The same of a mail that was written while others could write."""
    message = Message(kind=kind, priority=priority, state=MessageState.DUE, paced=False, **about)
    give_bytes(message, finished)
    db.session.add(message)
    return message


def plan_message(kind: MessageKind, address: EmailAddress, *, details: dict[str, Any], **about: Any) -> Message:
    """Put one planned mail in the outbox, to leave as soon as it can.

    `about` names what it concerns: network_id, event_id, person_id, invitation_id.
    """
    message = Message(**_planned(kind, address, details) | about)
    db.session.add(message)
    return message


def plan_together(mails: Iterable[PlannedMail], *, due_at: datetime) -> None:
    """The same of several mails, in one statement."""
    rows = [{**_planned(kind, address, details), "due_at": due_at, **about} for kind, address, details, about in mails]
    if rows:
        db.session.flush()
        db.session.execute(sa.insert(Message), rows)


def _planned(kind: MessageKind, address: EmailAddress, details: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind,
        "state": MessageState.PLANNED,
        "priority": Priority.OWN_ACTION,
        "paced": False,
        "recipient": address.address,
        "domain": address.domain,
        "details": details,
        "counts": kind.counts,
    }


def hold_for_digest(message: Message) -> None:
    """Let a mail that was just planned wait for the digest of its reader."""
    message.state = MessageState.HELD


def plan_messages(recipients: sa.Select[*tuple[Any, ...]], kind: MessageKind, **columns: Any) -> int:
    """Insert a planned message for every selected row and return how many are new.

    `recipients` selects columns of messages (key, recipient, domain, person_id …); the
    remaining `columns` are the same for all. A key that exists already is skipped, so
    planning twice adds nothing.
    """
    of_kind = {"kind": kind.value, "priority": int(kind.priority), "counts": kind.counts}
    same = _EMPTY | of_kind | {"state": MessageState.PLANNED.value, "created_at": clock.now()} | columns
    table = Message.__table__
    rows = recipients.add_columns(*(sa.literal(value, table.c[name].type).label(name) for name, value in same.items()))
    insert = insert_new(table, "key").from_select(rows.selected_columns.keys(), rows, include_defaults=False)
    return rows_changed(insert)


def plan_messages_in_steps(
    recipients: sa.Select[*tuple[Any, ...]], by: QueryableAttribute[int], kind: MessageKind, **columns: Any
) -> int:
    """The same for any number of rows, some in a transaction, so that nobody waits; for what the clockwork plans.

    `by` is the id of what is selected. What was pending is saved, and so is each step: note afterwards that all are planned.
    """
    with only_reading():
        row_ids = db.session.scalars(recipients.with_only_columns(by).order_by(None).order_by(by)).all()
    planned = 0
    for start in range(0, len(row_ids), STEP):
        planned += plan_messages(recipients.where(by.in_(row_ids[start : start + STEP])), kind, **columns)
        db.session.commit()
    return planned


def finish_mail(mail: Mail) -> FinishedMail:
    """Write a mail as bytes; its Message-ID is on our own domain. Takes some milliseconds and changes nothing."""
    sender = current_app.config["MAIL_DEFAULT_SENDER"]
    domain = sender.rpartition("@")[2]
    message_id = f"<{secrets.token_hex(16)}@{domain}>"
    content = dkim_signing.sign_mail(mime.write_mail_bytes(mail, sender, message_id), domain)
    return FinishedMail(mail.recipient, message_id, mail.letter.subject, clock.now(), content)


def give_bytes(message: Message, finished: FinishedMail) -> None:
    """Give a message its bytes, fixed from here on."""
    message.recipient, message.domain = finished.recipient, domain_of_address(finished.recipient)
    message.message_id, message.subject, message.composed_at = finished.message_id, finished.subject, finished.at
    db.session.add(FinishedMessage(message=message, content=finished.content))


def domain_of_address(address: str) -> str:
    return address.rpartition("@")[2].lower()


def take_messages_back(
    state: MessageState, reason: Reason, *conditions: Condition, account_id: int | None = None
) -> int:
    """Take messages that have not left out of the queue, saying why: suppressed or cancelled. Returns how many."""
    unsent = Message.state.in_(message_states.UNSENT)
    return len(message_states.move_messages(state, unsent, *conditions, words=reason, account_id=account_id))


def pause_messages(*conditions: Condition, account_id: int | None = None) -> int:
    """Let messages that have not left wait until resume_messages(). Returns how many."""
    return len(message_states.move_messages(MessageState.PAUSED, *conditions, account_id=account_id))


def resume_messages(earliest: datetime, *conditions: Condition, account_id: int | None = None) -> int:
    """Let paused messages go on where they were, no sooner than a moment. Returns how many."""
    paused, written = Message.state == MessageState.PAUSED, Message.message_id.is_not(None)
    soon = sa.update(Message).where(paused, Message.due_at < earliest, *conditions).values(due_at=earliest)
    db.session.execute(soon.execution_options(synchronize_session=False))
    return sum(
        len(message_states.move_messages(state, paused, each, *conditions, account_id=account_id))
        for state, each in ((MessageState.DUE, written), (MessageState.PLANNED, ~written))
    )


def write_anew(*conditions: Condition) -> None:
    """Forget what was written in messages that have not left, so that each is written again when its turn comes."""
    unsent = Message.state.in_([MessageState.DUE, MessageState.RETRYING, MessageState.PAUSED])
    wanted = sa.select(Message.id).where(unsent, Message.composed_at.is_not(None), *conditions).with_for_update()
    these = Message.id.in_(db.session.scalars(wanted).all())
    leaving = message_states.move_messages(MessageState.PAUSED, these, step=False)
    theirs = FinishedMessage.message_id.in_(sa.select(Message.id).where(these))
    for changed in (
        sa.delete(FinishedMessage).where(theirs),
        sa.update(Message).where(these).values(message_id=None, composed_at=None),
    ):
        db.session.execute(changed.execution_options(synchronize_session=False))
    message_states.move_messages(MessageState.PLANNED, Message.id.in_(leaving), step=False)


def begin_saving() -> None:
    """Until the transaction ends nobody is erased: an erasing either is seen before letters are saved, or sees them."""
    work_beside_others(_SAVING)


def let_nobody_save() -> None:
    """Until the transaction ends no letters are saved; those that are being saved are awaited."""
    wait_for_others(_SAVING)


def stop_messages(reason: Reason, *conditions: Condition) -> None:
    """Suppress what has not left, also what a worker is sending: it looks before each message, so one at most still goes."""
    stoppable = Message.state.in_(message_states.STOPPABLE)
    message_states.move_messages(MessageState.SUPPRESSED, stoppable, *conditions, words=reason)


def blank_messages(*conditions: Condition) -> None:
    """Take what can be read, and to whom it went, out of messages under these conditions; unsent ones never leave."""
    stop_messages(Reason.ERASED, *conditions)
    blank = {"recipient": "", "domain": "", "subject": "", "details": {}, "response": ""}
    theirs = MessageStep.message_id.in_(sa.select(Message.id).where(*conditions))
    for changed in (
        sa.update(MessageStep).where(theirs).values(words=""),
        sa.update(SentNote).where(SentNote.message_id.in_(sa.select(Message.id).where(*conditions))).values(words=""),
        sa.delete(FinishedMessage).where(FinishedMessage.message_id.in_(sa.select(Message.id).where(*conditions))),
        sa.update(Message).where(*conditions).values(**blank),
    ):
        db.session.execute(changed.execution_options(synchronize_session=False))


def bundle_messages(message_ids: Sequence[int]) -> None:
    """Note that these held messages were told in a digest."""
    for start in range(0, len(message_ids), 1000):
        some = Message.id.in_(message_ids[start : start + 1000])
        message_states.move_messages(MessageState.BUNDLED, some, sent_at=clock.now())


def mailing_leaves_at(wanted: datetime, quiet_hours: bool) -> datetime:
    """When a mailing may leave: at once, or after the quiet hours."""
    return clock.next_sending_moment(wanted) if quiet_hours else wanted


def end_quiet_hours(network_id: int) -> None:
    """What waits for the end of the quiet hours leaves now, as its network does not keep them any more."""
    now = clock.now()
    waits = (Message.network_id == network_id, Message.state == MessageState.PLANNED)
    until = Message.due_at == clock.next_sending_moment(now)
    db.session.execute(
        sa.update(Message).where(*waits, until).values(due_at=now).execution_options(synchronize_session=False)
    )
