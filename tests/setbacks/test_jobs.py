"""Each job and each item of a job by itself: whichever breaks, the others get through and health names it."""

import signal
from dataclasses import replace
from datetime import timedelta
from threading import Event, Timer

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, jobs
from app.accounts import sign_in
from app.database import db
from app.invitations.waves.models import WaveState
from app.lessons.impressions import documents
from app.lessons.impressions.models import Document
from app.outbox import circuit_breaker
from app.outbox.models import Message
from app.setbacks import job_runs, one_by_one
from app.setbacks.models import JobRun
from tests import factories


@pytest.fixture(autouse=True)
def _noted_anew():
    job_runs._noted.clear()


def _health(client) -> dict:
    checks = client.get("/healthz").json["checks"]
    return {name: checks[name] for name in ("jobs", "setbacks")}


@pytest.mark.parametrize("name", [job.title for job in jobs.SCHEDULE if job.watched])
def test_a_job_that_breaks_stops_no_other(app, client, monkeypatch, name):
    def broken():
        db.session.execute(sa.text("SELECT * FROM niets"))

    kept = [replace(job, run=broken, name=job.title) if job.title == name else job for job in jobs.SCHEDULE]
    monkeypatch.setattr(jobs, "SCHEDULE", kept)
    with pytest.raises(jobs.JobsFailed, match=f"^{name}$"):
        jobs.do_jobs([job.title for job in kept if job.watched])
    went = {run.job for run in db.session.scalars(sa.select(JobRun).where(JobRun.went_well_at.is_not(None)))}
    assert went == {job.title for job in kept if job.watched} - {name}
    assert (_health(client)["jobs"]["well"], name in _health(client)["jobs"]["detail"]) == (False, True)


def test_a_job_that_no_longer_gets_through_is_named_while_the_worker_lives(app, client):
    job_runs.expect_jobs({"planned": 2, "send_mail": 2})
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        job_runs._noted.clear()
        job_runs.note_good_run("send_mail", 2)
        found = _health(client)["jobs"]
    assert (found["well"], "planned" in found["detail"], "send_mail" in found["detail"]) == (False, True, False)


def test_a_job_of_every_hour_is_not_late_after_half_of_one(app, client):
    job_runs.expect_jobs({job.title: job.seconds for job in jobs.SCHEDULE if job.title == "tidy_up"})
    for minutes, well in ((59, True), (91, False)):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            assert _health(client)["jobs"]["well"] is well


def _broken_audience(event):
    audience = factories.audience(event.network, "Kapot", {"kind": "nothing-like-it", "values": ["x"]})
    return factories.wave(event, to=audience)


def test_one_wave_that_cannot_be_planned_stops_no_other_mail(app):
    event = factories.event()
    factories.person("Jan", of=event.network)
    broken, fine = _broken_audience(event), factories.wave(event, to=factories.audience(event.network))
    account = factories.account(admin=True)
    sign_in.ask_sign_in(account.email)
    db.session.commit()
    done = jobs.do_jobs(jobs.MAILING)
    db.session.expire_all()
    assert (done["planned"], done["sign_in_mails"], done["sent"]) == (1, 1, 2)
    assert (broken.state, fine.state) == (WaveState.PLANNED, WaveState.DONE)
    assert [(each.job, each.item) for each in one_by_one.list_setbacks()] == [("run_due_waves", str(broken.id))]


def test_what_broke_is_done_at_its_next_moment(app, monkeypatch):
    sign_in.ask_sign_in(factories.account(admin=True).email)
    db.session.commit()
    with monkeypatch.context() as broken:
        broken.setattr(sign_in, "_plan_sign_in_mail", lambda *_: 1 / 0)
        assert jobs.do_jobs(["sign_in_mails"]) == {}
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert jobs.do_jobs(["sign_in_mails"]) == {"sign_in_mails": 1}
    assert one_by_one.list_setbacks() == []


def test_files_of_impressions_are_made_while_others_may_write(app):
    documents.want_documents(factories.impression(factories.held()))
    db.session.commit()
    work, states = documents._make_file, []

    def look(document):
        states.append(db.session.connection().info.get("guarded"))
        return work(document)

    documents._make_file = look
    try:
        assert jobs.do_jobs(["documents"]) == {"documents": 3}
    finally:
        documents._make_file = work
    assert set(states) == {True}
    assert db.session.scalars(sa.select(sa.func.count(Document.id)).where(Document.made_at.is_(None))).one() == 0


@pytest.fixture
def clockwork(app, monkeypatch):
    """Runs these jobs as a worker does until one says that it is enough; it waits for no fault of ours for ever."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def run(*schedule: jobs.Job) -> None:
        monkeypatch.setattr(jobs, "SCHEDULE", schedule)
        end = Timer(20, one_by_one.stopped.set)
        end.start()
        jobs.run_until_stopped(app)
        end.cancel()

    yield run
    one_by_one.stopped.clear()
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_job_that_takes_for_ever_delays_no_other(client, clockwork):
    went, waited = Event(), []

    def hang() -> None:
        waited.append(went.wait(15))
        one_by_one.stopped.set()

    clockwork(jobs.Job(hang, 1), jobs.Job(went.set, 1))
    assert waited == [True]


@pytest.mark.parametrize("hours", [-1, 1, 24])
def test_jobs_go_on_when_the_wall_clock_jumps(clockwork, hours):
    """Put back, the next turn would be an hour away."""
    ran, jump = [], time_machine.travel(clock.now() + timedelta(hours=hours))

    def work() -> None:
        ran.append(clock.now())
        if len(ran) == 1:
            jump.start()
        else:
            one_by_one.stopped.set()

    try:
        clockwork(jobs.Job(work, 1))
    finally:
        jump.stop()
    assert len(ran) > 1


def test_a_heartbeat_in_the_future_is_a_finding(app, client):
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        jobs.note_sign_of_life()
    assert client.get("/healthz").json["checks"]["clockwork"]["well"] is False


def test_mail_that_stays_in_sending_is_said(app, client):
    factories.registration(factories.event())
    jobs.do_jobs(["planned"])
    from app.outbox import message_writing

    message_writing.write_due_messages()
    claim = {"claimed_by": "elsewhere", "claimed_until": clock.now() - timedelta(minutes=6)}
    db.session.execute(sa.update(Message).values(state="sending", **claim))
    db.session.commit()
    assert circuit_breaker.load_circuit() is None
    found = client.get("/healthz").json["checks"]["outbox"]
    assert (found["well"], "stuck in sending" in found["detail"]) == (False, True)
