"""A feed as bytes. Events that did not change are not written again: their VEVENTs are kept, as are finished feeds."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from app import clock, plain_text
from app.calendars import vevents

if TYPE_CHECKING:
    import icalendar

KEPT = timedelta(days=365)
"""How far back a feed shows past events."""
CANCELLED_KEPT = timedelta(days=1)
"""A cancelled event stays, struck through, until the day after it would have been."""
MOST_PIECES = 20_000
"""VEVENTs kept per process: about 20 MB."""

_pieces: OrderedDict[Hashable, bytes] = OrderedDict()
_lock = Lock()


def cached_piece(key: Hashable, make: Callable[[], Iterable["icalendar.Event"]]) -> bytes:
    """The VEVENTs of one event in bytes; `key` holds everything that they depend on."""
    with _lock:
        if (kept := _pieces.get(key)) is not None:
            _pieces.move_to_end(key)
            return kept
    content = b"".join(each.to_ical() for each in make())
    with _lock:
        _pieces[key] = content
        while len(_pieces) > MOST_PIECES:
            _pieces.popitem(last=False)
    return content


def write_feed(name: str, page: str | None, pieces: Iterable[bytes], zones: set[str]) -> bytes:
    """A feed as VCALENDAR, with its name and how often to look (RFC 7986 sections 5.1 and 5.7)."""
    calendar = vevents.build_vcalendar([], zones)
    calendar.add("name", plain_text.clean_calendar_text(name))
    calendar.add("x-wr-calname", plain_text.clean_calendar_text(name))
    calendar.add("x-wr-timezone", clock.AMSTERDAM)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if page:
        calendar.add("url", page)
    content: bytes = calendar.to_ical()
    return content.removesuffix(vevents.CALENDAR_END) + b"".join(pieces) + vevents.CALENDAR_END
