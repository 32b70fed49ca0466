"""The life of a message: which move follows which state, and nothing else.

planned ──► due ──► sending ──► sent
   │ │       │         ├──► retrying ──► sending …
   │ └───────│─────────┴──► failed
   └─────────┴──► suppressed (answered, unsubscribed or gone before it left)
held ──► bundled (told in a digest), or suppressed
"""

from app.outbox.models import Message, MessageState

S = MessageState
MOVES = {
    S.PLANNED: {S.DUE, S.SUPPRESSED, S.FAILED},
    S.DUE: {S.SENDING, S.SUPPRESSED},
    S.SENDING: {S.SENT, S.RETRYING, S.FAILED, S.SENDING},
    S.RETRYING: {S.SENDING, S.SUPPRESSED},
    S.FAILED: set(),
    S.SENT: set(),
    S.SUPPRESSED: set(),
    S.HELD: {S.BUNDLED, S.SUPPRESSED},
    S.BUNDLED: set(),
}
OPEN = (S.PLANNED, S.DUE, S.SENDING, S.RETRYING)
"""States in which a message still has something before it."""


class ForbiddenMove(RuntimeError):
    """A message cannot go from its state to the wanted one."""


def move(message: Message, state: MessageState) -> None:
    """Bring a message into a state; raises ForbiddenMove when that does not follow from its present one."""
    if state not in MOVES[message.state]:
        raise ForbiddenMove(f"message {message.id}: {message.state} -> {state}")
    message.state = state
