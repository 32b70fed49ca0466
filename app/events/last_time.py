"""What was agreed the time before, for the page of an event and for its invitation."""

from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.database import Rows, db
from app.events.models import Event
from app.lessons.insights.models import Commitment, CommitmentState


class Agreed(NamedTuple):
    """What was agreed, and what became of it."""

    what: str
    state: CommitmentState
    note: str
    """How it went, once it is done with; empty where that was said behind closed doors."""


def agreed_before(event: Event) -> list[Agreed]:
    """What was agreed at the last session of this event's series, or else of its network."""
    wanted = _agreed_before(event.series_id is not None, event.confidential)
    about = {"id": event.id, "starts_at": event.starts_at, "network": event.network_id, "series": event.series_id}
    return [
        Agreed(what, state, "" if state == CommitmentState.OPEN or behind_doors else note)
        for what, state, note, behind_doors in db.session.execute(wanted, about)
    ]


@cache
def _agreed_before(in_series: bool, confidential: bool) -> Rows:
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
        sa.select(Commitment.what, Commitment.state, Commitment.note, Event.confidential)
        .join(Commitment.event)
        .where(
            Commitment.event_id == last.order_by(earlier.starts_at.desc(), earlier.id.desc()).limit(1).scalar_subquery()
        )
        .order_by(Commitment.due_on, Commitment.id)
    )
