"""The only place that knows time: now, local times, 'three weeks before', hours at which mail may leave.

Moments are aware and in UTC; dates and hours that people see are in the zone of the event.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

AMSTERDAM = "Europe/Amsterdam"
ZONES = (AMSTERDAM, "Europe/Brussels", "Europe/Berlin", "Europe/London", "Europe/Lisbon")
"""Zones an event can be in; calendars/vtimezones.py has the rules of each."""

QUIET_FROM = time(20, 0)
QUIET_UNTIL = time(7, 30)


class NoSuchMoment(ValueError):
    """The local time is skipped or comes twice in the night that the clocks change."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def stamp_after(last: datetime | None) -> datetime:
    """Now in whole seconds, as a calendar stamps what it says (DTSTAMP); always later than the last stamp."""
    present = now().replace(microsecond=0)
    return present if last is None else max(present, last + timedelta(seconds=1))


def to_local(moment: datetime, zone: str = AMSTERDAM) -> datetime:
    """The moment as the clock on the wall of that zone shows it."""
    return moment.astimezone(ZoneInfo(zone))


def today(zone: str = AMSTERDAM) -> date:
    return to_local(now(), zone).date()


def utc_moment(day: date, hour: time, zone: str = AMSTERDAM) -> datetime:
    """The UTC moment of a local day and hour.

    Raises NoSuchMoment for the hour that does not exist or comes twice: calendar
    programs differ by an hour on these (RFC 5545 section 3.3.5).
    """
    wall = datetime.combine(day, hour.replace(tzinfo=None), ZoneInfo(zone))
    if wall.utcoffset() != wall.replace(fold=1).utcoffset():
        raise NoSuchMoment
    return wall.astimezone(UTC)


def moment_days_before(start: datetime, days: int, hour: time, zone: str = AMSTERDAM) -> datetime:
    """The moment that lies `days` calendar days before the day of `start`, at a local hour."""
    return moment_on_wall(to_local(start, zone).date() - timedelta(days=days), hour, zone)


def moment_on_wall(day: date, hour: time, zone: str = AMSTERDAM) -> datetime:
    """The moment of a local day and hour; two hours later when the clocks change then."""
    try:
        return utc_moment(day, hour, zone)
    except NoSuchMoment:
        return utc_moment(day, time(hour.hour + 2, hour.minute), zone)


@cache
def public_holidays(year: int, language: str = "nl") -> dict[date, str]:
    """Dutch public holidays of a year with their names in Dutch or English."""
    from holidays import country_holidays

    return dict(country_holidays("NL", years=year, language="en_US" if language == "en" else language))


def is_working_day(day: date) -> bool:
    """Whether offices are open: no weekend, no Dutch public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def nearest_working_day(moment_: datetime, zone: str = AMSTERDAM, *, later: bool = False) -> datetime:
    """The same hour on the last working day up to `moment_`, or on the first one from then on."""
    wall = to_local(moment_, zone)
    back = 0
    while not is_working_day(wall.date() - timedelta(days=back)):
        back += -1 if later else 1
    return moment_days_before(moment_, back, wall.time(), zone) if back else moment_


def start_of_day(day: date, zone: str = AMSTERDAM) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def next_sending_moment(wanted: datetime) -> datetime:
    """The first moment from `wanted` on outside the quiet hours (20.00-07.30, weekends and public holidays, Dutch time)."""
    wall = to_local(wanted)
    day, hour = wall.date(), wall.time()
    if hour >= QUIET_FROM:
        day, hour = day + timedelta(days=1), time()
    while not is_working_day(day):
        day, hour = day + timedelta(days=1), time()
    if hour < QUIET_UNTIL:
        hour = QUIET_UNTIL
    return wanted if (day, hour) == (wall.date(), wall.time()) else utc_moment(day, hour)
