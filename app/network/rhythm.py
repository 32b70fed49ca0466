"""When digests go out: weekly on Monday, monthly on the first Monday, at eight."""

from datetime import date, datetime, time, timedelta

from app import clock
from app.network.models import DigestFrequency

_HOUR = time(8)


def due_on(frequency: DigestFrequency, day: date) -> date:
    """The last day up to `day` on which digests of this frequency go out."""
    monday = day - timedelta(days=day.weekday())
    if frequency == DigestFrequency.WEEKLY:
        return monday
    while monday.day > 7:
        monday -= timedelta(days=7)
    return monday


def moment(edition_day: date) -> datetime:
    return clock.moment(edition_day, _HOUR)


def next_moment(frequency: DigestFrequency, after: datetime) -> datetime | None:
    """When the next digest of this frequency goes out; None for who wants none."""
    if frequency == DigestFrequency.NEVER:
        return None
    day = due_on(frequency, clock.local(after).date())
    while moment(day) <= after:
        day = due_on(frequency, day + timedelta(days=7 if frequency == DigestFrequency.WEEKLY else 42))
    return moment(day)
