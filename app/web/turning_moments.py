"""The moments at which public pages change by themselves: what was coming is over, what was open is closed, a day ends."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app import clock
from app.database import db, read_only_transactions
from app.elsewhere.models import OutsideEvent
from app.events.models import Event
from app.registration.models import Allotment

TURNS = (Event.starts_at, Event.closes_at, Event.ends_at, Allotment.until, OutsideEvent.ends_at)
"""Moments with which pages compare the present. Whoever lets a public page compare with another one adds it here."""
_FIRST = sa.union_all(
    *(
        sa.select(sa.func.min(column).label("moment")).where(column > sa.bindparam("now", type_=column.type))
        for column in TURNS
    )
)


def next_turn(now: datetime) -> datetime:
    """The first moment after now at which any public page may differ; midnight in Amsterdam at the latest."""
    midnight = clock.start_of_day(clock.to_local(now).date() + timedelta(days=1))
    with read_only_transactions():
        found = db.session.scalars(_FIRST, {"now": now}).all()
    return min([midnight, *(moment for moment in found if moment is not None)])
