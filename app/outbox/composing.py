"""Planned messages become finished mails just before they are due.

Each kind of planned mail has one composer, registered by the domain that knows it. It
returns the mail, or a Suppressed with the reason why this person gets none after all:
this is the last look at who answered, unsubscribed or left since the planning.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from app import clock
from app.database import db
from app.outbox import states
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState
from app.outbox.queue import finish

BATCH = 100


@dataclass(frozen=True)
class Suppressed:
    reason: str


Composer = Callable[[list[Message]], list[Mail | Suppressed]]
_composers: dict[str, Composer] = {}


def register(kind: str, composer: Composer) -> None:
    """Say who writes the planned mails of a kind: a function from messages to mails, in the same order."""
    _composers[kind] = composer


def compose_due() -> int:
    """Write the planned messages that are due, BATCH in a transaction; return how many were handled."""
    handled = 0
    while batch := _claim():
        for kind in dict.fromkeys(message.kind for message in batch):
            messages = [message for message in batch if message.kind == kind]
            for message, mail in zip(messages, _composers[kind](messages), strict=True):
                _settle(message, mail)
        db.session.commit()
        handled += len(batch)
    return handled


def _claim() -> list[Message]:
    wanted = (
        sa.select(Message)
        .where(Message.state == MessageState.PLANNED, Message.due_at <= clock.now())
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
