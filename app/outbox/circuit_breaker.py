"""When the mail server refuses us, not a recipient: stop, say so, and try again with one message.

A refusal of the sender or of a message's content (5xx at MAIL FROM or DATA) is final for that
message. But LIMIT of them in a row are about us: the circuit opens, these messages wait
again, and nothing is sent but one message every PAUSE, until one is accepted.
"""

from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.database import db, insert_new, rows_changed
from app.outbox import message_states
from app.outbox.models import Circuit, Message, MessageState

LIMIT = 20
PAUSE = timedelta(minutes=15)


def load_circuit() -> Circuit | None:
    """The circuit as it is now; None when no refusal was ever noted."""
    return db.session.get(Circuit, 1, populate_existing=True)


def is_troubled() -> bool:
    """Whether the last thing that happened was a refusal of ourselves."""
    circuit = load_circuit()
    return circuit is not None and bool(circuit.refused)


def claim_allowed_tries() -> int | None:
    """How many messages may be tried now: all (None), one when an open circuit is due for a try, or none."""
    circuit = load_circuit()
    if circuit is None or circuit.opened_at is None or circuit.next_try_at is None:
        return None
    if circuit.next_try_at > clock.now():
        return 0
    claimed = sa.update(Circuit).where(Circuit.next_try_at == circuit.next_try_at)
    return 1 if rows_changed(claimed.values(next_try_at=clock.now() + PAUSE)) else 0


def note_refusal(message_id: int, words: str) -> bool:
    """Note a refusal of ourselves; the LIMIT-th in a row opens the circuit. Returns whether it is open."""
    circuit = _locked()
    circuit.refused = [*circuit.refused, message_id][-LIMIT:]
    circuit.words = words
    if len(circuit.refused) >= LIMIT and circuit.opened_at is None:
        circuit.opened_at = clock.now()
    if circuit.opened_at is not None:
        circuit.next_try_at = clock.now() + PAUSE
        _wait_again(circuit)
    return circuit.opened_at is not None


def note_acceptance() -> None:
    """A message went through: refusals before it were about those messages, and sending goes on."""
    if is_troubled():
        circuit = _locked()
        circuit.refused, circuit.opened_at, circuit.next_try_at = [], None, None
    db.session.commit()


def try_sending_now() -> None:
    """Somebody mended it: try with one message at once instead of after the pause."""
    circuit = load_circuit()
    if circuit is not None and circuit.opened_at is not None:
        circuit.next_try_at = clock.now()


def _locked() -> Circuit:
    row = {"id": 1, "refused": [], "words": ""}
    db.session.execute(insert_new(Circuit.__table__, "id").values(row))
    return db.session.get_one(Circuit, 1, populate_existing=True, with_for_update=True)


def _wait_again(circuit: Circuit) -> None:
    """What was refused in this run waits for the circuit to close; the fault was not theirs."""
    theirs = Message.id.in_(circuit.refused), Message.finished.has()
    message_states.move_messages(MessageState.RETRYING, *theirs, words=circuit.words, due_at=circuit.next_try_at)
