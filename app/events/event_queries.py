"""Reads of events that more than one place needs."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db
from app.events.models import Event, EventState
from app.network.models import Network


def select_public_events() -> sa.Select[Event]:
    """Events that everybody may see who may know of their network: published or cancelled, not confidential."""
    return sa.select(Event).where(Event.state != EventState.DRAFT, ~Event.confidential)


def of_listed_network() -> sa.ColumnElement[bool]:
    """The condition that everybody may know of an event's network."""
    return Event.network_id.in_(sa.select(Network.id).where(Network.listed))


_PUBLIC = (
    select_public_events()
    .where(Event.slug == sa.bindparam("slug"))
    .options(joinedload(Event.network), selectinload(Event.slots))
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
