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
from app.accounts import sign_in
from app.database import db
from app.digests import editions
from app.elsewhere import calendars
from app.inbox import reading
from app.invitations import running
from app.lessons import commitment_letters, documents, evaluations, follow_up
from app.network import doubles, imports, joining, merging
from app.outbox import claiming, working
from app.registration import allotments, link_requests
from app.upkeep import health, watchdog

log = logging.getLogger("leerkring.clockwork")


def beat() -> int:
    """A sign of life of this worker, which keeps what it is sending."""
    claiming.renew()
    health.beat(claiming.worker_name())
    return 0


def post() -> dict[str, int]:
    """Everything between an act and its mail: asked links, waves that are due, letters, delivery.

    Returns how many of each were handled, without those of which there were none.
    """
    done = Counter(
        sign_in_mails=sign_in.mail_asked(),
        link_requests=link_requests.handle_asked(),
        join_requests=joining.mail_asked(),
        planned=running.run_due_waves(),
    )
    done += working.work_off()
    return {name: count for name, count in done.items() if count}


def receive() -> dict[str, int]:
    """Read what came back by mail."""
    return {f"incoming_{outcome}": count for outcome, count in reading.read().items() if count}


def listen() -> int:
    """Wait at the mailbox, where the server can tell at once that mail came, and read it then."""
    return sum(sum(receive().values()) for _ in reading.arrivals(stopped))


def follow() -> dict[str, int]:
    """What comes after a session: questions, reminders of commitments, thanks, digests, files of impressions."""
    done = {
        "alarms": watchdog.watch(),
        "evaluations": evaluations.plan_due(),
        "commitments": commitment_letters.plan_due(),
        "follow_ups": follow_up.plan_due(),
        "digests": editions.plan_due(),
        "documents": documents.make_wanted(),
        "imports": imports.carry_on(),
        "seats": allotments.release_due(),
        "calendars": calendars.refresh_due(),
    }
    return {name: count for name, count in done.items() if count}


def tidy() -> int:
    count = sign_in.forget_old() + joining.forget_old() + running.drop_stale()
    count += merging.forget_old() + imports.forget_old() + doubles.find_all() + reading.forget_old()
    count += calendars.forget_removed()
    db.session.commit()
    return count


stopped = Event()
"""Set when this worker has been told to stop."""

SCHEDULE: list[tuple[Callable[..., Any], int]] = [
    (post, 2), (beat, 30), (receive, 30), (listen, 30), (follow, 60), (tidy, 3600),
]  # fmt: skip
"""Job and seconds between its runs."""


def run_once(app: Flask) -> dict[str, int]:
    """Do everything that is due now, as one worker, and say what was done."""
    with app.app_context():
        beat()
        tidy()
        before = follow() | receive()
        return dict.fromkeys(("planned", "composed", "sent", "retrying", "failed"), 0) | before | post()


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
        beat()
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
