"""The days of an event that takes several: each has a beginning and an end of its own, and people are there day by day."""

from datetime import date, datetime, timedelta
from typing import Protocol

from app import clock, wording
from app.events.models import Event

Span = tuple[datetime, datetime]
_NIGHT = timedelta(hours=12)
"""An event no longer than this is one, also past midnight."""


class Spanned(Protocol):
    """What has days: an event, or the details that one will have."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def zone(self) -> str: ...


def dates_of_event(event: Spanned) -> list[date]:
    """The days on which people can be there, each that it touches by the calendar on its wall; a night is of the day on which it began.

    They hang on nothing but its beginning and end, so that a change of the programme takes no day away.
    """
    first = clock.to_local(event.starts_at, event.zone).date()
    if event.ends_at - event.starts_at <= _NIGHT:
        return [first]
    last = clock.to_local(event.ends_at - timedelta(microseconds=1), event.zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_of_moment(event: Spanned, moment: datetime) -> date:
    """The day of the event that it is, the first before it and the last after it."""
    dates = dates_of_event(event)
    return min(max(clock.to_local(moment, event.zone).date(), dates[0]), dates[-1])


def days_of_event(event: Event) -> list[Span]:
    """When each day begins and ends: by its programme, else at the hours at which the event begins and ends.

    Where those hours say nothing (from noon until noon, without a programme) it is one span.
    """
    if event.ends_at - event.starts_at <= _NIGHT:
        return [(event.starts_at, event.ends_at)]
    dates = dates_of_event(event)
    found = [_span_of_day(event, day) for day in dates] if len(dates) > 1 else []
    whole = bool(found) and all(begin < end for begin, end in found)
    return found if whole else [(event.starts_at, event.ends_at)]


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


def list_days_in_words(event: Event) -> list[tuple[str, str]]:
    """Each day with its own hours: 'vr 26 maart 2027' and '9.00–17.00 uur'; one line where it is one span."""
    return [
        (wording.format_day(begin, event.zone), wording.format_hours(begin, end, event.zone))
        for begin, end in days_of_event(event)
    ]


def format_hours_of_event(event: Event) -> str:
    """What follows the first day: its hours, and every further day with its own.

    '9.00–17.00 uur', or '9.00–17.00 uur; za 27 maart, 9.00–15.00 uur'.
    """
    (begin, end), *others = days_of_event(event)
    return "; ".join(
        [
            wording.format_hours(begin, end, event.zone),
            *(
                f"{wording.format_short_day(begin, event.zone)}, {wording.format_hours(begin, end, event.zone)}"
                for begin, end in others
            ),
        ]
    )


def describe_days(event: Event) -> str:
    """The days of an event of several, a line each, for a calendar that shows them as one; else nothing."""
    lines = list_days_in_words(event)
    return "\n".join(f"{day}, {hours}" for day, hours in lines) if len(lines) > 1 else ""


def takes_several_days(event: Spanned) -> bool:
    """Whether the hour of a part of the programme needs its day with it."""
    return event.ends_at - event.starts_at > _NIGHT and len(dates_of_event(event)) > 1
