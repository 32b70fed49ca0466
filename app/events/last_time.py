"""What was agreed the time before, for the page of an event and for its invitation."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.database import db
from app.events.models import Event
from app.lessons.insights.models import Commitment


def agreed_before(event: Event) -> list[Commitment]:
    """What was agreed at the last session of this event's series, or else of its network."""
    wanted = _agreed_before(event.series_id is not None, event.confidential)
    about = {"id": event.id, "starts_at": event.starts_at, "network": event.network_id, "series": event.series_id}
    return list(db.session.scalars(wanted, about))


@cache
def _agreed_before(in_series: bool, confidential: bool) -> sa.Select[Commitment]:
    earlier, made = aliased(Event), aliased(Commitment)
    last = sa.select(earlier.id).where(
        earlier.starts_at < sa.bindparam("starts_at", type_=Event.starts_at.type),
        earlier.network_id == sa.bindparam("network"),
        earlier.id != sa.bindparam("id"),
        sa.exists().where(made.event_id == earlier.id),
    )
    if in_series:
        last = last.where(earlier.series_id == sa.bindparam("series"))
    if not confidential:
        last = last.where(~earlier.confidential)
    return (
        sa.select(Commitment)
        .where(
            Commitment.event_id == last.order_by(earlier.starts_at.desc(), earlier.id.desc()).limit(1).scalar_subquery()
        )
        .order_by(Commitment.due_on, Commitment.id)
        .options(joinedload(Commitment.event).load_only(Event.confidential))
    )
