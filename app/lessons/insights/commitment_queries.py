"""Reads of commitments that more than one place needs, each with its owner, event and network."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.database import db
from app.events import event_queries
from app.events.models import Event, EventState
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights.about_themes import commitment_is_about
from app.lessons.insights.models import Commitment, CommitmentState
from app.network import memberships, seeing
from app.network.models import Network
from app.network.people.models import EmailAddress, Person
from app.network.seeing import Viewer
from app.themes.models import Theme

_ORDER = (Commitment.due_on, Commitment.id)


def commitments_of_event(event: Event) -> list[Commitment]:
    """What was agreed at an event, soonest first."""
    return list(db.session.scalars(select_commitments().where(Commitment.event_id == event.id).order_by(*_ORDER)))


def find_commitment(event: Event, commitment_id: int, viewer: Viewer) -> Commitment | None:
    """A commitment of this event or another one of its network, when the viewer may know of it."""
    wanted = select_commitments().where(Commitment.id == commitment_id, Commitment.network_id == event.network_id)
    return db.session.scalar(wanted.where(seeing.events(viewer)))


def open_commitments_in(network: Network, viewer: Viewer, before: Event | None = None) -> list[Commitment]:
    """What is still open in a network, soonest first; made before an event begins, when one is given.

    Of what was agreed behind closed doors only what the viewer may know of.
    """
    wanted = select_commitments().where(Commitment.network_id == network.id, Commitment.state == CommitmentState.OPEN)
    wanted = wanted.where(seeing.events(viewer))
    if before is not None:
        wanted = wanted.where(Commitment.event_id != before.id, Event.starts_at < before.starts_at)
    return list(db.session.scalars(wanted.order_by(*_ORDER)))


def open_commitments_of(person_ids: Collection[int]) -> dict[int, list[Commitment]]:
    """The open commitments of each of these people, soonest first."""
    wanted = select_commitments().where(Commitment.person_id.in_(person_ids), Commitment.state == CommitmentState.OPEN)
    found: dict[int, list[Commitment]] = {}
    for commitment in db.session.scalars(wanted.order_by(*_ORDER)):
        if commitment.person_id is not None:
            found.setdefault(commitment.person_id, []).append(commitment)
    return found


def commitments_of(person: Person) -> list[Commitment]:
    """All that somebody agreed, the latest first."""
    wanted = select_commitments().where(Commitment.person_id == person.id)
    return list(db.session.scalars(wanted.order_by(Commitment.due_on.desc(), Commitment.id)))


def public_commitments_about(theme: Theme, limit: int = 20) -> list[Commitment]:
    """What was agreed about a theme at sessions of which everybody may read the impression, latest first; without owners."""
    of_event = sa.or_(Impression.event_id == Event.id, Impression.series_id == Event.series_id)
    published = sa.exists().where(of_event, Impression.state == ImpressionState.PUBLISHED)
    wanted = sa.select(Commitment).join(Commitment.event).where(commitment_is_about([theme.id]), published)
    wanted = wanted.where(Event.state == EventState.PUBLISHED, ~Event.confidential, event_queries.of_listed_network())
    wanted = wanted.order_by(Commitment.due_on.desc(), Commitment.id.desc()).limit(limit)
    return list(db.session.scalars(wanted.options(contains_eager(Commitment.event))))


def reachable_commitments(commitment_ids: Collection[int]) -> sa.Select[Any]:
    """Ids of those commitments whose owner has an address and may be mailed about it."""
    return (
        sa.select(Commitment.id)
        .join(EmailAddress, (EmailAddress.person_id == Commitment.person_id) & EmailAddress.preferred)
        .where(Commitment.id.in_(commitment_ids))
        .where(~memberships.is_out_of_reach(Commitment.person_id, Commitment.network_id))
    )


def select_commitments() -> sa.Select[Commitment]:
    """Commitments with all that a page or mail shows of them."""
    return (
        sa.select(Commitment)
        .join(Commitment.event)
        .options(
            joinedload(Commitment.event),
            joinedload(Commitment.closed_in),
            joinedload(Commitment.network),
            joinedload(Commitment.organisation),
            joinedload(Commitment.suggestion),
            joinedload(Commitment.person).selectinload(Person.addresses),
        )
    )
