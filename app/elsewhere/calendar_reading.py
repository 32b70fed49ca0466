"""A partner's calendar taken apart: each time that something takes place, as far as it can be read.

Somebody else's rules may never end, so they are followed in a process with a budget (app/budget.py), which loads nothing
that a site is built with.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from typing import TYPE_CHECKING, Any

from app import budget, clock, plain_text
from app.clock import NoSuchMoment

if TYPE_CHECKING:
    import icalendar

BACK, AHEAD = timedelta(days=31), timedelta(days=400)
"""The window that is read: a rule without end is never followed further."""
MOST = 5_000
"""Events kept of one calendar; the soonest go first."""
MOST_FOLLOWED = 20_000
"""Times of events that are worked out of one calendar."""
SECONDS_A_SERIES = 0.5
"""Processor time for one event and all its times; a rule may give a date once in centuries."""
SECONDS_OF_RULES = 5
"""Processor time for all rules of one file; what repeats is left out from then on, and what happens once stays."""
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}


class _NoCalendar(ValueError):
    """There is no iCalendar in it."""


@dataclass(frozen=True)
class FoundEvent:
    uid: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    title: str
    place: str
    link: str


def find_outside_events(content: bytes, at: str) -> tuple[list[dict[str, Any]], int] | None:
    """The events that begin within the window around a moment `at`, and how many could not be read.

    In what JSON can hold, so with moments as text; None when there is no calendar in it.
    """
    try:
        events, skipped = _find_events(content, datetime.fromisoformat(at))
    except _NoCalendar:
        return None
    moments = ("starts_at", "ends_at")
    return [vars(event) | {name: getattr(event, name).isoformat() for name in moments} for event in events], skipped


def _find_events(content: bytes, now: datetime) -> tuple[list[FoundEvent], int]:
    calendars = _parse_calendars(content)
    found: dict[tuple[str, datetime], FoundEvent] = {}
    skipped, over = 0, process_time() + SECONDS_OF_RULES
    for calendar in calendars:
        events, bad = _occurrences(calendar, now - BACK, now + AHEAD, over)
        skipped += bad
        for event in events:
            one = _found_event(event)
            if one is None:
                skipped += 1
            elif one.ends_at > now - BACK and one.starts_at < now + AHEAD:
                found.setdefault((one.uid, one.starts_at), one)
    return sorted(found.values(), key=lambda each: each.starts_at)[:MOST], skipped


def _parse_calendars(content: bytes) -> list["icalendar.Calendar"]:
    import icalendar

    for charset in ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = content.decode(charset)
            break
        except UnicodeError:
            continue
    begin = text.upper().find("BEGIN:VCALENDAR")
    if begin < 0:
        raise _NoCalendar
    lines = text[begin:].replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    try:
        return [each for each in icalendar.Calendar.from_ical(lines, multiple=True) if each.name == "VCALENDAR"]
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        raise _NoCalendar from None


def _occurrences(
    calendar: "icalendar.Calendar", begin: datetime, end: datetime, over: float
) -> tuple[list["icalendar.Event"], int]:
    """Each time that the events take place, and how many events cannot be read; one that breaks costs only itself.

    Rules are followed until this process has worked for `over` seconds.
    """
    found: list[icalendar.Event] = []
    skipped = 0
    for events in _series_of(calendar):
        try:
            late = process_time() > over and _has_rule(events)
            if late or len(found) > MOST_FOLLOWED or any(_repeats_too_often(event) for event in events):
                raise ValueError("too many")
            with budget.stop_after(SECONDS_A_SERIES):
                found += _follow(calendar, events, begin, end)
        except Exception:
            # Two libraries read somebody else's text and raise whatever they meet; the page says how many were left out.
            skipped += len(events)
    return found, skipped


def _series_of(calendar: "icalendar.Calendar") -> list[list["icalendar.Event"]]:
    """Events with their exceptions, those that happen once first: rules without end leave room for nothing else."""
    series: dict[str, list[Any]] = {}
    for place, event in enumerate(calendar.walk("VEVENT")):
        series.setdefault(str(event.get("UID") or place), []).append(event)
    return sorted(series.values(), key=_has_rule)


def _has_rule(events: list["icalendar.Event"]) -> bool:
    return any("RRULE" in event for event in events)


def _follow(
    calendar: "icalendar.Calendar", events: list["icalendar.Event"], begin: datetime, end: datetime
) -> list["icalendar.Event"]:
    if any(_day_or_moment(event, "DTSTART") is None for event in events):
        raise ValueError("no begin")
    if len(events) == 1 and not any(name in events[0] for name in ("RRULE", "RDATE", "EXDATE")):
        return events
    import icalendar
    import recurring_ical_events

    alone = icalendar.Calendar()
    alone.subcomponents = [*calendar.walk("VTIMEZONE"), *events]
    return list(recurring_ical_events.of(alone).between(begin, end))


def _repeats_too_often(event: "icalendar.Component") -> bool:
    given = event.get("RRULE", [])
    for rule in given if isinstance(given, list) else [given]:
        if any(int(each) < 1 for each in rule.get("INTERVAL", [])):
            return True
        frequency = {str(each).upper() for each in rule.get("FREQ", [])}
        several = any(len(rule.get(name, [])) > 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if frequency & _TOO_OFTEN or several:
            return True
    return False


def _found_event(event: "icalendar.Event") -> FoundEvent | None:
    """One event in our terms; None when it is cancelled or its times make no sense."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    begin, finish = _day_or_moment(event, "DTSTART"), _day_or_moment(event, "DTEND")
    if begin is None:
        return None
    all_day = not isinstance(begin, datetime)
    try:
        starts_at = _to_utc(begin)
        ends_at = _to_utc(finish) if finish is not None else starts_at + timedelta(days=all_day, hours=not all_day)
    except (NoSuchMoment, ValueError, OverflowError):
        return None
    if ends_at <= starts_at:
        ends_at = starts_at + timedelta(days=all_day, hours=not all_day)
    title = _one_line_of(event, "SUMMARY")
    link = _one_line_of(event, "URL")
    return FoundEvent(
        uid=(_one_line_of(event, "UID") or f"{title}-{starts_at:%Y%m%dT%H%M}")[:255],
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        title=title[:255] or "–",
        place=_one_line_of(event, "LOCATION")[:255],
        link=link[:1000] if link.lower().startswith(("http://", "https://")) else "",
    )


def _day_or_moment(event: "icalendar.Component", name: str) -> date | None:
    """A day or a moment; None when there is none that can be read."""
    try:
        value = getattr(event.get(name), "dt", None)
    except ValueError:
        return None
    return value if isinstance(value, date) else None


def _to_utc(value: date) -> datetime:
    """In UTC; a time without a zone that is known is taken to be Dutch, a day begins at midnight here."""
    if not isinstance(value, datetime):
        return clock.start_of_day(value)
    if value.tzinfo is None:
        return clock.utc_moment(value.date(), time(value.hour, value.minute))
    return value.astimezone(UTC)


def _one_line_of(event: "icalendar.Event", name: str) -> str:
    value = event.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return " ".join(plain_text.clean_calendar_text(str(value or "")).split())
