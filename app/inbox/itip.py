"""The answer to an invitation as calendars write it (iTIP, RFC 5546), read as far as it can be trusted.

Never read: STATUS, which Exchange sets to CONFIRMED on a decline, and RRULE, which is never expanded.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app import clock
from app.words import Worded

if TYPE_CHECKING:
    import icalendar

LONGEST = 1024 * 1024
"""Characters of calendar text that are looked at."""
MOST_EVENTS = 20
LONGEST_COMMENT = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MAILTO = re.compile(r"^\s*mailto:", re.IGNORECASE)


class UnreadableCalendarMail(ValueError):
    """Calendar text that says nothing we can use."""


class PartStat(Worded):
    """What an attendee can answer, in lower case (RFC 5545 section 3.2.12)."""

    ACCEPTED = "accepted", _l("Ja")
    DECLINED = "declined", _l("Nee")
    TENTATIVE = "tentative", _l("Misschien")
    DELEGATED = "delegated", _l("Stuurt een collega")
    NEEDS_ACTION = "needs-action", _l("Nog geen antwoord")


@dataclass(frozen=True)
class CalendarMail:
    """What a calendar sent about one event, from one attendee."""

    method: str
    """REPLY or COUNTER."""
    uid: str
    """Lower case."""
    sequence: int
    stamp: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    attendee: str
    """Their address, lower case; empty when there is not exactly one."""
    name: str
    answer: str
    """PARTSTAT in lower case."""
    sent_by: str
    delegated_to: str
    guests: int
    comment: str
    organizer: str
    events: int
    """How many VEVENTs it holds."""

    @property
    def said(self) -> str:
        """The answer in words; one that we do not know as it was written."""
        return str(PartStat(self.answer).words) if self.answer in list(PartStat) else self.answer or "–"


def read_calendar_mail(text: str) -> CalendarMail:
    """Read the first event of an answer, the series itself before its exceptions; raises UnreadableCalendarMail."""
    import icalendar

    try:
        calendar = icalendar.Calendar.from_ical(_whole_lines(text[:LONGEST]))
        events = calendar.walk("VEVENT")[: MOST_EVENTS + 1]
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise UnreadableCalendarMail(str(error)) from None
    if not events:
        raise UnreadableCalendarMail("no VEVENT")
    event = next((each for each in events if "RECURRENCE-ID" not in each), events[0])
    attendees = _as_list(event.get("ATTENDEE"))
    attendee = attendees[0] if len(attendees) == 1 else icalendar.vCalAddress("")
    return CalendarMail(
        method=str(calendar.get("METHOD", "")).strip().upper(),
        uid=_as_text(event.get("UID")).strip().lower(),
        sequence=_as_number(event.get("SEQUENCE")),
        stamp=_moment_of(event, "DTSTAMP"),
        starts_at=_moment_of(event, "DTSTART"),
        ends_at=_moment_of(event, "DTEND"),
        attendee=mail_address_of(attendee),
        name=_parameter(attendee, "CN"),
        answer=_parameter(attendee, "PARTSTAT").lower(),
        sent_by=mail_address_of(_parameter(attendee, "SENT-BY")),
        delegated_to=mail_address_of(_parameter(attendee, "DELEGATED-TO")),
        guests=_as_number(_parameter(attendee, "X-NUM-GUESTS")),
        comment=_comment(event, attendee),
        organizer=mail_address_of(event.get("ORGANIZER") or ""),
        events=len(events),
    )


def mail_address_of(value: object) -> str:
    """The mail address in a CAL-ADDRESS, however mailto: is written; lower case."""
    text = str(value[0]) if isinstance(value, list) and value else str(value or "")
    return _MAILTO.sub("", text).strip().strip('<>"').lower()


def _whole_lines(text: str) -> str:
    """Line ends as the RFC wants them, without what stands before the calendar."""
    begin = text.upper().find("BEGIN:VCALENDAR")
    if begin < 0:
        raise UnreadableCalendarMail("no VCALENDAR")
    return text[begin:].replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _parameter(value: object, name: str) -> str:
    found = getattr(value, "params", {}).get(name, "")
    return str(found[0]) if isinstance(found, list) and found else str(found or "")


def _as_text(value: object) -> str:
    return str(_as_list(value)[0]) if _as_list(value) else ""


def _as_number(value: object) -> int:
    try:
        return max(0, min(int(str(value or 0)), 2**31 - 1))
    except ValueError:
        return 0


def _moment_of(event: "icalendar.Component", name: str) -> datetime | None:
    """A date-time of the event; one without a zone that we know is taken to be ours."""
    try:
        value = getattr(next(iter(_as_list(event.get(name))), None), "dt", None)
        if not isinstance(value, datetime):
            return None
        return (value if value.tzinfo else clock.utc_moment(value.date(), value.time())).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _comment(event: "icalendar.Component", attendee: object) -> str:
    """What they wrote: COMMENT, or where Google puts it. Text only."""
    found = [_as_text(each) for each in _as_list(event.get("COMMENT"))] + [_parameter(attendee, "X-RESPONSE-COMMENT")]
    text = "\n".join(each.strip() for each in found if each.strip())
    return _CONTROL.sub("", text).strip()[:LONGEST_COMMENT]
