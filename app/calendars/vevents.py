"""An event as a VEVENT, and VEVENTs as a VCALENDAR: what downloads, feeds and mails share."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Protocol

from flask_babel import gettext

from app import clock, plain_text, urls, wording
from app.calendars import vtimezones
from app.events import event_days
from app.events.models import Event, Mode

if TYPE_CHECKING:
    import icalendar

PRODID = "-//Leerkring//Leerkring//NL"
LONGEST_LINE = 255
"""Characters of SUMMARY and LOCATION that Outlook keeps."""
CALENDAR_END = b"END:VCALENDAR\r\n"


class VeventStatus(StrEnum):
    """STATUS of a VEVENT (RFC 5545 section 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


def fit_calendar_line(value: str) -> str:
    """Text in the length that calendars keep, shortened between words where that goes, and never inside a link.

    A link that is cut off opens nothing, so one that does not fit is left out.
    """
    text = plain_text.clean_calendar_text(value)
    if len(text) <= LONGEST_LINE:
        return text
    kept, rest = text[: LONGEST_LINE - 1], text[LONGEST_LINE - 1 :]
    if not kept[-1].isspace() and not rest[0].isspace():
        begin = kept.split()[-1]
        word = begin + rest.split(maxsplit=1)[0]
        if "://" in word or "www." in word.lower() or begin != kept:
            kept = kept.removesuffix(begin)
    return kept.rstrip(" ,;/\n") + "…"


def calendar_title(event: Event) -> str:
    """The event's name in a calendar; for a confidential event only the network's name."""
    if event.confidential:
        return gettext("Besloten bijeenkomst %(network)s", network=event.network.name)
    return event.title


def calendar_location(event: Event, mode: Mode | None = None, *, with_link: bool = False) -> str:
    """Where to be: the place, the join link for people who registered online, or both.

    A link that calendars would cut off stands in the description alone.
    """
    link = event.join_url if with_link and len(event.join_url) <= LONGEST_LINE else ""
    online = link or gettext("Online")
    if mode == Mode.ONLINE or not event.on_site:
        return online
    place = wording.format_venue(event)
    return gettext("%(place)s / online", place=place) if event.online and mode is None else place


class Datable(event_days.Spanned, Protocol):
    """What build_vevent() asks of an event, or of a date that is kept free for one."""

    @property
    def uid(self) -> str: ...
    @property
    def confidential(self) -> bool: ...
    @property
    def slug(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def changed_at(self) -> datetime: ...


def build_vevent(
    event: Datable,
    *,
    status: VeventStatus,
    sequence: int,
    stamp: datetime,
    summary: str,
    where: str,
    description: str,
    uid: str = "",
    page: str = "",
) -> "icalendar.Event":
    """One VEVENT in the event's own zone; start and end are always those of the event, and so is the UID unless one is given.

    `page` is the address of the public page for its only reader, where that is not the one for everybody.
    """
    import icalendar

    component = icalendar.Event()
    component.add("uid", uid or event.uid)
    component.add("dtstamp", stamp)
    component.add("dtstart", clock.to_local(event.starts_at, event.zone))
    component.add("dtend", clock.to_local(event.ends_at, event.zone))
    component.add("sequence", sequence)
    component.add("summary", fit_calendar_line(summary))
    component.add("location", fit_calendar_line(where))
    component.add("description", plain_text.clean_calendar_text(description))
    component.add("status", status)
    component.add("transp", "OPAQUE" if status == VeventStatus.CONFIRMED else "TRANSPARENT")
    component.add("class", "PRIVATE" if event.confidential else "PUBLIC")
    if not event.confidential:
        component.add("url", page or urls.event_url(event.slug))
    component.add("created", event.created_at)
    component.add("last-modified", event.changed_at)
    return component


def calendar_description(event: Event, *, first: Iterable[str] = (), page: str = "") -> str:
    """Plain text under an event: what to know first, the summary, the public page."""
    lines = [*first]
    if not event.confidential:
        lines += [event.summary, page or urls.event_url(event.slug)]
    return "\n\n".join(line for line in lines if line)


def describe_practice(event: Event) -> str:
    """What to bring and who to call, for who was invited."""
    lines = []
    if event.bring and event.on_site:
        lines.append(gettext("Neem mee: %(what)s", what=event.bring))
    if event.day_phone:
        who = f"{event.day_contact}, {event.day_phone}" if event.day_contact else event.day_phone
        lines.append(gettext("Bellen: %(who)s", who=who))
    return "\n".join(lines)


def build_public_vevents(event: Event, page: str = "") -> list["icalendar.Event"]:
    """The event as everybody may see it, day by day; the same bytes until it changes."""
    summary = calendar_title(event)
    if event.cancelled:
        summary = gettext("Geannuleerd: %(title)s", title=summary)
    component = build_vevent(
        event,
        status=VeventStatus.CANCELLED if event.cancelled else VeventStatus.CONFIRMED,
        sequence=event.sequence,
        stamp=event.changed_at,
        summary=summary,
        where=calendar_location(event),
        description=calendar_description(event, page=page),
        page=page,
    )
    return split_by_day(component, event)


def split_by_day(component: "icalendar.Event", event: Event) -> list["icalendar.Event"]:
    """A VEVENT for each day of an event of several days, else the one: no calendar shows a night as time that is taken.

    The first day keeps the UID of the event.
    """
    spans = event_days.days_of_event(event)
    return [component] if len(spans) == 1 else [_of_day(component, event, spans, n) for n in range(len(spans))]


def _of_day(
    component: "icalendar.Event", event: Event, spans: list[tuple[datetime, datetime]], place: int
) -> "icalendar.Event":
    day, (starts_at, ends_at) = component.copy(), spans[place]
    number = gettext("dag %(day)s van %(days)s", day=place + 1, days=len(spans))
    changed = {
        "uid": f"day{place + 1}-{component['uid']}" if place else str(component["uid"]),
        "summary": f"{str(component['summary'])[:230]} ({number})",
        "dtstart": clock.to_local(starts_at, event.zone),
        "dtend": clock.to_local(ends_at, event.zone),
    }
    for name, value in changed.items():
        del day[name]
        day.add(name, value)
    return day


def build_vcalendar(
    components: Iterable["icalendar.Event"], zone_names: Iterable[str], method: str | None = None
) -> "icalendar.Calendar":
    """A VCALENDAR with the zones that its events use."""
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    for zone in sorted(set(zone_names)):
        calendar.add_component(vtimezones.build_vtimezone(zone))
    for component in components:
        calendar.add_component(component)
    return calendar


def write_vcalendar(component: "icalendar.Event", zone: str, method: str) -> bytes:
    """A VCALENDAR with one VEVENT, as it goes along with a mail."""
    content: bytes = component.to_ical()
    return _head_of_vcalendar(zone, method) + content + CALENDAR_END


@cache
def _head_of_vcalendar(zone: str, method: str) -> bytes:
    """What stands before the VEVENT, zone included: two thirds of the lines, and the same in every mail."""
    content: bytes = build_vcalendar([], [zone], method).to_ical()
    return content.removesuffix(CALENDAR_END)
