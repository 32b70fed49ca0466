"""Public calendars: of everything, of a network, of a kind of session, of a region. Coming events and those of the last year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload

from app import clock, urls
from app.calendars import vevents
from app.database import db
from app.events import agenda, event_queries, event_series
from app.events.models import Event, EventFormat, EventState, Series
from app.feeds import feed_writing
from app.feeds.feed_cache import Feed, FeedState, cached_feed
from app.network import network_queries
from app.network.models import Network
from app.network.organisations import organisations

_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""When a calendar that never held anything last changed."""


@dataclass(frozen=True)
class PublicCalendar:
    """Which events a public calendar holds, and its name and addresses."""

    kind: str
    """all, network, format, region or series."""
    key: str
    name: str
    condition: sa.ColumnElement[bool]
    page: str
    """Where its events stand as a page."""

    @property
    def path(self) -> str:
        """Where it is explained how to subscribe."""
        return f"/subscribe/{self.kind}/{self.key}"

    @property
    def address(self) -> str:
        if self.kind == "network":
            return f"{urls.network_url(self.key)}/calendar.ics"
        return urls.absolute_url(f"/calendars/{self.kind}/{self.key}.ics")


def list_public_calendars() -> Iterator[PublicCalendar]:
    """Every public calendar there is."""
    yield _all_sessions()
    yield from (_of_network(network) for network in network_queries.listed_networks())
    yield from (_of_format(format) for format in EventFormat)
    yield from (_of_region(region) for region in organisations.list_regions())
    yield from (_of_series(series) for series in event_series.list_public_series())


def find_public_calendar(kind: str, key: str) -> PublicCalendar | None:
    """The calendar of that address; None when there is none."""
    match kind:
        case "all":
            return _all_sessions() if key == "all" else None
        case "network":
            network = network_queries.find_network(key)
            return _of_network(network) if network and network.listed else None
        case "format":
            return _of_format(EventFormat(key)) if key in list(EventFormat) else None
        case "region":
            return next((_of_region(each) for each in organisations.list_regions() if region_slug(each) == key), None)
        case "series":
            series = event_series.find_public_series(key)
            return _of_series(series) if series and series.network.listed else None
    return None


def nearest_public_calendar(sought: agenda.AgendaFilter) -> PublicCalendar:
    """The calendar that fits best what the agenda is narrowed down to."""
    if sought.network is not None and sought.network.listed:
        return _of_network(sought.network)
    if sought.region:
        return _of_region(sought.region)
    return _of_format(sought.format) if sought.format else _all_sessions()


def region_slug(region: str) -> str:
    """A region as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", region.lower()).strip("-")


def load_public_feed(selection: PublicCalendar) -> Feed:
    """The feed as it is now; made again only when an event changed, came or went."""
    name = ("public", selection.kind, selection.key)
    return cached_feed(name, _public_state(selection), lambda: _public_feed_bytes(selection))


def _all_sessions() -> PublicCalendar:
    with force_locale("nl"):
        return PublicCalendar("all", "all", gettext("Alle sessies"), sa.true(), urls.absolute_url("/"))


def _of_network(network: Network) -> PublicCalendar:
    page = urls.network_url(network.slug)
    return PublicCalendar("network", network.slug, network.name, Event.network_id == network.id, page)


def _of_format(format: EventFormat) -> PublicCalendar:
    with force_locale("nl"):
        name = str(format.words)
    return PublicCalendar("format", format, name, Event.format == format, urls.absolute_url(f"/?format={format}"))


def _of_region(region: str) -> PublicCalendar:
    page = urls.absolute_url(f"/?region={region_slug(region)}")
    return PublicCalendar("region", region_slug(region), region, agenda.held_in_region(region), page)


def _of_series(series: Series) -> PublicCalendar:
    return PublicCalendar(
        "series", series.slug, series.title, Event.series_id == series.id, urls.series_url(series.slug)
    )


def _public_state(selection: PublicCalendar) -> FeedState:
    """What the feed's bytes depend on: which events it holds and when they last changed."""
    shown = (
        _select_shown_public(selection)
        .with_only_columns(sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at))
        .order_by(None)
    )
    count, total, changed_at = db.session.execute(shown).one()
    removed = db.session.scalar(sa.select(sa.func.max(Event.changed_at)).where(selection.condition))
    return FeedState((count, total, changed_at, selection.name), removed or changed_at or _NEVER)


def _select_shown_public(selection: PublicCalendar) -> sa.Select[Any]:
    now = clock.start_of_day(clock.today())
    return (
        event_queries.select_public_events()
        .where(event_queries.of_listed_network(), selection.condition, Event.ends_at > now - feed_writing.KEPT)
        .where(sa.or_(Event.state == EventState.PUBLISHED, Event.ends_at > now - feed_writing.CANCELLED_KEPT))
        .order_by(Event.starts_at, Event.id)
    )


def _public_feed_bytes(selection: PublicCalendar) -> bytes:
    events = list(db.session.scalars(_select_shown_public(selection).options(joinedload(Event.network))))
    with force_locale("nl"):
        pieces = [public_event_piece(event, "nl") for event in events]
    return feed_writing.write_feed(selection.name, selection.page, pieces, {event.zone for event in events})


def public_event_piece(event: Event, language: str) -> bytes:
    """A public event in the language that is in force."""
    key = ("public", event.uid, event.changed_at, event.confidential and event.network.name, language)
    return feed_writing.cached_piece(key, lambda: vevents.build_public_vevents(event))
