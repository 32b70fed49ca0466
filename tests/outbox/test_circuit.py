"""When the server refuses us: it stops after twenty in a row, loses nothing, and goes on by itself."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.outbox import circuit_breaker, delivery, message_queue
from app.outbox.letters import Letter
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState

SENT, RETRYING, FAILED, DUE = MessageState.SENT, MessageState.RETRYING, MessageState.FAILED, MessageState.DUE
REFUSAL = "550 5.7.60 not allowed to send as"


def _enqueue(count: int) -> None:
    letter = Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n")
    for number in range(count):
        message_queue.plan_finished_mail(Mail(letter, f"p{number}@oss.example", "Iemand", "Leerkring"), "test")
    db.session.commit()


def _states() -> dict[MessageState, int]:
    db.session.expire_all()
    return dict(db.session.execute(sa.select(Message.state, sa.func.count()).group_by(Message.state)).all())


def test_twenty_refusals_in_a_row_stop_everything_and_lose_nothing(sink):
    _enqueue(30)
    sink.sender = REFUSAL
    delivery.deliver_due_messages()
    assert _states() == {RETRYING: 30}
    assert (circuit_breaker.load_circuit().opened_at is not None, circuit_breaker.load_circuit().words) == (
        True,
        REFUSAL,
    )
    assert sink.connections == 1


def test_nothing_is_tried_while_it_is_open(sink):
    _enqueue(25)
    sink.sender = REFUSAL
    delivery.deliver_due_messages()
    _enqueue(1)
    sink.sender = None
    assert delivery.deliver_due_messages() == {}


@pytest.mark.parametrize(("early", "tries"), [(timedelta(seconds=1), 0), (timedelta(0), 1)])
def test_one_message_may_try_from_the_very_moment_that_the_pause_is_over(sink, early, tries):
    _enqueue(25)
    sink.sender = REFUSAL
    delivery.deliver_due_messages()
    with time_machine.travel(circuit_breaker.load_circuit().next_try_at - early, tick=False):
        assert circuit_breaker.claim_allowed_tries() == tries


def test_no_more_refusals_are_kept_than_open_the_circuit(sink):
    _enqueue(25)
    for (message_id,) in db.session.execute(sa.select(Message.id)).all():
        circuit_breaker.note_refusal(message_id, REFUSAL)
    assert len(circuit_breaker.load_circuit().refused) == circuit_breaker.LIMIT


def test_one_message_tries_after_a_while_and_the_rest_follow(sink):
    _enqueue(25)
    sink.sender = REFUSAL
    delivery.deliver_due_messages()
    sink.connections = 0
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        delivery.deliver_due_messages()
        assert (sink.connections, len(sink.envelopes)) == (1, 0)
    sink.sender = None
    with time_machine.travel(clock.now() + timedelta(minutes=40)):
        delivery.deliver_due_messages()
    assert _states() == {SENT: 25}
    assert circuit_breaker.load_circuit().opened_at is None


def test_somebody_who_mended_it_need_not_wait(sink):
    _enqueue(25)
    sink.sender = REFUSAL
    delivery.deliver_due_messages()
    sink.sender = None
    circuit_breaker.try_sending_now()
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        delivery.deliver_due_messages()
    assert _states() == {SENT: 25}


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_single_refusals_are_final_and_open_nothing(sink, where):
    _enqueue(45)
    for number in range(0, 45, 2):
        getattr(sink, where)[f"p{number}@oss.example"] = "554 5.7.1 no thank you"
    delivery.deliver_due_messages()
    assert _states() == {SENT: 22, FAILED: 23}
    assert circuit_breaker.load_circuit() is None or circuit_breaker.load_circuit().opened_at is None


def test_refused_recipients_are_not_about_us(sink):
    _enqueue(25)
    sink.rcpt = {f"p{number}@oss.example": "550 5.1.1 unknown" for number in range(25)}
    delivery.deliver_due_messages()
    assert (_states(), circuit_breaker.load_circuit()) == ({FAILED: 25}, None)
