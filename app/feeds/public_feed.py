"""Public calendars: of everything, of a network, of a kind of session, of a region. Coming events and those of the last year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload

from app import addresses, clock
from app.calendars import documents
from app.database import db
from app.events import agenda, queries
from app.events.models import Event, EventFormat, EventState
from app.feeds import writing
from app.feeds.cache import Feed, State, remembered
from app.network import organisations
from app.network import queries as networks
from app.network.models import Network

_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""When a calendar that never held anything last changed."""


@dataclass(frozen=True)
class Selection:
    """Which events a public calendar holds, and its name and addresses."""

    kind: str
    """all, network, format or region."""
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
            return f"{addresses.network_page(self.key)}/calendar.ics"
        return addresses.absolute(f"/calendars/{self.kind}/{self.key}.ics")


def selections() -> Iterator[Selection]:
    """Every public calendar there is."""
    yield _all()
    yield from (_network(network) for network in networks.all_networks())
    yield from (_format(format) for format in EventFormat)
    yield from (_region(region) for region in organisations.regions())


def find(kind: str, key: str) -> Selection | None:
    """The calendar of that address; None when there is none."""
    match kind:
        case "all":
            return _all() if key == "all" else None
        case "network":
            network = networks.by_slug(key)
            return _network(network) if network else None
        case "format":
            return _format(EventFormat(key)) if key in list(EventFormat) else None
        case "region":
            return next((_region(each) for each in organisations.regions() if slug(each) == key), None)
    return None


def nearest(sought: agenda.Sought) -> Selection:
    """The calendar that fits best what the agenda is narrowed down to."""
    if sought.network is not None:
        return _network(sought.network)
    if sought.region:
        return _region(sought.region)
    return _format(sought.format) if sought.format else _all()


def slug(region: str) -> str:
    """A region as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", region.lower()).strip("-")


def of(selection: Selection) -> Feed:
    """The feed as it is now; made again only when an event changed, came or went."""
    name = ("public", selection.kind, selection.key)
    return remembered(name, _state(selection), lambda: _body(selection))


def _all() -> Selection:
    with force_locale("nl"):
        return Selection("all", "all", gettext("Alle sessies"), sa.true(), addresses.absolute("/"))


def _network(network: Network) -> Selection:
    page = addresses.network_page(network.slug)
    return Selection("network", network.slug, network.name, Event.network_id == network.id, page)


def _format(format: EventFormat) -> Selection:
    with force_locale("nl"):
        name = str(format.words)
    return Selection("format", format, name, Event.format == format, addresses.absolute(f"/?format={format}"))


def _region(region: str) -> Selection:
    page = addresses.absolute(f"/?region={slug(region)}")
    return Selection("region", slug(region), region, agenda.in_region(region), page)


def _state(selection: Selection) -> State:
    """What the feed's bytes depend on: which events it holds and when they last changed."""
    shown = (
        _shown(selection)
        .with_only_columns(sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at))
        .order_by(None)
    )
    count, total, changed_at = db.session.execute(shown).one()
    removed = db.session.scalar(sa.select(sa.func.max(Event.changed_at)).where(selection.condition))
    return State((count, total, changed_at, selection.name), removed or changed_at or _NEVER)


def _shown(selection: Selection) -> sa.Select[Any]:
    now = clock.start_of_day(clock.today())
    return (
        queries.public()
        .where(selection.condition, Event.ends_at > now - writing.KEPT)
        .where(sa.or_(Event.state == EventState.PUBLISHED, Event.ends_at > now - writing.CANCELLED_KEPT))
        .order_by(Event.starts_at, Event.id)
    )


def _body(selection: Selection) -> bytes:
    events = list(db.session.scalars(_shown(selection).options(joinedload(Event.network))))
    with force_locale("nl"):
        pieces = [event_piece(event, "nl") for event in events]
    return writing.document(selection.name, selection.page, pieces, {event.zone for event in events})


def event_piece(event: Event, language: str) -> bytes:
    """A public event in the language that is in force."""
    key = ("public", event.uid, event.changed_at, event.confidential and event.network.name, language)
    return writing.piece(key, lambda: documents.public_vevent(event))
