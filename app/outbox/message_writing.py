"""Planned messages become finished mails just before they are due.

Each kind of planned mail has one writer, registered by the domain that knows it. It
returns the mail, or a Suppressed with the reason why this person gets none after all:
this is the last look at who answered, unsubscribed or left since the planning.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from app import clock
from app.database import Condition, db, give_up_transaction, only_reading
from app.outbox import message_queue, message_states
from app.outbox.kinds import MessageKind
from app.outbox.mime import Mail
from app.outbox.models import WRITABLE, Message, MessageState, Reason
from app.setbacks import one_by_one

log = logging.getLogger("leerkring.outbox")

WRITING = "write_message"
"""Under which name letters that could not be written are noted."""
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

    Their order is kept, so that the later of two mails to somebody carries the later calendar numbers. When one of them
    cannot be written they are written one by one, and that one is tried again by itself.
    """
    noted = one_by_one.noted_items(WRITING)
    if noted:
        _try_again()
    others = Message.id.not_in([int(item) for item in noted])
    _draw_ahead(others)
    numbers = _claim_planned(others)
    try:
        _write_batch(numbers)
    except Exception:
        give_up_transaction()
        _write_each(numbers)
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


def _write_batch(numbers: list[int]) -> None:
    """Write claimed messages, in this order."""
    found = {each.id: each for each in db.session.scalars(sa.select(Message).where(Message.id.in_(numbers)))}
    batch = [found[number] for number in numbers]
    for writer, group in groupby(batch, key=lambda message: _writers[message.kind]):
        messages = list(group)
        _settle_messages(list(zip(messages, writer(messages), strict=True)))
    db.session.commit()


def _write_each(numbers: Iterable[int]) -> None:
    """Write messages one by one; one that was tried often enough fails, until an administrator has it tried once more."""
    one_by_one.do_each(WRITING, numbers, _write_alone, complete=False)
    given_up = [int(item) for item, next_at in one_by_one.noted_items(WRITING).items() if next_at is None]
    if given_up:
        given_up_on = Message.id.in_(given_up), WRITABLE
        message_states.move_messages(MessageState.FAILED, *given_up_on, words=Reason.NOT_WRITTEN)
    db.session.commit()


def _try_again() -> None:
    due = [int(item) for item in one_by_one.items_to_try_again(WRITING)]
    if due:
        failed = (Message.state == MessageState.FAILED) & (Message.response == Reason.NOT_WRITTEN)
        message_states.move_messages(MessageState.PLANNED, Message.id.in_(due), failed, response="")
        db.session.commit()
        _write_each(due)


def _draw_ahead(*conditions: Condition) -> None:
    """Draw for the messages that are likely to be written next, while others may write.

    What cannot be drawn is met again where its letter is written, and costs that letter alone.
    """
    try:
        with only_reading():
            waiting = list(db.session.scalars(_planned(*conditions)))
            for drawing in dict.fromkeys(_drawings[each.kind] for each in waiting if each.kind in _drawings):
                drawing([each for each in waiting if _drawings.get(each.kind) == drawing])
    except Exception as error:
        give_up_transaction()
        log.error("letters could not be drawn ahead: %s", one_by_one.describe_error(error))


def _write_alone(number: int) -> int | None:
    """Write one message, unless it is gone, was taken back, or is with another worker: then None."""
    if db.session.scalar(sa.select(Message.id).where(Message.id == number, WRITABLE)) is None:
        return 0
    claimed = _claim_planned(Message.id == number)
    _write_batch(claimed)
    return 1 if claimed else None


def _claim_planned(*conditions: Condition) -> list[int]:
    """Lock messages that are to be written now, in the order in which they leave; returns their ids."""
    message_queue.begin_writing()
    wanted = _planned(*conditions).with_only_columns(Message.id).with_for_update(skip_locked=True)
    return list(db.session.scalars(wanted))


def _planned(*conditions: Condition) -> sa.Select[Message]:
    """The messages to write next."""
    due = sa.select(Message).where(WRITABLE, Message.due_at <= clock.now(), *conditions)
    return due.order_by(Message.priority, Message.due_at, Message.id).limit(BATCH)


def _settle_messages(written: list[tuple[Message, Mail | Suppressed]]) -> None:
    """Give each message its bytes, or the reason why it stays; in few statements, since the batch holds others up."""
    left_out: dict[Reason, list[int]] = {}
    for message, mail in written:
        if isinstance(mail, Suppressed):
            message_states.move_message(message, MessageState.SUPPRESSED)
            message.response = mail.reason
            left_out.setdefault(mail.reason, []).append(message.id)
        else:
            message_queue.write_message_bytes(message, mail)
            message_states.move_message(message, MessageState.DUE)
    for reason, numbers in left_out.items():
        message_states.note_message_steps(numbers, MessageState.SUPPRESSED, reason)
