"""The clockwork: which job runs how often. Thin: jobs call rules, state lives in the tables.

Any number of processes on any number of machines may run it, since planning is idempotent
and claiming exclusive.
"""

import json
import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic, time
from typing import Any

import click
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app import clock, rate_counts
from app.accounts import sessions, shared_changes, sign_in
from app.catalogue import item_scanning, items, link_checking
from app.certificates import letter_mails
from app.courses import certificate_mails, interest_letters, interests
from app.database import db, give_up_transaction
from app.digests import editions
from app.directory import consents, contact_letters, contacts
from app.elsewhere import outside_calendars
from app.inbox import mailbox_reading
from app.indicators import counts
from app.invitations.waves import wave_runs
from app.lessons.evaluations import evaluations
from app.lessons.impressions import attachments, documents, follow_up_letters
from app.lessons.insights import commitment_letters
from app.matching import calls, group_meetings, proposals, rounds
from app.materials import materials, scanning
from app.me import leaving, sign_ins
from app.me import sessions as own_sessions
from app.network import join_answers, joining
from app.network.imports import doubles, import_runs, merges
from app.network.people import address_notices, address_proposals, own_data
from app.network.vocabulary import theme_uses
from app.outbox import claiming, dispatch, errands, leases
from app.privacy import last_letters, mentions, retention, stay_letters
from app.progress import asking, freezing, report_documents
from app.questions import question_letters, questions
from app.registration import allotments, link_requests
from app.setbacks import job_runs, one_by_one
from app.speakers import thanking
from app.upkeep import health, nightly_balance, statistics, watchdog

log = logging.getLogger("leerkring.clockwork")


@dataclass(frozen=True)
class Job:
    """Something that the clockwork does again and again, in a thread of its own, so that a slow one delays no other."""

    run: Callable[[], Any]
    seconds: int
    """Between the begin of two runs."""
    name: str = ""
    watched: bool = True
    """Whether health says so when it did not get through for a while."""

    @property
    def title(self) -> str:
        return self.name or self.run.__name__


def note_sign_of_life() -> int:
    """Give a sign of life of this worker, so that it keeps its claim on what it is sending."""
    claiming.renew_claims()
    health.note_heartbeat(leases.worker_name())
    return 0


def send_mail() -> dict[str, int]:
    """Write and send what is due, for a minute at most; the next run goes on."""
    done = dispatch.work_off_outbox(SENDING_SECONDS)
    return {name: count for name, count in done.items() if count}


def receive_mail() -> dict[str, int]:
    """Read what came back by mail."""
    return {f"incoming_{outcome}": count for outcome, count in mailbox_reading.read_mailbox().items() if count}


def listen_for_mail() -> int:
    """Wait at the mailbox, where the server can tell at once that mail came, and read it then."""
    return sum(sum(receive_mail().values()) for _ in mailbox_reading.listen_for_arrivals(one_by_one.stopped))


def tidy_up() -> int:
    """Forget what was kept long enough, one kind after the other; returns how many rows went."""
    return one_by_one.do_each("tidy_up", _TIDYING, lambda name: _TIDYING[name]())


_TIDYING: dict[str, Callable[[], int]] = {
    each.__name__: each
    for each in (
        sign_in.forget_old_sign_ins,
        sessions.forget_old_sessions,
        sign_ins.forget_own_sign_ins,
        own_sessions.forget_own_sessions,
        leaving.forget_old_departures,
        address_notices.forget_old_changes,
        own_data.forget_old_claims,
        address_proposals.forget_old_proposals,
        joining.forget_old_join_requests,
        interests.forget_old_interests,
        consents.forget_old_consents,
        contacts.forget_old_contacts,
        wave_runs.drop_stale_messages,
        last_letters.forget_last_letters,
        mentions.forget_late_mails,
        merges.forget_old_journals,
        shared_changes.forget_old_steps,
        theme_uses.forget_old_joins,
        import_runs.forget_old_imports,
        doubles.find_doubles,
        outside_calendars.forget_removed_calendars,
        materials.forget_removed_materials,
        items.forget_removed_items,
        asking.drop_stale_requests,
        calls.drop_stale_calls,
        rounds.forget_old_rounds,
        questions.forget_old_questions,
        one_by_one.forget_settled_setbacks,
        rate_counts.forget_old_counts,
        statistics.gather_statistics,
    )
}
SENDING_SECONDS = 60

