"""Delivery over a real SMTP conversation: every message ends as sent, waiting with a next time, or failed."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, tokens
from app.database import db
from app.outbox import composing, delivery, queue, states
from app.outbox.letters import Letter
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState
from app.outbox.states import ForbiddenMove
from app.tokens import Purpose
from tests import factories as make
from tests.helpers import parsed
from tests.outbox.sink import Sink, listening

SENT, RETRYING, FAILED, DUE = MessageState.SENT, MessageState.RETRYING, MessageState.FAILED, MessageState.DUE


@pytest.fixture
def sink(app):
    """The application with a mail server that the test commands."""
    sink = Sink()
    with listening(sink) as port, _mail_server(app, port):
        yield sink


@contextmanager
def _mail_server(app, port: int):
    state = app.extensions["mail"]
    app.config["MAIL_SERVER"] = state.server = "127.0.0.1"
    kept, state.port = state.port, port
    yield
    app.config["MAIL_SERVER"] = None
    state.port = kept


def _enqueue(*addresses: str) -> list[Message]:
    letter = Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n")
    rows = [queue.enqueue(Mail(letter, address, "Iemand", "Leerkring"), "test") for address in addresses]
    db.session.commit()
    return rows


def _deliver() -> dict[MessageState, int]:
    """Send what is due; rows are read anew afterwards."""
    done = delivery.deliver_due()
    db.session.expire_all()
    return done


def _states() -> list[MessageState]:
    return list(db.session.scalars(sa.select(Message.state).order_by(Message.id)))


def test_many_messages_take_one_connection(sink):
    _enqueue(*(f"persoon{number}@oss.example" for number in range(30)))
    assert _deliver() == {SENT: 30}
    assert (sink.connections, len(sink.envelopes)) == (1, 30)


def test_stored_bytes_are_what_is_sent_from_a_verp_address(sink):
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    envelope = sink.envelopes[0]
    assert envelope.mail_from == f"bounce+{tokens.make(Purpose.BOUNCE, row.id)}@leerkring.example"
    assert envelope.content.rstrip(b"\r\n") == row.body.rstrip(b"\r\n")
    assert parsed(envelope.content)["Message-ID"] == row.message_id


def test_sent_message_is_sent_once(sink):
    _enqueue("jan@oss.example")
    assert (_deliver(), _deliver()) == ({SENT: 1}, {})
    assert len(sink.envelopes) == 1


@pytest.mark.parametrize(
    ("where", "answer", "state", "words"),
    [
        ("rcpt", "550 5.1.1 no such user", FAILED, "550 5.1.1 no such user"),
        ("rcpt", "450 4.2.1 try later", RETRYING, "450 4.2.1 try later"),
        ("rcpt", "452 4.2.2 mailbox full", RETRYING, "452 4.2.2 mailbox full"),
        ("rcpt", "421 4.7.0 slow down", RETRYING, "421 4.7.0 slow down"),
        ("data", "554 5.7.1 policy", FAILED, "554 5.7.1 policy"),
        ("data", "451 4.3.0 later", RETRYING, "451 4.3.0 later"),
        ("data", "drop", RETRYING, "SMTPServerDisconnected"),
        ("rcpt", "drop", RETRYING, "SMTPServerDisconnected"),
    ],
)
def test_refusals_end_in_words(sink, where, answer, state, words):
    getattr(sink, where)["lastig@oss.example"] = answer
    first, second = _enqueue("lastig@oss.example", "gewoon@oss.example")
    _deliver()
    assert (first.state, words in first.response) == (state, True)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        _deliver()
    assert second.state == SENT
    assert sink.recipients["gewoon@oss.example"] == 1


def test_refused_sender_fails_with_the_servers_words(sink):
    sink.sender = "550 5.7.60 not allowed to send as"
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    assert (row.state, row.response) == (FAILED, "550 5.7.60 not allowed to send as")


def test_pauses_grow_and_end_after_two_days(sink):
    sink.rcpt["jan@oss.example"] = "450 later"
    (row,) = _enqueue("jan@oss.example")
    pauses, moment = [], clock.now()
    while row.state != FAILED:
        with time_machine.travel(moment, tick=False):
            _deliver()
            pauses.append((row.due_at - moment).total_seconds() / 60)
            moment = row.due_at + timedelta(seconds=1) if row.state == RETRYING else moment
    assert [4 < pauses[0] < 7, 13 < pauses[1] < 19, 40 < pauses[2] < 55] == [True, True, True]
    assert timedelta(hours=48) < moment - row.created_at < timedelta(hours=60)


def test_unreachable_server_keeps_everything_waiting(app):
    rows = _enqueue("a@oss.example", "b@oss.example")
    with _mail_server(app, port=1):
        _deliver()
    assert [(row.state, row.attempts, "ConnectionRefusedError" in row.response) for row in rows] == [
        (RETRYING, 1, True)
    ] * 2


def test_message_of_a_dead_worker_is_sent_again_after_its_lease(sink):
    (row,) = _enqueue("jan@oss.example")
    states.move(row, MessageState.SENDING)
    row.claimed_by, row.claimed_until = "dead-1", clock.now() + timedelta(minutes=5)
    db.session.commit()
    assert _deliver() == {}
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert _deliver() == {SENT: 1}


def test_own_actions_overtake_mailings(sink):
    from app.outbox.models import Priority

    slow, _ = _enqueue("mailing@oss.example", "bevestiging@oss.example")
    slow.priority = int(Priority.MAILING)
    db.session.commit()
    _deliver()
    assert [envelope.rcpt_tos[0] for envelope in sink.envelopes] == ["bevestiging@oss.example", "mailing@oss.example"]


def test_pace_holds_back_a_domain_for_a_minute(sink, app):
    rows = _enqueue(
        *(f"p{number}@klein.example" for number in range(app.config["MAIL_PACE"] + 5)), "ander@groot.example"
    )
    for row in rows:
        row.paced = True
    db.session.commit()
    _deliver()
    assert sink.recipients.total() == app.config["MAIL_PACE"] + 1
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        _deliver()
    assert set(_states()) == {SENT}


def test_without_server_mail_goes_to_the_built_in_mailbox(app):
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    assert (row.state, row.response) == (SENT, "250 in the built-in mailbox")


def test_a_mail_that_cannot_be_written_fails_alone(app):
    address = make.person().addresses[0]
    registration = make.registration(make.event())
    queue.promise("of a version that is gone", address, details={})
    db.session.commit()
    composing.compose_due()
    written, broken = db.session.scalars(sa.select(Message).order_by(Message.id))
    assert (written.state, written.invitation_id) == (DUE, registration.invitation.id)
    assert (broken.state, broken.response) == (FAILED, "could not be written: KeyError")


def test_only_the_written_moves_are_allowed(app):
    (row,) = _enqueue("jan@oss.example")
    with pytest.raises(ForbiddenMove):
        states.move(row, SENT)
