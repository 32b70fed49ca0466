"""Whatever the mail server does, every message ends as sent, waiting with a next time, or failed with its words."""

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.outbox import delivery, message_queue
from app.outbox.letters import Letter
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState
from tests.outbox.sink import Sink, listening, mail_server

SENT, RETRYING, FAILED = MessageState.SENT, MessageState.RETRYING, MessageState.FAILED


def _enqueue(*addresses: str) -> None:
    letter = Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n")
    for address in addresses:
        message_queue.plan_finished_mail(Mail(letter, address, "Iemand", "Leerkring"), "test")
    db.session.commit()


def _states() -> list[tuple[MessageState, str]]:
    db.session.expire_all()
    rows = db.session.execute(sa.select(Message.state, Message.response).order_by(Message.id))
    return [tuple(row) for row in rows]


@contextmanager
def _talking(lines: list[bytes], *, silent: bool = False):
    """A server that says these lines, one after each of ours, and then nothing more or goodbye."""
    server = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            held.append(connection)
            with connection.makefile("rb") as ours:
                for number, line in enumerate(lines):
                    if number and not ours.readline():
                        break
                    connection.sendall(line)
            if not silent:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for connection in held:
            connection.close()
        thread.join(timeout=5)


HELLO = [b"220 hello\r\n", b"250 hello\r\n"]


@pytest.mark.parametrize(
    ("lines", "silent"),
    [
        ([], True),
        ([], False),
        ([b"\x00\xff garbage\r\n"], False),
        ([b"554 go away\r\n"], False),
        ([b"220 hello\r\n", b"500 what\r\n", b"500 what\r\n"], False),
        (HELLO, True),
        (HELLO, False),
        ([*HELLO, b"nonsense\r\n"], False),
        ([*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"], False),
        ([*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"999 odd\r\n"], False),
    ],
    ids=[
        "says nothing", "hangs up", "garbage", "refuses the connection", "knows no hello", "goes silent after hello",
        "hangs up after hello", "nonsense at the sender", "hangs up before the message", "an odd number",
    ],
)  # fmt: skip
def test_a_server_that_misbehaves_loses_nothing(app, lines, silent):
    _enqueue("een@oss.example", "twee@oss.example")
    app.config["MAIL_TIMEOUT"] = 0.2
    try:
        with _talking(lines, silent=silent) as port, mail_server(app, port):
            delivery.deliver_due_messages()
    finally:
        app.config["MAIL_TIMEOUT"] = 60
    assert {state for state, _ in _states()} <= {RETRYING, FAILED}
    assert all(words for state, words in _states() if state == FAILED)
    sink = Sink()
    with listening(sink) as port, mail_server(app, port), time_machine.travel(clock.now() + timedelta(hours=1)):
        delivery.deliver_due_messages()
    assert {state for state, _ in _states()} <= {SENT, FAILED}
    assert len(sink.envelopes) == [state for state, _ in _states()].count(SENT)


ANSWERS = {
    "een@oss.example": ("rcpt", "421 4.7.0 slow down"),
    "twee@oss.example": ("rcpt", "450 4.2.1 greylisted"),
    "drie@oss.example": ("rcpt", "452 4.2.2 full"),
    "vier@oss.example": ("rcpt", "550 5.1.1 no such user"),
    "vijf@oss.example": ("data", "554 5.7.1 policy"),
    "zes@oss.example": ("data", "451 4.3.0 later"),
    "zeven@oss.example": ("data", "drop"),
    "acht@oss.example": ("rcpt", "drop"),
}


def test_every_kind_of_answer_in_one_mailing_is_accounted_for(app):
    """Those that are refused for good fail at once; the rest are tried for two days, and the good ones arrive once."""
    good = [f"goed{number}@best.example" for number in range(20)]
    _enqueue(*(address for pair in zip(ANSWERS, good, strict=False) for address in pair), *good[len(ANSWERS) :])
    sink = Sink()
    for address, (where, answer) in ANSWERS.items():
        getattr(sink, where)[address] = answer
    with listening(sink) as port, mail_server(app, port):
        moment = clock.now()
        for _ in range(40):
            with time_machine.travel(moment, tick=False):
                delivery.deliver_due_messages()
            moment += timedelta(hours=2)
    rows = db.session.execute(sa.select(Message.recipient, Message.state, Message.response)).all()
    found = {recipient: (state, bool(words)) for recipient, state, words in rows}
    assert found == dict.fromkeys(good, (SENT, True)) | dict.fromkeys(ANSWERS, (FAILED, True))
    assert sink.recipients == dict.fromkeys(good, 1)
