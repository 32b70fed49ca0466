"""When digests go out: weekly on Monday, monthly on the first Monday, at eight."""

from datetime import date, datetime, time, timedelta

from app import clock
from app.network.people.models import DigestFrequency

_HOUR = time(8)


def last_digest_day(frequency: DigestFrequency, day: date) -> date:
    """The last day up to `day` on which digests of this frequency go out."""
    monday = day - timedelta(days=day.weekday())
    if frequency == DigestFrequency.WEEKLY:
        return monday
    while monday.day > 7:
        monday -= timedelta(days=7)
    return monday


def digest_moment(edition_day: date) -> datetime:
    return clock.utc_moment(edition_day, _HOUR)


def next_digest_moment(frequency: DigestFrequency, after: datetime) -> datetime | None:
    """When the next digest of this frequency goes out; None for people who want none."""
    if frequency == DigestFrequency.NEVER:
        return None
    day = last_digest_day(frequency, clock.to_local(after).date())
    while digest_moment(day) <= after:
        day = last_digest_day(frequency, day + timedelta(days=7 if frequency == DigestFrequency.WEEKLY else 42))
    return digest_moment(day)
