"""The clockwork: which job runs how often. Thin: jobs call rules, state lives in the tables.

Any number of processes on any number of machines may run it, since planning is idempotent
and claiming exclusive.
"""

import json
import logging
import signal
from collections import Counter
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from app import clock
from app.accounts import shared_changes, sign_in
from app.database import db
from app.digests import editions
from app.elsewhere import outside_calendars
from app.inbox import mailbox_reading
from app.invitations.waves import wave_runs
from app.lessons.evaluations import evaluations
from app.lessons.impressions import documents, follow_up_letters
from app.lessons.insights import commitment_letters
from app.network import joining
from app.network.imports import doubles, import_runs, merges
from app.outbox import claiming, dispatch
from app.registration import allotments, link_requests
from app.upkeep import health, watchdog

log = logging.getLogger("leerkring.clockwork")


def note_sign_of_life() -> int:
    """Give a sign of life of this worker, so that it keeps its claim on what it is sending."""
    claiming.renew_claims()
    health.note_heartbeat(claiming.worker_name())
    return 0


def plan_and_deliver_mail() -> dict[str, int]:
    """Do everything between an act and its mail: requested links, waves that are due, letters, delivery.

    Returns how many of each were handled, without those of which there were none.
    """
    done = Counter(
        sign_in_mails=sign_in.mail_sign_in_links(),
        link_requests=link_requests.handle_link_requests(),
        join_requests=joining.mail_join_links(),
        planned=wave_runs.run_due_waves(),
    )
    done += dispatch.work_off_outbox()
    return {name: count for name, count in done.items() if count}


def receive_mail() -> dict[str, int]:
    """Read what came back by mail."""
    return {f"incoming_{outcome}": count for outcome, count in mailbox_reading.read_mailbox().items() if count}


def listen_for_mail() -> int:
    """Wait at the mailbox, where the server can tell at once that mail came, and read it then."""
    return sum(sum(receive_mail().values()) for _ in mailbox_reading.listen_for_arrivals(stopped))


def follow_up_sessions() -> dict[str, int]:
    """Do what comes after a session: questions, reminders of commitments, thanks, digests, files of impressions."""
    done = {
        "alarms": watchdog.raise_alarms(),
        "evaluations": evaluations.plan_due_evaluations(),
        "commitments": commitment_letters.plan_due_reminders(),
        "follow_ups": follow_up_letters.plan_due_follow_ups(),
        "digests": editions.plan_due_digests(),
        "documents": documents.make_wanted_documents(),
        "imports": import_runs.carry_on_imports(),
        "seats": allotments.release_due_seats(),
        "calendars": outside_calendars.refresh_due_calendars(),
    }
    return {name: count for name, count in done.items() if count}


def tidy_up() -> int:
    count = sign_in.forget_old_sign_ins() + joining.forget_old_join_requests() + wave_runs.drop_stale_messages()
    count += (
        merges.forget_old_journals()
        + shared_changes.forget_old_steps()
        + import_runs.forget_old_imports()
        + doubles.find_doubles()
        + mailbox_reading.forget_old_contents()
    )
    count += outside_calendars.forget_removed_calendars()
    db.session.commit()
    return count


stopped = Event()
"""Set when this worker has been told to stop."""

SCHEDULE: list[tuple[Callable[..., Any], int]] = [
    (plan_and_deliver_mail, 2), (note_sign_of_life, 30), (receive_mail, 30), (listen_for_mail, 30), (follow_up_sessions, 60), (tidy_up, 3600),
]  # fmt: skip
"""Job and seconds between its runs."""


def run_once(app: Flask) -> dict[str, int]:
    """Do everything that is due now, as one worker, and say what was done."""
    with app.app_context():
        note_sign_of_life()
        tidy_up()
        before = follow_up_sessions() | receive_mail()
        return (
            dict.fromkeys(("planned", "composed", "sent", "retrying", "failed"), 0) | before | plan_and_deliver_mail()
        )


def run_until_stopped(app: Flask) -> None:
    """Run the clockwork until SIGTERM or SIGINT; a running job is finished first."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job, seconds in SCHEDULE:
        scheduler.add_job(_in_context(app, job), "interval", seconds=seconds, id=job.__name__)
    stopped.clear()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with app.app_context():
        note_sign_of_life()
    scheduler.start()
    stopped.wait()
    scheduler.shutdown(wait=True)


def _in_context(app: Flask, job: Callable[..., Any]) -> Callable[[], None]:
    def run() -> None:
        begun = monotonic()
        with app.app_context():
            try:
                result = job()
            except Exception as error:
                db.session.rollback()
                log.exception("job %s failed and will be tried again", job.__name__)
                _report(job, begun, error=type(error).__name__)
            else:
                if result:
                    _report(job, begun, **(result if isinstance(result, dict) else {"done": result}))

    return run


def _report(job: Callable[..., Any], begun: float, **figures: Any) -> None:
    """One line of JSON for a run that did something: which job of which worker, how long, and how much of what."""
    line = {"at": clock.now().isoformat(timespec="seconds"), "worker": claiming.worker_name(), "job": job.__name__}
    click.echo(json.dumps(line | {"seconds": round(monotonic() - begun, 3)} | figures))
