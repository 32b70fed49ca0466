"""Days that organisers note once for everybody: school holidays, council evenings, other days to avoid."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.database import db, insert_new, rows_changed
from app.events.models import BusyDays, BusyKind
from app.network.organisations.models import Organisation
from app.rows import kept_columns, typed_row

LONGEST = timedelta(days=100)
_SPAN = re.compile(r"\s+(?:t/m|tot en met|until|–|-)\s+", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")

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
    parts = _SPAN.split(line.strip())
    days = [day for part in parts if (day := _read_day(part))]
    if not 1 <= len(parts) <= 2 or len(days) < len(parts):
        return None
    first, last = days[0], days[-1]
    return (first, last) if timedelta(0) <= last - first <= LONGEST else None


def add_busy_days(kind: BusyKind, name: str, spans: Sequence[Span], organisation: Organisation | None = None) -> int:
    """Note days under a name, skipping those that are noted already. Returns how many are new."""
    table = BusyDays.__table__
    added = 0
    for first, last in spans:
        row: dict[str, Any] = {"kind": kind.value, "name": name, "first_day": first, "last_day": last}
        row["organisation_id"] = organisation.id if organisation else None
        insert = insert_new(table, "kind", "first_day", "name").values(row)
        added += rows_changed(insert)
    return added


def remove_busy_days(busy_days_id: int) -> dict[str, Any] | None:
    """Take one away; returns what brings it back."""
    found = db.session.get(BusyDays, busy_days_id)
    if found is None:
        return None
    kept = kept_columns(found, "kind", "name", "organisation_id", "first_day", "last_day")
    db.session.delete(found)
    return kept


def restore_busy_days(kept: dict[str, Any]) -> None:
    """Undo of removing."""
    organisation = db.session.get(Organisation, kept["organisation_id"]) if kept["organisation_id"] else None
    days = typed_row(BusyDays.__table__, kept)
    add_busy_days(days["kind"], days["name"], [(days["first_day"], days["last_day"])], organisation)


def _read_day(text: str) -> date | None:
    found = _DAY.fullmatch(text.strip())
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text.strip())
    except ValueError:
        return None
