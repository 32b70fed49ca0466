"""A storm: a large mailing is answered within ten minutes, while scanners of mail try every link in it again and again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from statistics import median, quantiles
from threading import Event as Signal
from time import monotonic, perf_counter, sleep
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import db
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.outbox.models import Message, MessageState
from app.registration.models import Registration, RegistrationState
from app.setbacks import job_runs
from app.setbacks.models import JobRun
from bench import mailing
from bench.measuring import Measuring, load
from bench.people import gather_statistics, many_people
from tests import factories
from tests.server import Server, serving

LINKS, ANSWERS, MINUTES, SCANS = 30_000, 2_000, 10, 3
JOB = "planned"
"""A job that the clockwork does every two seconds, and notes once a minute."""
PATIENCE = 120
"""Seconds after the last answer in which its mail should have left."""


def figures(server: Server, measuring: Measuring) -> None:
    """All of it at the pace of the whole, for so large a part of the ten minutes as the size says."""
    with mailing.sink() as port:
        server.environ |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port)}
        links = _invite(server, measuring.many(LINKS, 200))
        people = measuring.many(ANSWERS)
        with serving(server, "--workers", "2", "--clockwork"):
            measuring.once(lambda: _storm(server, links, people, 60 * MINUTES * measuring.size))


def _invite(server: Server, count: int) -> list[str]:
    with server.app.app_context():
        event = factories.event(title="Storm", seats_on_site=count)
        db.session.flush()
        many_people(event, count, registered=False)
        db.session.commit()
        gather_statistics()
        invitations = db.session.scalars(sa.select(Invitation).order_by(Invitation.id))
        return [invitation_links.link_to_invitation(invitation) for invitation in invitations]


def _storm(server: Server, links: list[str], people: int, seconds: float) -> dict[str, float]:
    over = Signal()
    answering = links[:: max(1, len(links) // people)][:people]
    with ThreadPoolExecutor(3) as beside:
        begun = perf_counter()
        watching = beside.submit(_watch_clockwork, server, over)
        scanning = beside.submit(load, "scans", links=links, seconds=seconds, times=SCANS)
        answered: dict[str, Any] = load("answers", links=answering, seconds=seconds)
        scanned: dict[str, Any] = scanning.result()
        lasted = perf_counter() - begun
        waits = _wait_for_mail(server, people)
        over.set()
        pause = watching.result()
    for failure in (*answered["failed"][:5], *scanned["failed"][:5]):
        print(f"  failed: {failure}")
    return {
        "people who answered": len(answered["answers_ms"]),
        "requests of scanners": scanned["done"],
        "minutes that it lasted": lasted / 60,
        "answers, median": median(answered["answers_ms"]),
        "answers, p95": _p95(answered["answers_ms"]),
        "page that is answered on, p95": _p95(answered["pages_ms"]),
        "answers lost": people - _count_places(server),
        "confirmations that had not left after two minutes": people - len(waits),
        "confirmation in the mail server's hands, p95": _p95(waits),
        "longest that a job of every two seconds went without a run": pause,
    }


def _p95(found: list[float]) -> float:
    return quantiles(found, n=20)[-1] if len(found) > 1 else sum(found)


def _watch_clockwork(server: Server, over: Signal) -> float:
    """The longest between two notes of a job that goes well, without the minute that is usual between them; in seconds."""
    longest, noted = 0.0, clock.now()
    while not over.wait(1):
        with server.app.app_context():
            last: datetime | None = db.session.scalar(sa.select(JobRun.went_well_at).where(JobRun.job == JOB))
        noted = max(noted, last or noted)
        longest = max(longest, (clock.now() - noted).total_seconds())
    return max(0.0, longest - job_runs.NOTED_EVERY)


def _wait_for_mail(server: Server, people: int) -> list[float]:
    """Seconds between an answer and the moment at which its confirmation had left, of those that left in time."""
    end, waits = monotonic() + PATIENCE, []
    while len(waits) < people and monotonic() < end:
        with server.app.app_context():
            left = sa.select(Message.created_at, Message.sent_at).where(Message.state == MessageState.SENT)
            waits = [(sent - made).total_seconds() for made, sent in db.session.execute(left)]
        sleep(1)
    return waits


def _count_places(server: Server) -> int:
    confirmed = sa.select(sa.func.count()).where(Registration.state == RegistrationState.CONFIRMED)
    with server.app.app_context():
        return db.session.scalar(confirmed) or 0
