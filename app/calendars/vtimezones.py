"""One constant VTIMEZONE a zone, with a yearly rule.

The icalendar library would write lists of dates (RDATE); Outlook and other readers of the
block then put every summer event an hour late (MS-STANOICAL 2.2.47). All our zones change
at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC).
"""

from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from icalendar import Timezone

_OFFSETS = {
    "Europe/Amsterdam": (1, "CET", "CEST"),
    "Europe/Brussels": (1, "CET", "CEST"),
    "Europe/Berlin": (1, "CET", "CEST"),
    "Europe/London": (0, "GMT", "BST"),
    "Europe/Lisbon": (0, "WET", "WEST"),
}
_BLOCK = """\
BEGIN:VTIMEZONE
TZID:{zone}
X-LIC-LOCATION:{zone}
BEGIN:DAYLIGHT
DTSTART:19700329T0{spring}0000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:{summer_name}
TZOFFSETFROM:+0{winter}00
TZOFFSETTO:+0{summer}00
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T0{autumn}0000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:{winter_name}
TZOFFSETFROM:+0{summer}00
TZOFFSETTO:+0{winter}00
END:STANDARD
END:VTIMEZONE
"""


@cache
def build_vtimezone(zone: str) -> "Timezone":
    """The VTIMEZONE of one of clock.ZONES."""
    from icalendar import Timezone

    winter, winter_name, summer_name = _OFFSETS[zone]
    text = _BLOCK.format(
        zone=zone,
        winter=winter,
        summer=winter + 1,
        spring=winter + 1,
        autumn=winter + 2,
        winter_name=winter_name,
        summer_name=summer_name,
    )
    return cast("Timezone", Timezone.from_ical(text.replace("\n", "\r\n")))
