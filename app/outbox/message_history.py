"""Everything that happened to a message, in order: what its columns tell and what was noted beside them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.database import db
from app.outbox.models import Message, MessageState, MessageStep, in_words

S = MessageState


@dataclass(frozen=True)
class HistoryStep:
    """One step; `account_id` when somebody did it."""

    at: datetime
    state: MessageState
    words: str = ""
    account_id: int | None = None

    @property
    def told(self) -> str:
        """Its words in the language of the reader."""
        return in_words(self.words)


def list_message_steps(message: Message) -> list[HistoryStep]:
    """The steps of a message, oldest first."""
    noted = sa.select(MessageStep).where(MessageStep.message_id == message.id).order_by(MessageStep.id)
    steps = [HistoryStep(step.at, step.state, step.words, step.account_id) for step in db.session.scalars(noted)]
    begun = min(message.created_at, message.composed_at or message.created_at)
    told = [HistoryStep(begun, S.HELD if message.state in {S.HELD, S.BUNDLED} else S.PLANNED)]
    if message.composed_at:
        told.append(HistoryStep(message.composed_at, S.DUE))
    if message.sent_at and message.state in {S.SENT, S.BOUNCED}:
        told.append(HistoryStep(message.sent_at, S.SENT, message.response if message.state == S.SENT else ""))
    return sorted([*told, *steps], key=lambda step: step.at)
