"""The public calendar of a network: its coming events and those of the last year."""

from datetime import timedelta

import icalendar
import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import joinedload

from app import addresses, clock
from app.calendars import documents
from app.database import db
from app.events import queries
from app.events.models import Event, EventState
from app.feeds.cache import Feed, State, remembered
from app.network.models import Network

KEPT = timedelta(days=365)
CANCELLED_KEPT = timedelta(days=1)
"""A cancelled event stays, struck through, until the day after it would have been."""


def of(network: Network) -> Feed:
    """The feed as it is now; made again only when an event changed, came or went."""
    return remembered(("network", network.id), _state(network), lambda: _body(network))


def _state(network: Network) -> State:
    """What the feed's bytes depend on: which events it holds and when they last changed."""
    shown = (
        _shown(network)
        .with_only_columns(sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at))
        .order_by(None)
    )
    count, total, changed_at = db.session.execute(shown).one()
    removed = sa.select(sa.func.max(Event.changed_at)).where(Event.network_id == network.id)
    return State((count, total, changed_at, network.name), db.session.scalar(removed) or network.created_at)


def _shown(network: Network) -> sa.Select:
    now = clock.start_of_day(clock.today())
    return (
        queries.public()
        .where(Event.network_id == network.id, Event.ends_at > now - KEPT)
        .where(sa.or_(Event.state == EventState.PUBLISHED, Event.ends_at > now - CANCELLED_KEPT))
        .order_by(Event.starts_at, Event.id)
    )


def _body(network: Network) -> bytes:
    events = list(db.session.scalars(_shown(network).options(joinedload(Event.network))))
    with force_locale("nl"):
        components = [documents.public_vevent(event) for event in events]
    return document(network.name, addresses.network_page(network.slug), components, {event.zone for event in events})


def document(name: str, page: str | None, components: list[icalendar.Event], zones: set[str]) -> bytes:
    """A feed as VCALENDAR, with its name and how often to look (RFC 7986 sections 5.1 and 5.7)."""
    calendar = documents.vcalendar(components, zones)
    calendar.add("name", documents.text(name))
    calendar.add("x-wr-calname", documents.text(name))
    calendar.add("x-wr-timezone", clock.AMSTERDAM)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if page:
        calendar.add("url", page)
    return calendar.to_ical()