SCHEDULE = [
    Job(sign_in.mail_sign_in_links, 2, "sign_in_mails"),
    Job(sign_ins.mail_own_sign_ins, 2, "own_sign_in_mails"),
    Job(link_requests.handle_link_requests, 2, "link_requests"),
    Job(joining.mail_join_links, 2, "join_requests"),
    Job(interest_letters.mail_interest_links, 2, "interest_links"),
    Job(interest_letters.tell_of_editions, 60, "new_editions"),
    Job(contact_letters.mail_contacts, 2, "member_messages"),
    Job(join_answers.mail_answers, 60, "join_answers"),
    Job(join_answers.remind_teams, 60, "join_reminders"),
    Job(errands.carry_on_errands, 2, "errands"),
    Job(wave_runs.run_due_waves, 2, "planned"),
    Job(send_mail, 2),
    Job(note_sign_of_life, 30),
    Job(receive_mail, 30),
    Job(listen_for_mail, 30, watched=False),
    Job(nightly_balance.check_balance, 600, "balance"),
    Job(watchdog.raise_alarms, 60, "alarms"),
    Job(evaluations.plan_due_evaluations, 60, "evaluations"),
    Job(commitment_letters.plan_due_reminders, 60, "commitments"),
    Job(calls.call_people, 10, "match_calls"),
    Job(proposals.make_wanted_proposals, 5, "match_proposals"),
    Job(group_meetings.bring_groups_together, 30, "group_meetings"),
    Job(asking.ask_for_words, 60, "report_requests"),
    Job(asking.remind_of_words, 60, "report_reminders"),
    Job(question_letters.tell_askers, 60, "question_answers"),
    Job(letter_mails.send_wanted_letters, 10, "attendance_letters"),
    Job(certificate_mails.send_wanted_certificates, 60, "course_certificates"),
    Job(thanking.thank_speakers, 600, "speaker_thanks"),
    Job(follow_up_letters.plan_due_follow_ups, 60, "follow_ups"),
    Job(editions.plan_due_digests, 60, "digests"),
    Job(documents.make_wanted_documents, 60, "documents"),
    Job(report_documents.make_wanted_files, 60, "report_files"),
    Job(attachments.clean_stored_attachments, 3600, "attachments"),
    Job(scanning.scan_waiting_materials, 30, "scans"),
    Job(item_scanning.scan_waiting_items, 30, "item_scans"),
    Job(link_checking.check_links, 600, "links"),
    Job(counts.count_due_indicators, 60, "indicators"),
    Job(freezing.freeze_wanted_editions, 10, "frozen_reports"),
    Job(import_runs.carry_on_imports, 2, "imports"),
    Job(allotments.release_due_seats, 60, "seats"),
    Job(outside_calendars.refresh_due_calendars, 2, "calendars"),
    Job(stay_letters.ask_silent_people, 86_400, "stay_letters"),
    Job(retention.sweep_old_data, 3600, "retention"),
    Job(tidy_up, 3600),
]
"""What the clockwork does."""
MAILING = (
    "sign_in_mails",
    "own_sign_in_mails",
    "link_requests",
    "join_requests",
    "interest_links",
    "member_messages",
    "errands",
    "planned",
    "send_mail",
)
"""From what was asked for or is due to its mail."""
_ONCE = (
    "note_sign_of_life", "tidy_up", "retention", "stay_letters", "balance", "alarms", "evaluations", "commitments", "match_calls", "match_proposals", "group_meetings", "report_requests", "report_reminders", "attendance_letters", "course_certificates", "speaker_thanks", "follow_ups", "digests", "documents", "report_files", "attachments", "scans", "item_scans", "links", "indicators", "frozen_reports",
    "imports", "seats", "calendars", "receive_mail", "join_answers", "join_reminders", "new_editions", "question_answers", *MAILING,
)  # fmt: skip
"""The order of a single run: what gives mail comes before what sends it."""


