"""An event as a VEVENT, and VEVENTs as a VCALENDAR: what downloads, feeds and mails share."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_babel import gettext

from app import addresses, clock, wording
from app.calendars import zones
from app.events.models import Event, Mode

if TYPE_CHECKING:
    import icalendar

PRODID = "-//Leerkring//Leerkring//NL"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")


class Status(StrEnum):
    """STATUS of a VEVENT (RFC 5545 section 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


def text(value: str) -> str:
    """Text without the control characters that the library lets through (RFC 5545 section 3.3.11)."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def title(event: Event) -> str:
    """The event's name in a calendar; of a confidential event only whose it is."""
    if event.confidential:
        return gettext("Besloten bijeenkomst %(network)s", network=event.network.name)
    return event.title


def location(event: Event, mode: Mode | None = None, *, with_link: bool = False) -> str:
    """Where to be: the place, or the join link for who registered online, or both possibilities."""
    online = event.join_url if with_link and event.join_url else gettext("Online")
    if mode == Mode.ONLINE or not event.on_site:
        return online
    place = wording.venue(event)
    return gettext("%(place)s / online", place=place) if event.online and mode is None else place


def vevent(
    event: Event,
    *,
    status: Status,
    sequence: int,
    stamp: datetime,
    summary: str,
    where: str,
    description: str,
) -> "icalendar.Event":
    """One VEVENT in the event's own zone; start, end and UID are always those of the event."""
    import icalendar

    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("dtstamp", stamp)
    component.add("dtstart", clock.local(event.starts_at, event.zone))
    component.add("dtend", clock.local(event.ends_at, event.zone))
    component.add("sequence", sequence)
    component.add("summary", text(summary)[:255])
    component.add("location", text(where)[:255])
    component.add("description", text(description))
    component.add("status", status)
    component.add("transp", "OPAQUE" if status == Status.CONFIRMED else "TRANSPARENT")
    component.add("class", "PRIVATE" if event.confidential else "PUBLIC")
    if not event.confidential:
        component.add("url", addresses.event_page(event.slug))
    component.add("created", event.created_at)
    component.add("last-modified", event.changed_at)
    return component


def description(event: Event, *, first: Iterable[str] = ()) -> str:
    """Plain text under an event: what to know first, the summary, the public page."""
    lines = [*first]
    if not event.confidential:
        lines += [event.summary, addresses.event_page(event.slug)]
    return "\n\n".join(line for line in lines if line)


def public_vevent(event: Event) -> "icalendar.Event":
    """The event as everybody may see it; the same bytes until it changes."""
    summary = title(event)
    if event.cancelled:
        summary = gettext("Geannuleerd: %(title)s", title=summary)
    return vevent(
        event,
        status=Status.CANCELLED if event.cancelled else Status.CONFIRMED,
        sequence=event.sequence,
        stamp=event.changed_at,
        summary=summary,
        where=location(event),
        description=description(event),
    )


def vcalendar(
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
        calendar.add_component(zones.block(zone))
    for component in components:
        calendar.add_component(component)
    return calendar
