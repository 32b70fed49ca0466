"""The days of an event that takes several: each has a beginning and an end of its own."""

from datetime import date, datetime, timedelta

from app import clock
from app.events.models import Event

Span = tuple[datetime, datetime]
_NIGHT = timedelta(hours=12)
"""An event no longer than this is one, also past midnight."""


def days_of_event(event: Event) -> list[Span]:
    """When each day begins and ends: by its programme, else at the hours at which the event begins and ends.

    Where those hours say nothing (from noon until noon, without a programme) it is one span.
    """
    first, last = (clock.to_local(moment, event.zone).date() for moment in (event.starts_at, event.ends_at))
    if first == last or event.ends_at - event.starts_at <= _NIGHT:
        return [(event.starts_at, event.ends_at)]
    found = [_span_of_day(event, first + timedelta(days=n)) for n in range((last - first).days + 1)]
    return found if all(begin < end for begin, end in found) else [(event.starts_at, event.ends_at)]


def _span_of_day(event: Event, day: date) -> Span:
    """Never beyond the event itself."""
    slots = [slot for slot in event.slots if clock.to_local(slot.starts_at, event.zone).date() == day]
    starts_at, ends_at = _same_hour(event.starts_at, day, event.zone), _same_hour(event.ends_at, day, event.zone)
    begin = min((slot.starts_at for slot in slots), default=starts_at)
    end = max((slot.ends_at for slot in slots if slot.ends_at), default=ends_at)
    return (
        event.starts_at if starts_at == event.starts_at else begin,
        event.ends_at if ends_at == event.ends_at else end,
    )


def _same_hour(moment: datetime, day: date, zone: str) -> datetime:
    return clock.moment_on_wall(day, clock.to_local(moment, zone).time(), zone)
