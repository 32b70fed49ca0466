"""The sessions of a network as its organisers look for them, and how many come to each."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.database import db
from app.events.models import Event, EventState
from app.invitations.models import Invitation
from app.network import seeing
from app.network.models import Network
from app.network.people import names
from app.network.seeing import Viewer
from app.registration.models import Registration, RegistrationState
from app.words import Worded


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
    order: SessionOrder = SessionOrder.LATEST

    @property
    def narrows(self) -> bool:
        return bool(self.text) or self.wanted is not None


@dataclass(frozen=True)
class Turnout:
    """How many were invited to a session, and how many of them come."""

    invited: int = 0
    coming: int = 0


def list_sessions(network: Network, sought: SessionFilter) -> list[Event]:
    found = sa.select(Event).where(Event.network_id == network.id)
    for word in sought.text.split()[:8]:
        found = found.where(Event.title.icontains(names.clean_name(word), autoescape=True))
    if sought.wanted is not None:
        found = found.where(_condition(sought.wanted))
    return list(db.session.scalars(found.order_by(*_ORDERS[sought.order], Event.id)))


def count_turnouts(network: Network, viewer: Viewer) -> dict[int, Turnout]:
    """By event, of which the viewer may know it, and to which anybody was invited."""
    counted = (
        sa.select(
            Invitation.event_id,
            sa.func.count(Invitation.id),
            sa.func.count().filter(Registration.state == RegistrationState.CONFIRMED),
        )
        .join(Event, Event.id == Invitation.event_id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Event.network_id == network.id, seeing.events(viewer))
        .group_by(Invitation.event_id)
    )
    return {number: Turnout(invited, coming) for number, invited, coming in db.session.execute(counted)}


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
