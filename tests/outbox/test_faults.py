"""Faults under a living worker: what it was sending is back in line within the lease, and leaves once."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, jobs
from app.database import db
from app.outbox import claiming, leases, message_queue, smtp_connection
from app.outbox.letters import Letter
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState
from tests import factories

COUNT = 5


@pytest.fixture
def waiting(sink):
    """Mails that are due, and the server that takes them."""
    letter = Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n")
    for number in range(COUNT):
        message_queue.plan_finished_mail(Mail(letter, f"p{number}@oss.example", "Iemand", "Leerkring"), "test")
    db.session.commit()
    return sink


@contextmanager
def at_the_third_mail(monkeypatch, fault, number=3):
    """While the block runs, something goes wrong just before the third message, or another, is given to the server."""
    send, seen = smtp_connection._Host.mail, []

    def mail(*given, **more):
        seen.append(given)
        if len(seen) == number:
            fault()
        return send(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(smtp_connection._Host, "mail", mail)
        yield


def _work() -> None:
    """A turn of the clockwork, which goes on when a job fails."""
    try:
        jobs.do_jobs(["note_sign_of_life", "send_mail"])
    except jobs.JobsFailed:
        db.session.rollback()


def _is_all_sent() -> bool:
    db.session.expire_all()
    return set(db.session.scalars(sa.select(Message.state))) == {MessageState.SENT}


def _type_error() -> None:
    raise TypeError


@contextmanager
def refusing_writes(words: str):
    """Lets a fault begin after which the database refuses every write, with the words of SQLite (sqlite.org/rescode.html)."""
    begun = []

    def refuse(cursor, statement, parameters, context):
        if begun and statement.startswith(("INSERT", "UPDATE", "DELETE")):
            raise db.engine.dialect.dbapi.OperationalError(words)

    sa.event.listen(db.engine, "do_execute", refuse)
    try:
        yield lambda: begun.append(True)
    finally:
        sa.event.remove(db.engine, "do_execute", refuse)


def _end_connections() -> None:
    """As an administrator of PostgreSQL does, or a failover."""
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    engine = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    with engine.connect() as administrator:
        administrator.execute(sa.text(others))


@pytest.mark.parametrize("words", ["database or disk is full", "database is locked"])
def test_what_a_full_disk_kept_from_being_noted_goes_on_within_the_lease(waiting, monkeypatch, words):
    with refusing_writes(words) as fault, at_the_third_mail(monkeypatch, fault):
        _work()
    assert not _is_all_sent()
    with time_machine.travel(clock.now() + leases.LEASE + timedelta(seconds=1)):
        _work()
    assert (_is_all_sent(), waiting.recipients.total()) == (True, COUNT + 1), "only the one in flight goes twice"


def test_no_mail_leaves_before_the_one_before_it_is_noted(waiting, monkeypatch):
    with refusing_writes("database or disk is full") as fault, at_the_third_mail(monkeypatch, fault, number=1):
        _work()
    assert waiting.recipients.total() == 1


def test_a_batch_that_broke_off_is_sent_within_the_lease(waiting, monkeypatch):
    with at_the_third_mail(monkeypatch, _type_error):
        _work()
    assert not _is_all_sent()
    with time_machine.travel(clock.now() + leases.LEASE + timedelta(seconds=1)):
        _work()
    assert (_is_all_sent(), waiting.recipients.total()) == (True, COUNT)


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_a_connection_that_the_database_ended_costs_nothing_but_time(waiting, monkeypatch):
    with at_the_third_mail(monkeypatch, _end_connections):
        _work()
    with time_machine.travel(clock.now() + leases.LEASE + timedelta(seconds=1)):
        _work()
    assert _is_all_sent()
    assert waiting.recipients.total() <= COUNT + 1, "only the one in flight may go twice"


def test_a_worker_that_begins_anew_has_another_name(waiting):
    claiming.claim_parcels()
    before = leases.worker_name()
    leases._name_of_process.cache_clear()
    assert leases.worker_name() != before
    with claiming.work_on(claiming.claim_parcels()):
        claiming.renew_claims()
    assert set(db.session.scalars(sa.select(Message.claimed_by))) == {before}


@pytest.mark.unbalanced  # sent before they were written, says the clock
@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=1)])
def test_a_clock_that_jumps_under_a_worker_sends_everything_and_nothing_twice(waiting, monkeypatch, jump):
    """Put back or forth an hour, as at the change of the clocks on a machine without zones; asleep for a day."""
    traveller = time_machine.travel(clock.now() + jump)
    with at_the_third_mail(monkeypatch, traveller.start):
        _work()
    try:
        assert (_is_all_sent(), waiting.recipients.total()) == (True, COUNT)
        factories.network()
        _work()
        assert waiting.recipients.total() == COUNT
    finally:
        db.session.commit()
        traveller.stop()
