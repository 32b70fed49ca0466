"""The sessions of a network as its organisers look for them, and how many come to each."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination

from app import clock
from app.choices import Choice
from app.database import db
from app.events.models import Event, EventFormat, EventState
from app.invitations.models import Invitation
from app.network import seeing
from app.network.models import Network
from app.network.people import names
from app.network.seeing import Viewer
from app.registration.models import Registration, RegistrationState
from app.words import Worded

PER_PAGE = 50


class SessionsWanted(Worded):
    """Which sessions a list shows."""

    COMING = "coming", _l("Nog te komen")
    PAST = "past", _l("Geweest")
    DRAFT = "draft", _l("Concept")
    CANCELLED = "cancelled", _l("Geannuleerd")


class SessionOrder(Worded):
    """What stands first."""

    LATEST = "", _l("Laatste eerst")
    EARLIEST = "earliest", _l("Eerste eerst")
    TITLE = "title", _l("Titel")


@dataclass(frozen=True)
class SessionFilter:
    """What an organiser looks for; empty values filter nothing."""

    text: str = ""
    wanted: SessionsWanted | None = None
    format: EventFormat | None = None
    year: int | None = None
    """The year in which it begins."""
    order: SessionOrder = SessionOrder.LATEST

    @property
    def narrows(self) -> bool:
        return any((self.text, self.wanted, self.format, self.year))


@dataclass(frozen=True)
class Turnout:
    """How many were invited to a session, and how many of them come."""

    invited: int = 0
    coming: int = 0


def page_of_sessions(network: Network, sought: SessionFilter) -> Pagination:
    wanted = _select_sessions(network, sought).order_by(*_ORDERS[sought.order], Event.id)
    return db.paginate(wanted, per_page=PER_PAGE, error_out=False)


def list_chosen_sessions(
    network: Network, sought: SessionFilter, choice: Choice, viewer: Viewer, most: int | None = None
) -> list[Event]:
    """The sessions that somebody chose and may act upon, the first of them; the filter is for who chose all that meet it."""
    wanted = _select_sessions(network, sought if choice.everything else SessionFilter())
    wanted = wanted.where(choice.takes(Event.id), seeing.networks(viewer.as_organiser, Event.network_id))
    return list(db.session.scalars(wanted.order_by(*_ORDERS[sought.order], Event.id).limit(most)))


def list_years(network: Network) -> list[int]:
    """The years in which the network has sessions, from the first to the last, the last first."""
    first_last = sa.select(sa.func.min(Event.starts_at), sa.func.max(Event.starts_at))
    first, last = db.session.execute(first_last.where(Event.network_id == network.id)).one()
    if first is None or last is None:
        return []
    return list(range(clock.to_local(last).year, clock.to_local(first).year - 1, -1))


def count_turnouts(events: Collection[Event], viewer: Viewer) -> dict[int, Turnout]:
    """By event, of these and of which the viewer may know it, and to which anybody was invited."""
    counted = (
        sa.select(
            Invitation.event_id,
            sa.func.count(Invitation.id),
            sa.func.count().filter(Registration.state == RegistrationState.CONFIRMED),
        )
        .join(Event, Event.id == Invitation.event_id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Event.id.in_([event.id for event in events]), seeing.events(viewer))
        .group_by(Invitation.event_id)
    )
    return {event_id: Turnout(invited, coming) for event_id, invited, coming in db.session.execute(counted)}


def _select_sessions(network: Network, sought: SessionFilter) -> sa.Select[Event]:
    return sa.select(Event).where(Event.network_id == network.id, *_conditions(sought))


def _conditions(sought: SessionFilter) -> Iterator[sa.ColumnElement[bool]]:
    for word in sought.text.split()[:8]:
        yield Event.title.icontains(names.clean_name(word), autoescape=True)
    if sought.wanted is not None:
        yield _condition(sought.wanted)
    if sought.format is not None:
        yield Event.format == sought.format
    if sought.year is not None:
        first, after = (clock.utc_moment(date(year, 1, 1), time()) for year in (sought.year, sought.year + 1))
        yield sa.and_(Event.starts_at >= first, Event.starts_at < after)


def _condition(wanted: SessionsWanted) -> sa.ColumnElement[bool]:
    match wanted:
        case SessionsWanted.COMING:
            return sa.and_(Event.ends_at > clock.now(), Event.state == EventState.PUBLISHED)
        case SessionsWanted.PAST:
            return sa.and_(Event.ends_at <= clock.now(), Event.state == EventState.PUBLISHED)
        case SessionsWanted.DRAFT:
            return Event.state == EventState.DRAFT
        case SessionsWanted.CANCELLED:
            return Event.state == EventState.CANCELLED


_ORDERS: dict[SessionOrder, tuple[sa.ColumnElement[Any], ...]] = {
    SessionOrder.LATEST: (Event.starts_at.desc(),),
    SessionOrder.EARLIEST: (Event.starts_at.asc(),),
    SessionOrder.TITLE: (sa.func.lower(Event.title),),
}
