"""A network that came to its end: what it did stays to be read, nothing new begins in it, and it asks nobody anything."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.database import db
from app.events.models import Event, EventState
from app.network.models import Network
from app.words import Refusal


class Archived(Refusal):
    """Something new would begin in a network that is archived."""

    says = _l("Dit netwerk is gearchiveerd. Haal het eerst uit het archief, bij de instellingen.")
    tone = "error"


class StillComing(Refusal):
    """A session of the network has still to be held."""

    says = _l("Er komt nog een sessie van dit netwerk: ‘%(title)s’. Houd of annuleer die eerst.")
    tone = "error"


def archive_network(network: Network) -> None:
    """Raises StillComing."""
    coming = sa.select(Event).where(Event.network_id == network.id, Event.state == EventState.PUBLISHED)
    event = db.session.scalar(coming.where(Event.ends_at > clock.now()).order_by(Event.starts_at).limit(1))
    if event is not None:
        raise StillComing(title=event.title)
    network.archived_at = network.archived_at or clock.now()


def reopen_network(network: Network) -> None:
    network.archived_at = None


def demand_open(network: Network) -> None:
    """Raises Archived."""
    if network.archived_at is not None:
        raise Archived
