"""Reads of events that more than one place needs."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db
from app.events.models import Event, EventState, Series
from app.network.models import Network
from app.themes.models import Theme, event_themes


def select_public_events() -> sa.Select[Event]:
    """Events that everybody may see who may know of their network: published or cancelled, not confidential."""
    return sa.select(Event).where(Event.state != EventState.DRAFT, ~Event.confidential)


def of_listed_network() -> sa.ColumnElement[bool]:
    """The condition that everybody may know of an event's network."""
    return Event.network_id.in_(sa.select(Network.id).where(Network.listed))


def about(theme_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """The condition that an event is about one of these themes."""
    return Event.id.in_(sa.select(event_themes.c.event_id).where(event_themes.c.theme_id.in_(theme_ids)))


_PUBLIC = (
    select_public_events()
    .where(Event.slug == sa.bindparam("slug"))
    .options(joinedload(Event.network), selectinload(Event.slots), selectinload(Event.themes))
)


_ANY = sa.select(Event).where(Event.slug == sa.bindparam("slug")).options(joinedload(Event.network))


def find_public_event(slug: str) -> Event | None:
    return db.session.scalar(_PUBLIC, {"slug": slug})


def past_events(network: Network, limit: int = 20) -> list[Event]:
    """Public events of a network that took place, latest first."""
    wanted = (
        select_public_events()
        .where(Event.network_id == network.id, Event.ends_at <= clock.now(), Event.state == EventState.PUBLISHED)
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(limit)
    )
    return list(db.session.scalars(wanted))


def past_events_about(theme: Theme, limit: int = 20) -> list[Event]:
    """Public events about a theme that took place, of networks that are listed, latest first."""
    took_place = sa.and_(Event.ends_at <= clock.now(), Event.state == EventState.PUBLISHED)
    wanted = select_public_events().where(took_place, of_listed_network(), about([theme.id]))
    wanted = wanted.order_by(Event.starts_at.desc(), Event.id).limit(limit).options(joinedload(Event.network))
    return list(db.session.scalars(wanted))


def past_events_of_series(series: Series) -> list[Event]:
    """Public events of a series that took place, latest first."""
    took_place = sa.and_(Event.ends_at <= clock.now(), Event.state == EventState.PUBLISHED)
    wanted = select_public_events().where(Event.series_id == series.id, took_place)
    return list(db.session.scalars(wanted.order_by(Event.starts_at.desc(), Event.id)))


def find_event(slug: str) -> Event | None:
    """Any event, with its network."""
    return db.session.scalar(_ANY, {"slug": slug})


def events_of_network(network: Network) -> list[Event]:
    """All events of a network for its organisers, latest first."""
    return list(
        db.session.scalars(
            sa.select(Event).where(Event.network_id == network.id).order_by(Event.starts_at.desc(), Event.id)
        )
    )


def nearest_event(network: Network) -> Event | None:
    """The next event of a network, else its last one, drafts included; to show an example with."""
    wanted = sa.select(Event).where(Event.network_id == network.id, Event.state != EventState.CANCELLED)
    options = [joinedload(Event.network), selectinload(Event.slots)]
    coming = wanted.where(Event.starts_at > clock.now()).order_by(Event.starts_at, Event.id)
    last = wanted.order_by(Event.starts_at.desc(), Event.id)
    return db.session.scalar(coming.limit(1).options(*options)) or db.session.scalar(last.limit(1).options(*options))


def last_made_event(network: Network) -> Event | None:
    """The session that was made last and goes on, or went: the next one will be much like it."""
    wanted = sa.select(Event).where(Event.network_id == network.id, Event.state != EventState.CANCELLED)
    return db.session.scalar(wanted.order_by(Event.id.desc()).limit(1))
