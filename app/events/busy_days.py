"""Days that organisers note once for everybody: school holidays, council evenings, other days to avoid."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock, day_reading
from app.database import add_once, db
from app.events.models import BusyDays, BusyKind
from app.network.organisations.models import Organisation
from app.network.people.names import clean_name

LONGEST = timedelta(days=100)
_SPAN = re.compile(r" (?:t/m|tot en met|until|–|-) ", re.IGNORECASE)

Span = tuple[date, date]


def coming_busy_days() -> list[BusyDays]:
    """The noted days from today on, soonest first."""
    wanted = sa.select(BusyDays).where(BusyDays.last_day >= clock.today())
    return list(
        db.session.scalars(
            wanted.order_by(BusyDays.first_day, BusyDays.name).options(joinedload(BusyDays.organisation))
        )
    )


def read_span(line: str) -> Span | None:
    """'12-02-2027', or '13-02-2027 t/m 21-02-2027'; None for anything else."""
    parts = _SPAN.split(" ".join(line.split()))
    days = [day for part in parts if (day := read_day(part))]
    if not 1 <= len(parts) <= 2 or len(days) < len(parts):
        return None
    first, last = days[0], days[-1]
    return (first, last) if timedelta(0) <= last - first <= LONGEST else None


def add_busy_days(kind: BusyKind, name: str, spans: Sequence[Span], organisation: Organisation | None = None) -> int:
    """Note days under a name, skipping those that are noted already. Returns how many are new."""
    added = 0
    for first, last in spans:
        row = BusyDays(kind=kind, name=name, first_day=first, last_day=last, organisation=organisation)
        known = sa.select(BusyDays.id).where(BusyDays.kind == kind, BusyDays.first_day == first, BusyDays.name == name)
        added += db.session.scalar(known) is None and add_once(row)
    return added


def remove_busy_days(busy_days_id: int) -> str | None:
    """Take one away; returns its name, or None when it is gone already."""
    found = db.session.get(BusyDays, busy_days_id)
    if found is None:
        return None
    db.session.delete(found)
    return found.name


def read_day(text: str) -> date | None:
    """A day as people and date pickers write it; None for anything else."""
    try:
        return day_reading.read_whole_day(clean_name(text))
    except ValueError:
        return None