def run_once(app: Flask) -> dict[str, int]:
    """Do everything that is due now, as one worker, and say what was done. Raises JobsFailed after doing the rest."""
    always = dict.fromkeys(("planned", "composed", "sent", "retrying", "failed"), 0)
    with app.app_context():
        try:
            return always | do_jobs(_ONCE)
        except JobsFailed as failed:
            failed.done = always | failed.done
            raise


class JobsFailed(Exception):
    """Jobs could not be done; its text names them, `done` is what the others did."""

    def __init__(self, names: list[str], done: dict[str, int]) -> None:
        super().__init__(", ".join(names))
        self.done = done


def do_jobs(names: Iterable[str]) -> dict[str, int]:
    """Do these jobs one after the other and return what each did, without nothing. Raises JobsFailed at the end."""
    done: Counter[str] = Counter()
    failed = []
    jobs = {job.title: job for job in SCHEDULE}
    for job in map(jobs.__getitem__, names):
        result = _do_job(job)
        if isinstance(result, Exception):
            failed.append(job.title)
        else:
            done.update({name: count for name, count in result.items() if count})
    if failed:
        raise JobsFailed(failed, dict(done))
    return dict(done)


def _do_job(job: Job) -> dict[str, int] | Exception:
    """Do one job and note how it went; what it did, or why it failed, which is logged."""
    try:
        result = job.run()
        db.session.commit()
    except Exception as error:
        give_up_transaction()
        words, steps = one_by_one.describe_error(error), one_by_one.steps_to_error(error)
        log.error("job %s failed and will be tried again: %s\n%s", job.title, words, steps)
        _try_to_note(job_runs.note_failed_run, job.title, error)
        return error
    if job.watched:
        _try_to_note(job_runs.note_good_run, job.title, job.seconds)
    return result if isinstance(result, dict) else {job.title: result}


def _try_to_note(note: Callable[..., None], *how: Any) -> None:
    """Note how a job went; a database that takes nothing now keeps no other job from its turn."""
    try:
        note(*how)
    except SQLAlchemyError as error:
        db.session.rollback()
        log.error("how a job went could not be noted: %s", one_by_one.describe_error(error))


def run_until_stopped(app: Flask) -> None:
    """Run the clockwork until SIGTERM or SIGINT; what each job has in hand is finished first, the rest waits."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(len(SCHEDULE))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in SCHEDULE:
        scheduler.add_job(_in_context(app, job), "interval", seconds=job.seconds, id=job.title)
    one_by_one.stopped.clear()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: one_by_one.stopped.set())
    with app.app_context():
        note_sign_of_life()
        job_runs.expect_jobs({job.title: job.seconds for job in SCHEDULE if job.watched})
    scheduler.start()
    _wait_until_stopped(scheduler)
    scheduler.shutdown(wait=True)


def _wait_until_stopped(scheduler: BackgroundScheduler) -> None:
    """Wait, and set the jobs anew when the wall clock jumps: the scheduler would wait for an hour that comes twice."""
    ahead = time() - monotonic()
    while not one_by_one.stopped.wait(1):
        if abs(time() - monotonic() - ahead) > CLOCK_JUMP:
            ahead = time() - monotonic()
            for job in scheduler.get_jobs():
                job.modify(next_run_time=clock.now())


CLOCK_JUMP = 5
"""Seconds by which the wall clock may move against the monotonic one before the jobs are set anew."""


def _in_context(app: Flask, job: Job) -> Callable[[], None]:
    def run() -> None:
        begun = monotonic()
        with app.app_context():
            result = _do_job(job)
        if isinstance(result, Exception):
            _report(job, begun, error=type(result).__name__)
        elif any(result.values()):
            _report(job, begun, **result)

    return run


def _report(job: Job, begun: float, **figures: Any) -> None:
    """One line of JSON for a run that did something: which job of which worker, how long, and how much of what."""
    line = {"at": clock.now().isoformat(timespec="seconds"), "worker": leases.worker_name(), "job": job.title}
    click.echo(json.dumps(line | {"seconds": round(monotonic() - begun, 3)} | figures))
