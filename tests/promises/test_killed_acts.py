"""An act on thousands of mails of which the worker is killed: another one finishes it, and each mail was moved once."""

import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
import sqlalchemy as sa

from app.database import db
from app.outbox import errands, mass_moves
from app.outbox.kinds import MessageKind
from app.outbox.models import Errand, Message, MessageState, MessageStep
from app.settings import ROOT
from tests import books, factories
from tests.databases import KINDS
from tests.server import FLASK, PATIENCE, prepared

SIZE = 3_000


def _plan(size: int) -> int:
    """Mails of an event that leave tomorrow; returns its id."""
    event = factories.event()
    about = {"kind": MessageKind.EVENT_CHANGED, "state": "planned", "event_id": event.id, "priority": 3, "paced": False}
    moments = {"created_at": datetime.now(UTC), "due_at": datetime.now(UTC) + timedelta(days=1)}
    rows = [{"recipient": f"p{n}@oss.example", "domain": "oss.example", **about, **moments} for n in range(size)]
    db.session.execute(sa.insert(Message), rows)
    db.session.commit()
    return event.id


def _done() -> int | None:
    """With how many it was done; None when it is finished."""
    done = db.session.scalar(sa.select(Errand.done))
    db.session.commit()
    return done


@pytest.mark.parametrize("database", KINDS)
def test_a_worker_that_is_killed_half_way_loses_nothing(databases, tmp_path, database):
    with prepared(tmp_path / "instance", databases.with_tables(database)) as server, server.app.app_context():
        event_id = _plan(SIZE)
        mass_moves.pause_all(event_id, account_id=factories.account().id)
        db.session.commit()
        begun, until = _done(), monotonic() + PATIENCE
        worker = subprocess.Popen([FLASK, "--app", "wsgi", "worker"], cwd=ROOT, env=server.environ)
        while (half := _done()) == begun and monotonic() < until:
            sleep(0.005)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert half is None or half > errands.AT_ONCE
        assert books.balance()
        errands.carry_on_errands()
        states = sa.select(Message.state, sa.func.count()).group_by(Message.state)
        assert dict(db.session.execute(states).all()) == {MessageState.PAUSED: SIZE}
        steps = sa.select(sa.func.count(), sa.func.count(sa.distinct(MessageStep.message_id)))
        assert db.session.execute(steps).one() == (SIZE, SIZE)
        assert _done() is None
