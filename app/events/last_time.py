"""What was agreed the time before, for the page of an event and for its invitation."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.database import db
from app.events.models import Event
from app.lessons.insights.models import Commitment


def agreed_before(event: Event) -> list[Commitment]:
    """What was agreed at the last session of this event's series, or else of its network."""
    before = sa.select(Event.id, Event.series_id).where(
        Event.starts_at < event.starts_at, Event.network_id == event.network_id, Event.id != event.id
    )
    if event.series_id:
        before = before.where(Event.series_id == event.series_id)
    if not event.confidential:
        before = before.where(~Event.confidential)
    made = before.where(sa.select(Commitment.id).where(Commitment.event_id == Event.id).exists())
    last = db.session.execute(made.order_by(Event.starts_at.desc(), Event.id.desc()).limit(1)).first()
    if last is None:
        return []
    return list(
        db.session.scalars(
            sa.select(Commitment)
            .where(Commitment.event_id == last.id)
            .order_by(Commitment.due_on, Commitment.id)
            .options(joinedload(Commitment.event))
        )
    )
