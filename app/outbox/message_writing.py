"""Planned messages become finished mails just before they are due.

Each kind of planned mail has one writer, registered by the domain that knows it. It
returns the mail, or a Suppressed with the reason why this person gets none after all:
this is the last look at who answered, unsubscribed or left since the planning.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app import clock
from app.database import Condition, db, only_reading
from app.outbox import message_states
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import write_message_bytes
from app.outbox.mime import Mail
from app.outbox.models import WRITABLE, Message, MessageState, Reason

log = logging.getLogger("leerkring.outbox")

BATCH = 25
"""Messages per transaction; few, since their invitations stay locked while the letters are written."""


@dataclass(frozen=True)
class Suppressed:
    reason: Reason


Writer = Callable[[list[Message]], list[Mail | Suppressed]]
Drawing = Callable[[list[Message]], None]
LastLook = Callable[[list[Message]], dict[int, Reason]]
_writers: dict[MessageKind, Writer] = {}
_drawings: dict[MessageKind, Drawing] = {}
_last_looks: dict[MessageKind, LastLook] = {}


def register_writer(
    kind: MessageKind, writer: Writer, last_look: LastLook | None = None, draw_ahead: Drawing | None = None
) -> None:
    """Say who writes the planned mails of a kind: a function from messages to mails, in the same order.

    `draw_ahead` draws what their letters hold, before anything is locked for them.
    `last_look` says just before sending which of the messages should stay, by id with the
    reason; for mails that may wait a while between being written and leaving.
    """
    _writers[kind] = writer
    if last_look:
        _last_looks[kind] = last_look
    if draw_ahead:
        _drawings[kind] = draw_ahead


def has_writer(kind: MessageKind) -> bool:
    """Whether somebody writes mails of this kind, so that one can be written again."""
    return kind in _writers


def write_due_messages() -> int:
    """Write all planned messages that are due; return how many were handled."""
    handled = 0
    while some := write_some_messages():
        handled += some
    return handled


def write_some_messages() -> int:
    """Write up to BATCH planned messages that are due, in one transaction; return how many were handled.

    Their order is kept, so that the later of two mails to somebody carries the later calendar numbers.
    """
    _draw_ahead()
    batch = _claim_planned()
    numbers = [message.id for message in batch]
    try:
        _write_batch(batch)
    except OperationalError:
        raise
    except Exception:
        db.session.rollback()
        for number in numbers:
            _write_alone(number)
    return len(numbers)


def drop_unwanted_messages(message_ids: list[int]) -> set[int]:
    """Take finished messages out whose readers answered, unsubscribed or left since; returns their ids."""
    wanted = sa.select(Message).where(Message.id.in_(message_ids), Message.kind.in_(_last_looks)).order_by(Message.kind)
    messages = list(db.session.scalars(wanted)) if message_ids else []
    unwanted: set[int] = set()
    for kind, group in groupby(messages, key=lambda message: message.kind):
        for number, reason in _last_looks[kind](list(group)).items():
            unwanted.update(message_states.move_messages(MessageState.SUPPRESSED, Message.id == number, words=reason))
    return unwanted


def _write_batch(batch: list[Message]) -> None:
    for writer, group in groupby(batch, key=lambda message: _writers[message.kind]):
        messages = list(group)
        for message, mail in zip(messages, writer(messages), strict=True):
            _settle_message(message, mail)
    db.session.commit()


def _write_alone(message_id: int) -> None:
    """Write one message of a batch in which one cannot be written; that one fails, and the rest go on."""
    try:
        _write_batch(_claim_planned(Message.id == message_id))
    except OperationalError:
        raise  # the database is in trouble, which says nothing about the letter
    except Exception:
        db.session.rollback()
        log.exception("message %s could not be written", message_id)
        for message in _claim_planned(Message.id == message_id):
            _end_message(message, MessageState.FAILED, Reason.NOT_WRITTEN)
        db.session.commit()


def _draw_ahead() -> None:
    """Draw for the messages that are likely to be written next, while others may write."""
    with only_reading():
        waiting = list(db.session.scalars(_planned()))
        for drawing in dict.fromkeys(_drawings[each.kind] for each in waiting if each.kind in _drawings):
            drawing([each for each in waiting if _drawings.get(each.kind) == drawing])


def _claim_planned(*conditions: Condition) -> list[Message]:
    return list(db.session.scalars(_planned(*conditions).with_for_update(skip_locked=True)))


def _planned(*conditions: Condition) -> sa.Select[Message]:
    """The messages to write next."""
    due = sa.select(Message).where(WRITABLE, Message.due_at <= clock.now(), *conditions)
    return due.order_by(Message.priority, Message.due_at, Message.id).limit(BATCH)


def _settle_message(message: Message, mail: Mail | Suppressed) -> None:
    if isinstance(mail, Suppressed):
        _end_message(message, MessageState.SUPPRESSED, mail.reason)
    else:
        write_message_bytes(message, mail)
        message_states.move_message(message, MessageState.DUE)


def _end_message(message: Message, state: MessageState, reason: Reason) -> None:
    message_states.move_message(message, state)
    message.response = reason
    message_states.note_message_steps([message.id], state, reason)
