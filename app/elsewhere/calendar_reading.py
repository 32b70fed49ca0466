"""A partner's calendar taken apart: each time that something takes place, as far as it can be read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from app import clock
from app.calendars import vevents
from app.clock import NoSuchMoment
from app.elsewhere.models import Trouble
from app.words import Refusal

if TYPE_CHECKING:
    import icalendar

BACK, AHEAD = timedelta(days=31), timedelta(days=400)
"""The window that is read: a rule without end is never followed further."""
MOST = 5_000
"""Events kept of one calendar; the soonest go first."""
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}


class NoCalendar(Refusal):
    """There is no iCalendar in it."""

    reason = Trouble.NO_CALENDAR
    says = reason.words


@dataclass(frozen=True)
class FoundEvent:
    uid: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    title: str
    place: str
    link: str


def read_outside_calendar(content: bytes) -> tuple[list[FoundEvent], int]:
    """The events that begin within the window, and how many could not be read. Raises NoCalendar."""
    calendars = _parse_calendars(content)
    now = clock.now()
    found: dict[tuple[str, datetime], FoundEvent] = {}
    skipped = 0
    for calendar in calendars:
        events, bad = _occurrences(calendar, now - BACK, now + AHEAD)
        skipped += bad
        for event in events:
            one = _found_event(event)
            if one is None:
                skipped += 1
            elif one.ends_at > now - BACK:
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
        raise NoCalendar
    lines = text[begin:].replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    try:
        return [each for each in icalendar.Calendar.from_ical(lines, multiple=True) if each.name == "VCALENDAR"]
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        raise NoCalendar from None


def _occurrences(calendar: "icalendar.Calendar", begin: datetime, end: datetime) -> tuple[list["icalendar.Event"], int]:
    """Each time that the events take place; what repeats within a day is left out, or one line could mean a million."""
    import recurring_ical_events

    events = calendar.walk("VEVENT")
    usable = [
        event for event in events if _day_or_moment(event, "DTSTART") is not None and not _repeats_too_often(event)
    ]
    calendar.subcomponents = [each for each in calendar.subcomponents if each.name != "VEVENT"] + usable
    try:
        query = recurring_ical_events.of(calendar, skip_bad_series=True)
        return query.between(begin, end), len(events) - len(usable)
    except (recurring_ical_events.InvalidCalendar, ValueError, TypeError, AttributeError, OverflowError, KeyError):
        return [], len(events)


def _repeats_too_often(event: "icalendar.Component") -> bool:
    given = event.get("RRULE", [])
    for rule in given if isinstance(given, list) else [given]:
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
    return " ".join(vevents.clean_calendar_text(str(value or "")).split())
