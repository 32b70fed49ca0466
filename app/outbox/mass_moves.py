"""Moving any number of messages of an event by one act, which keeps nobody waiting; none of them leaves meanwhile.

Which messages is decided when the act is done: who was planned later stays as it is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import Condition, db
from app.outbox import errands, message_queue, message_states
from app.outbox.models import Errand, ErrandKind, Message, MessageState, Reason


def wire() -> None:
    errands.register_errand(ErrandKind.PAUSE, _pause)
    errands.register_errand(ErrandKind.TAKE_BACK, _take_back)
    errands.register_errand(ErrandKind.GO_ON, _let_go_on)


def pause_all(event_id: int, *conditions: Condition, account_id: int | None = None) -> int:
    """Let all messages under these conditions that have not left wait. Returns how many."""
    can_wait = Message.state.in_(message_states.states_before(MessageState.PAUSED))
    return move_all(ErrandKind.PAUSE, event_id, can_wait, *conditions, account_id=account_id)


def resume_all(event_id: int, earliest: datetime, *conditions: Condition, account_id: int | None = None) -> int:
    """Let all paused ones go on where they were, no sooner than a moment. Returns how many."""
    paused, details = Message.state == MessageState.PAUSED, {"earliest": earliest.isoformat()}
    return move_all(ErrandKind.GO_ON, event_id, paused, *conditions, account_id=account_id, details=details)


def take_all_back(
    event_id: int, state: MessageState, reason: Reason, *conditions: Condition, account_id: int | None = None
) -> int:
    """Take all that have not left out of the queue, saying why: suppressed or cancelled. Returns how many."""
    unsent, details = Message.state.in_(message_states.UNSENT), {"state": state.name, "reason": reason.name}
    return move_all(ErrandKind.TAKE_BACK, event_id, unsent, *conditions, account_id=account_id, details=details)


def move_all(kind: ErrandKind, event_id: int, *conditions: Condition, **about: Any) -> int:
    """Do this with all messages of an event under these conditions. Returns how many."""
    these = sa.select(Message.id).where(Message.event_id == event_id, *conditions).order_by(Message.id)
    return errands.carry_out(kind, db.session.scalars(these).all(), event_id=event_id, holds=True, **about)


def _pause(errand: Errand, message_ids: Sequence[int]) -> None:
    message_queue.pause_messages(Message.id.in_(message_ids), account_id=errand.account_id)


def _take_back(errand: Errand, message_ids: Sequence[int]) -> None:
    message_queue.take_messages_back(
        MessageState[errand.details["state"]],
        Reason[errand.details["reason"]],
        Message.id.in_(message_ids),
        account_id=errand.account_id,
    )


def _let_go_on(errand: Errand, message_ids: Sequence[int]) -> None:
    earliest = datetime.fromisoformat(errand.details["earliest"])
    message_queue.resume_messages(earliest, Message.id.in_(message_ids), account_id=errand.account_id)
