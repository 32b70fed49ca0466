"""Planned messages become finished mails just before they are due.

Each kind of planned mail has one composer, registered by the domain that knows it. It
returns the mail, or a Suppressed with the reason why this person gets none after all:
this is the last look at who answered, unsubscribed or left since the planning.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from app import clock
from app.database import db
from app.outbox import states
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState
from app.outbox.queue import finish

log = logging.getLogger("leerkring.outbox")

BATCH = 50
"""Messages a transaction; small, since their invitations stay locked while the letters are written."""


@dataclass(frozen=True)
class Suppressed:
    reason: str


Composer = Callable[[list[Message]], list[Mail | Suppressed]]
_composers: dict[str, Composer] = {}


def register(kind: str, composer: Composer) -> None:
    """Say who writes the planned mails of a kind: a function from messages to mails, in the same order."""
    _composers[kind] = composer


def compose_due() -> int:
    """Write the planned messages that are due, BATCH in a transaction; return how many were handled.

    Their order is kept, so that the later of two mails to somebody carries the later calendar numbers.
    """
    handled = 0
    while batch := _claim():
        numbers = [message.id for message in batch]
        try:
            _write(batch)
        except Exception:
            db.session.rollback()
            for number in numbers:
                _write_alone(number)
        handled += len(numbers)
    return handled


def _write(batch: list[Message]) -> None:
    for composer, group in groupby(batch, key=lambda message: _composers[message.kind]):
        messages = list(group)
        for message, mail in zip(messages, composer(messages), strict=True):
            _settle(message, mail)
    db.session.commit()


def _write_alone(number: int) -> None:
    """Write one message of a batch in which one cannot be written; that one fails, and the rest go on."""
    try:
        _write(_claim(Message.id == number))
    except Exception as error:
        db.session.rollback()
        log.exception("message %s could not be written", number)
        for message in _claim(Message.id == number):
            states.move(message, MessageState.FAILED)
            message.response = f"could not be written: {type(error).__name__}"
        db.session.commit()


def _claim(*conditions) -> list[Message]:
    wanted = (
        sa.select(Message)
        .where(Message.state == MessageState.PLANNED, Message.due_at <= clock.now(), *conditions)
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(wanted))


def _settle(message: Message, mail: Mail | Suppressed) -> None:
    if isinstance(mail, Suppressed):
        states.move(message, MessageState.SUPPRESSED)
        message.response = mail.reason
    else:
        finish(message, mail)
        states.move(message, MessageState.DUE)
