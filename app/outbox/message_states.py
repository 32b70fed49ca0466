"""The life of a message: which move follows which state, and nothing else.

planned ──► due ──► sending ──► sent ──► bounced (a mail server reported it later)
   │         │         ├──► retrying ──► sending …
   │         │         └──► failed ──► retrying (when the refusal was about us)
   ├──► failed (cannot be written) ──► planned (to be tried once more)
   ├─────────┴── paused ──► planned or due
   └──► suppressed (answered, unsubscribed or gone before it left), cancelled (by an organiser)
sending ──► suppressed (who it is about was erased) ──► sent (the one that was on its way by then)
held (waits for a digest) ──► bundled (told in it), suppressed or cancelled

A move by `move_messages` keeps a step in the history, but for the ordinary ones that the columns of
the message tell themselves.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import Condition, db
from app.outbox.models import Message, MessageState, MessageStep

S = MessageState
MOVES = {
    S.PLANNED: {S.DUE, S.PAUSED, S.SUPPRESSED, S.CANCELLED, S.FAILED},
    S.DUE: {S.SENDING, S.PAUSED, S.SUPPRESSED, S.CANCELLED},
    S.SENDING: {S.SENT, S.RETRYING, S.FAILED, S.SUPPRESSED},
    S.RETRYING: {S.SENDING, S.PAUSED, S.SUPPRESSED, S.CANCELLED},
    S.PAUSED: {S.PLANNED, S.DUE, S.SUPPRESSED, S.CANCELLED},
    S.FAILED: {S.RETRYING, S.PLANNED},
    S.SENT: {S.BOUNCED},
    S.BOUNCED: set(),
    S.SUPPRESSED: {S.SENT},
    S.CANCELLED: set(),
    S.HELD: {S.BUNDLED, S.SUPPRESSED, S.CANCELLED},
    S.BUNDLED: set(),
}
OPEN = (S.PLANNED, S.PAUSED, S.DUE, S.SENDING, S.RETRYING)
"""States in which a message still has something before it."""
UNSENT = (S.PLANNED, S.PAUSED, S.DUE, S.RETRYING, S.HELD)
"""States from which a message can still be taken back."""
OVER = (S.SENT, S.FAILED, S.BOUNCED, S.SUPPRESSED, S.CANCELLED, S.BUNDLED)
"""States after which nothing more is done with a message."""
LOST = (S.FAILED, S.BOUNCED)
"""Did not reach its reader."""
STOPPABLE = (*UNSENT, S.SENDING)
"""States from which a message can be stopped, though a worker has it in hand."""
NEVER_LEFT = (S.SUPPRESSED, S.CANCELLED, S.FAILED)
"""Reached nobody: as if it had not been planned."""
_AT_ONCE = 5_000
"""Ids in one statement."""
_TOLD_BY_COLUMNS = {S.PLANNED, S.DUE, S.SENDING, S.SENT}


class ForbiddenMove(RuntimeError):
    """A message cannot go from its state to the wanted one."""


def move_message(message: Message, state: MessageState) -> None:
    """Bring a message into a state; raises ForbiddenMove when that does not follow from its present one."""
    if state not in MOVES[message.state]:
        raise ForbiddenMove(f"message {message.id}: {message.state} -> {state}")
    message.state = state
    if state != MessageState.SENDING:
        message.claimed_by = message.claimed_until = None


def states_before(state: MessageState) -> list[MessageState]:
    """The states from which one may come to this one."""
    return [each for each, following in MOVES.items() if state in following]


def move_messages(
    state: MessageState,
    *conditions: Condition,
    words: str = "",
    account_id: int | None = None,
    step: bool = True,
    **values: Any,
) -> list[int]:
    """Bring all messages under these conditions that may go there into a state; returns their ids.

    `words` becomes the last words of each and stands in its history, with who did it; without
    `step` the move leaves no trace there. `values` are other columns to set. Whose work it was is over with it.
    """
    if words:
        values["response"] = words
    if state != MessageState.SENDING:
        values |= {"claimed_by": None, "claimed_until": None}
    changed = (
        sa.update(Message).where(Message.state.in_(states_before(state)), *conditions).values(state=state, **values)
    )
    message_ids = list(db.session.scalars(changed.returning(Message.id).execution_options(synchronize_session=False)))
    if step and (words or account_id or state not in _TOLD_BY_COLUMNS):
        note_message_steps(message_ids, state, words, account_id)
    return message_ids


def note_message_steps(
    message_ids: Iterable[int], state: MessageState, words: str = "", account_id: int | None = None
) -> None:
    """Write a step into the history of messages."""
    table, numbers = MessageStep.__table__, list(message_ids)
    same = {"at": clock.now(), "state": state, "words": words, "account_id": account_id}
    values = [sa.literal(value, table.c[name].type) for name, value in same.items()]
    for start in range(0, len(numbers), _AT_ONCE):
        some = Message.id.in_(numbers[start : start + _AT_ONCE])
        steps = sa.select(Message.id, *values).where(some).order_by(Message.id)
        names = ["message_id", *same]
        db.session.execute(sa.insert(table).from_select(names, steps, include_defaults=False))
