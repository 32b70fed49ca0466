"""Days, hours and places in words, in the language of the reader: 'do 10 december 2026', '13.30 uur'."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Protocol

from babel.dates import format_date
from flask import current_app
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app import clock, settings
from app.translating import language

PLACES = {
    "Europe/Amsterdam": _l("Amsterdam"),
    "Europe/Brussels": _l("Brussel"),
    "Europe/Berlin": _l("Berlijn"),
    "Europe/London": _l("Londen"),
    "Europe/Lisbon": _l("Lissabon"),
}
"""What people call the zones of clock.ZONES."""

_NOBODY_NAMED = settings.default_of("SITE_OWNER")


def name_site_owner() -> str:
    """The body that runs the site; while none is filled in, its administrator."""
    owner: str = current_app.config["SITE_OWNER"]
    return gettext("de beheerder van deze site") if owner == _NOBODY_NAMED else owner


class Somewhere(Protocol):
    """What has a place, online or on site: an event."""

    on_site: Any
    online: Any
    venue: Any
    room: Any
    street: Any
    town: Any


def format_day(moment: datetime | date, zone: str = clock.AMSTERDAM) -> str:
    """'do 10 december 2026', 'Thu 10 December 2026'."""
    return _date(moment, zone, "EEE d MMMM y")


def format_short_day(moment: datetime | date, zone: str = clock.AMSTERDAM) -> str:
    """'do 10 december', without the year."""
    return _date(moment, zone, "EEE d MMMM")


def format_weekday(moment: datetime, zone: str = clock.AMSTERDAM) -> str:
    """'do'."""
    return _date(moment, zone, "EEE")


def format_month(moment: datetime | date, zone: str = clock.AMSTERDAM) -> str:
    """'december 2026'."""
    return _date(moment, zone, "MMMM y")


def _date(moment: datetime | date, zone: str, pattern: str) -> str:
    if isinstance(moment, datetime):
        moment = clock.to_local(moment, zone).date()
    return _date_in(language(), moment, pattern)


@lru_cache(5_000)
def _date_in(language: str, day: date, pattern: str) -> str:
    return format_date(day, pattern, locale="en_GB" if language == "en" else language)


def format_hour(moment: datetime, zone: str = clock.AMSTERDAM) -> str:
    """'13.30', in English '13:30'."""
    return clock.to_local(moment, zone).strftime("%H:%M" if language() == "en" else "%H.%M")


def format_hours(start: datetime, end: datetime, zone: str = clock.AMSTERDAM) -> str:
    """'13.30–16.30 uur'; with the last day when the event takes more than one, and the zone when it is another."""
    if clock.to_local(start, zone).date() != clock.to_local(end, zone).date():
        hours = gettext(
            "%(start)s uur – %(day)s %(end)s uur",
            start=format_hour(start, zone),
            day=format_short_day(end, zone),
            end=format_hour(end, zone),
        )
    else:
        hours = gettext("%(start)s–%(end)s uur", start=format_hour(start, zone), end=format_hour(end, zone))
    return hours + say_zone(zone)


def format_day_and_hour(moment: datetime, zone: str = clock.AMSTERDAM) -> str:
    """'do 10 december 2026, 13.30 uur'; with the zone when it is another."""
    words = gettext("%(day)s, %(hour)s uur", day=format_day(moment, zone), hour=format_hour(moment, zone))
    return words + say_zone(zone)


def format_until(moment: datetime, zone: str = clock.AMSTERDAM) -> str:
    """What follows 'tot': 'en met wo 17 februari 2027' for all of that day, else the day and the hour."""
    wall = clock.to_local(moment, zone)
    if wall.time() in {time(0), time(23, 59)}:
        day = (wall - timedelta(minutes=1)).date() if wall.time() == time(0) else wall.date()
        return gettext("en met %(day)s", day=format_day(day)) + say_zone(zone)
    return format_day_and_hour(moment, zone)


def format_minutes(minutes: int) -> str:
    """How long something takes: '25 minuten', '2 uur', '1 uur en 15 minuten'."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(num)s uur", "%(num)s uur", hours)] if hours else []
    if rest:
        parts.append(ngettext("%(num)s minuut", "%(num)s minuten", rest))
    return gettext(" en ").join(parts)


def say_zone(zone: str) -> str:
    """' (tijd in Londen)', to stand behind a time; nothing for the zone of the site."""
    return gettext(" (tijd in %(place)s)", place=PLACES[zone]) if zone != clock.AMSTERDAM else ""


def format_place(event: Somewhere) -> str:
    """Where in a word: 'Oosterhout', 'online' or 'Oosterhout of online'."""
    return say_place(event.town or event.venue if event.on_site else "", online=event.online)


def say_place(where: str, *, online: bool) -> str:
    """A town, or none, and whether one can be there online as well."""
    if not online:
        return where
    return gettext("%(place)s of online", place=where) if where else gettext("online")


def format_venue(event: Somewhere) -> str:
    """The place in full: 'Stadhuis, Raadzaal, Slotjesveld 1, Oosterhout'."""
    return ", ".join(part for part in (event.venue, event.room, event.street, event.town) if part)


def format_address(event: Somewhere) -> str:
    """The place as a map finds it, without the room: 'Stadhuis, Slotjesveld 1, Oosterhout'."""
    return ", ".join(part for part in (event.venue, event.street, event.town) if part)


def dial(number: str) -> str:
    """A telephone number as a telephone takes it: '06 1234-5678' → '0612345678'."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


def mask_address(address: str) -> str:
    """An address as its owner knows it again and nobody else learns it: 'L… @oosterhout.example'."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1].upper()}… @{domain}"
