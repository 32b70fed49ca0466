"""Figures of calendars: a year of the agenda by month, a changed feed, a thousand answers read from a mailbox."""

import urllib.request
from datetime import timedelta
from time import perf_counter

import psutil
import sqlalchemy as sa

from app import clock
from app.database import db
from app.events import planning
from app.events.models import Event
from app.inbox import mailbox_reading
from app.invitations import invitation_links
from app.invitations.models import Invitation
from bench.measuring import Measuring, milliseconds
from bench.people import gather_statistics, many_people
from tests import factories
from tests.inbox import dovecot
from tests.inbox.answers import Request, exchange
from tests.server import Server, serving

EVENTS, ANSWERS = 1_000, 1_000
TIMES = 9


def figures(server: Server, measuring: Measuring) -> None:
    with server.app.app_context():
        network = factories.network(slug="bench")
        for number in range(measuring.many(EVENTS, TIMES + 1)):
            factories.event(
                network, title=f"Sessie {number}", starts_at=factories.start(days=1 + number * 365 // EVENTS)
            )
        db.session.commit()
        gather_statistics()
        first = clock.today().replace(day=1) + timedelta(days=62)
    month = f"month={first:%Y-%m}"
    with serving(server, "--workers", "1"):
        measuring.take(lambda: {"month of a year with 1,000 events": milliseconds(f"{server.address}/", query=month)})
        measuring.take(lambda: {"feed of 1,000 events after one changed": _changed(server)})
    measuring.take(lambda: _replies(server, measuring.many(ANSWERS)))


def _changed(server: Server) -> float:
    """Median time of a feed in which one event changed since it was last asked."""
    address, taken = f"{server.address}/networks/bench/calendar.ics", []
    milliseconds(address)
    with server.app.app_context():
        numbers = list(db.session.scalars(sa.select(Event.id).order_by(Event.id).limit(TIMES)))
    for number in numbers:
        with server.app.app_context():
            planning.note_calendar_change(db.session.get_one(Event, number))
            db.session.commit()
        begun = perf_counter()
        with urllib.request.urlopen(address) as answer:
            answer.read()
        taken.append((perf_counter() - begun) * 1000)
    return sorted(taken)[TIMES // 2]


def _replies(server: Server, answers: int) -> dict[str, float]:
    """Acceptances as Exchange writes them, from the mailbox to a place and a mail."""
    with dovecot.running() as mailbox, server.app.app_context():
        server.app.config["INBOX_URL"] = mailbox.url
        event = factories.event(title="Antwoorden", starts_at=factories.start(days=30))
        many_people(event, answers, registered=False)
        db.session.commit()
        gather_statistics()
        mailbox.deliver(*(_acceptance(invitation) for invitation in _invitations(event)))
        before = psutil.Process().memory_info().rss
        begun = perf_counter()
        done = sum(mailbox_reading.read_mailbox().values())
        took = perf_counter() - begun
        assert done == answers, f"{done} of {answers} answers were read"
        server.app.config["INBOX_URL"] = None
        grown = (psutil.Process().memory_info().rss - before) / 2**20
    return {"1,000 answers read and applied": took, "1,000 answers read and applied, memory grown by": grown}


def _invitations(event: Event) -> list[Invitation]:
    return list(db.session.scalars(sa.select(Invitation).where(Invitation.event_id == event.id)))


def _acceptance(invitation: Invitation) -> bytes:
    event = invitation.event
    request = Request(
        event.uid,
        0,
        invitation_links.invitation_reply_address(invitation),
        invitation.address.address,
        event.starts_at,
        event.ends_at,
        event.title,
    )
    return exchange(request, "ACCEPTED")
