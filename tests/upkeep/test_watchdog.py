"""Nothing stuck without somebody knowing: alarms, the page for administrators, figures for Prometheus."""

import json
import os
import signal
import subprocess
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, jobs
from app.database import db
from app.inbox.models import Bounce, BounceKind, InboxStatus
from app.network.people.models import Language
from app.outbox import circuit_breaker, message_queue
from app.outbox.letters import Letter
from app.outbox.mime import Mail
from app.outbox.models import MailTotal, Message, MessageState
from app.setbacks import job_runs
from app.settings import ROOT
from app.upkeep import health, watchdog
from app.upkeep.models import Alarm
from tests import factories
from tests.helpers import mails, parsed, post, sign_in, text_of, work
from tests.server import FLASK, prepared


@pytest.fixture
def well(app):
    health.note_heartbeat("worker-1")
    return app


def _unwell() -> set[str]:
    return {finding.name for finding in health.check_health() if not finding.well}


def _overdue() -> None:
    factories.registration(factories.event())
    db.session.flush()
    db.session.execute(sa.update(Message).values(due_at=clock.now() - timedelta(minutes=31)))


def _refuse() -> None:
    letter = Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n")
    for number in range(circuit_breaker.LIMIT):
        message_queue.plan_finished_mail(Mail(letter, f"p{number}@oss.example", "Iemand", "Leerkring"), "test")
        db.session.commit()
    for message_id in db.session.scalars(sa.select(Message.id)).all():
        circuit_breaker.note_refusal(message_id, "550 5.7.60 not allowed")


def _late_wave() -> None:
    event = factories.event()
    factories.wave(event, to=factories.audience(event.network), at=clock.now() - timedelta(hours=1))


def _policy() -> None:
    factories.registration(factories.event())
    work()
    message = db.session.scalars(sa.select(Message)).first()
    db.session.add(
        Bounce(message_id=message.id, address="x@y", kind=BounceKind.POLICY, status="5.7.1", words="550 5.7.1 no")
    )


@pytest.mark.parametrize(
    ("cause", "name"),
    [(_overdue, "outbox"), (_refuse, "mail server refuses"), (_late_wave, "waves"), (_policy, "refusals by policy")],
)
def test_what_is_not_well_is_found(well, cause, name):
    assert _unwell() == set()
    cause()
    assert _unwell() == {name}


def test_an_inbox_that_was_never_read_is_not_well_for_ever(well, monkeypatch):
    monkeypatch.setitem(well.config, "INBOX_URL", "imap://x:y@127.0.0.1:1/INBOX")
    monkeypatch.setattr(job_runs, "_noted", {})
    job_runs.expect_jobs({"receive_mail": 30})
    assert _unwell() == set()
    with time_machine.travel(clock.now() + timedelta(minutes=32)):
        health.note_heartbeat("worker-1")
        assert {"inbox", "jobs"} <= _unwell()


def test_an_inbox_that_is_silent_is_found(well):
    well.config["INBOX_URL"] = "imap://x:y@127.0.0.1:1/INBOX"
    try:
        db.session.add(InboxStatus(id=1, trouble="ConnectionRefusedError", trouble_since=clock.now()))
        db.session.flush()
        assert _unwell() == set()
        with time_machine.travel(clock.now() + timedelta(minutes=16)):
            health.note_heartbeat("worker-1")
            assert _unwell() == {"inbox"}
    finally:
        well.config["INBOX_URL"] = None


def test_administrators_are_mailed_once_in_their_language(well):
    dutch, english = factories.account(admin=True), factories.account(admin=True)
    english.language = Language.EN
    factories.account(factories.network())
    _overdue()
    assert (watchdog.raise_alarms(), watchdog.raise_alarms()) == (1, 0)
    sent = {row.recipient: parsed(row.body) for row in mails(Message.kind == "alarm")}
    assert set(sent) == {dutch.email, english.email}
    assert "Kijk of de achtergrondtaken lopen" in " ".join(text_of(sent[dutch.email]).split())
    assert "background jobs run" in " ".join(text_of(sent[english.email]).split())


