"""No message lost, none twice but the one in flight: workers are killed at random moments in a mailing."""

import os
import random
import signal
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.outbox import delivery
from app.outbox.models import FinishedMessage, Message, MessageState
from app.settings import ROOT
from tests.databases import KINDS
from tests.helpers import parsed
from tests.outbox.sink import Sink, listening
from tests.server import FLASK, Server, prepared

KILLED = 3


@contextmanager
def _prepared(url: str, tmp_path, sink: Sink):
    with (
        listening(sink) as port,
        prepared(tmp_path / "instance", url, MAIL_SERVER="127.0.0.1", MAIL_PORT=str(port)) as ready,
    ):
        yield ready


def _fill(server: Server, size: int) -> None:
    """Finished messages that are due."""
    now = datetime.now(UTC)
    with server.app.app_context():
        rows = [
            {
                "id": number, "kind": "test", "state": "due", "priority": 5, "paced": False, "counts": False, "details": {},
                "recipient": f"p{number}@oss.example", "domain": "oss.example", "message_id": f"<{number}@leerkring.example>",
                "subject": "Test", "created_at": now, "due_at": now, "composed_at": now, "attempts": 0, "response": "",
            }
            for number in range(1, size + 1)
        ]  # fmt: skip
        db.session.execute(sa.insert(Message), rows)
        body = b"Message-ID: <%d@leerkring.example>\r\nSubject: Test\r\n\r\n" + (b"x" * 70 + b"\r\n") * 30
        db.session.execute(
            sa.insert(FinishedMessage), [{"message_id": row["id"], "content": body % row["id"]} for row in rows]
        )
        db.session.commit()


def _kill_some(server: Server, sink: Sink, size: int) -> None:
    """Start three workers and kill each without warning when the mailing is somewhere on its way."""
    moments = sorted(random.Random(size).sample(range(size // 10, size * 8 // 10), KILLED))
    workers = [
        subprocess.Popen(
            [FLASK, "--app", "wsgi", "worker"],
            cwd=ROOT,
            env=server.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(KILLED)
    ]
    for worker, moment in zip(workers, moments, strict=True):
        assert sink.reached(moment).wait(120), f"only {len(sink.envelopes)} arrived"
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()


def _finish(server: Server) -> dict[MessageState, int]:
    """Another worker takes over once the leases of the dead have ended."""
    with server.app.app_context(), time_machine.travel(clock.now() + timedelta(minutes=3)):
        delivery.deliver_due_messages()
        counts = sa.select(Message.state, sa.func.count()).group_by(Message.state)
        return dict(db.session.execute(counts).all())


def _check(server: Server, sink: Sink, size: int) -> None:
    _fill(server, size)
    _kill_some(server, sink, size)
    assert _finish(server) == {MessageState.SENT: size}
    assert set(sink.recipients) == {f"p{number}@oss.example" for number in range(1, size + 1)}
    repeats = sink.recipients.total() - size
    assert 0 <= repeats <= KILLED
    for envelope in sink.envelopes:
        number = envelope.rcpt_tos[0].removeprefix("p").partition("@")[0]
        assert parsed(envelope.content)["Message-ID"] == f"<{number}@leerkring.example>"


@pytest.mark.parametrize("database", KINDS)
def test_three_killed_workers_lose_nothing(databases, tmp_path, database):
    sink = Sink()
    with _prepared(databases.with_tables(database), tmp_path, sink) as server:
        _check(server, sink, 1_000)


@pytest.mark.faults
@pytest.mark.parametrize("database", KINDS)
def test_three_killed_workers_in_ten_thousand_messages(databases, tmp_path, database):
    sink = Sink()
    with _prepared(databases.with_tables(database), tmp_path, sink) as server:
        _check(server, sink, 10_000)