def test_an_alarm_ends_by_itself_and_may_come_again(well):
    _overdue()
    watchdog.raise_alarms()
    db.session.execute(sa.update(Message).values(due_at=clock.now()))
    watchdog.raise_alarms()
    assert [alarm.ended_at is not None for alarm in db.session.scalars(sa.select(Alarm))] == [True]
    db.session.execute(sa.update(Message).values(due_at=clock.now() - timedelta(minutes=31)))
    assert watchdog.raise_alarms() == 1


def test_alarms_hold_no_people(well):
    person = factories.registration(factories.event(), factories.person("Jan Geheim")).invitation.person
    db.session.execute(sa.update(Message).values(due_at=clock.now() - timedelta(minutes=31)))
    watchdog.raise_alarms()
    alarm = db.session.scalars(sa.select(Alarm)).one()
    assert (person.name in alarm.detail, person.email in alarm.detail) == (False, False)


class TestPage:
    @pytest.fixture
    def page(self, client, well):
        sign_in(client, factories.account(admin=True))
        return "/organise/system"

    def test_it_shows_what_is_wrong_and_what_to_do(self, client, page):
        _overdue()
        watchdog.raise_alarms()
        shown = client.get(page).text
        assert ("niet in orde" in shown, "Kijk of de achtergrondtaken lopen" in shown) == (True, True)

    def test_everything_is_looked_at_on_asking(self, client, page):
        shown = post(client, f"{page}/check", page=page).text
        assert ("Alles nagekeken" in shown, "Geheime sleutel" in shown) == (True, True)

    def test_the_circuit_is_tried_now(self, client, page):
        _refuse()
        shown = client.get(page).text
        assert "550 5.7.60 not allowed" in shown
        post(client, f"{page}/try-now", page=page)
        db.session.expire_all()
        assert circuit_breaker.load_circuit().next_try_at <= clock.now()

    def test_a_mail_test_without_a_mailbox_is_refused_in_words(self, client, page):
        answer = post(client, f"{page}/mail-test", page=page)
        assert "Zet eerst INBOX_URL." in client.get(answer.location).text


class TestMetrics:
    @pytest.fixture
    def token(self, well):
        well.config["METRICS_TOKEN"] = "geheim-voor-prometheus"
        yield "geheim-voor-prometheus"
        well.config["METRICS_TOKEN"] = None

    def test_without_the_setting_there_is_no_such_page(self, client, well):
        assert client.get("/metrics").status_code == 404

    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer fout"}, {"Authorization": "Basic x"}])
    def test_without_the_key_nothing_is_told(self, client, token, headers):
        answer = client.get("/metrics", headers=headers)
        assert (answer.status_code, "leerkring" in answer.text) == (401, False)

    def test_figures_are_readable_by_prometheus(self, client, token):
        from prometheus_client.parser import text_string_to_metric_families

        db.session.add(MailTotal(state=MessageState.SENT, number=1_234_567))
        factories.registration(factories.event())
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        samples = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
        assert samples["leerkring_messages_total", "sent"] == 1_234_567
        assert samples["leerkring_messages_waiting", "planned"] == 1
        assert samples["leerkring_circuit_open",] == 0
        assert samples["leerkring_well", "database"] == 1

    def test_it_takes_few_queries(self, client, token, queries):
        with queries() as seen:
            client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert len(seen) < 40


def test_the_worker_logs_a_line_of_json_for_each_run_that_did_something(databases, tmp_path):
    with prepared(tmp_path / "instance", databases.with_tables("sqlite")) as server:
        with server.app.app_context():
            factories.registration(factories.event())
            db.session.commit()
        worker = subprocess.Popen(
            [FLASK, "--app", "wsgi", "worker"], cwd=ROOT, env=server.environ, stdout=subprocess.PIPE, text=True
        )
        line = json.loads(worker.stdout.readline())
        os.kill(worker.pid, signal.SIGTERM)
        worker.communicate(timeout=30)
    assert (line["job"], line["composed"], line["sent"], set(line) >= {"at", "worker", "seconds"}) == (
        "send_mail",
        1,
        1,
        True,
    )


def test_a_job_that_fails_is_said_and_the_others_go_on(well, capsys):
    def broken():
        raise RuntimeError("met een naam erin: Jan Geheim")

    jobs._in_context(well, jobs.Job(broken, 60))()
    line = json.loads(capsys.readouterr().out)
    assert (line["job"], line["error"], "Jan Geheim" in str(line)) == ("broken", "RuntimeError", False)
