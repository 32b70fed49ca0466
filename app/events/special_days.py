"""What is special about a day: one list for every place where a date is chosen, and for whatever proposes one.

Public holidays, weekends, school holidays as published (school_holidays.py) and as organisers noted them (busy_days.py), and
the night that the clocks change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext

from app import clock, wording
from app.database import db
from app.events import school_holidays
from app.events.models import BusyDays, BusyKind
from app.events.school_holidays import SchoolHoliday
from app.translating import language

_LONGEST = 31
"""Days of one session that are looked at."""
_SUNDAY = 6
_MOST_WEEKS = 26
_FOR_ALL = BusyDays.kind != BusyKind.COUNCIL
"""A council evening is one municipality's."""


@dataclass(frozen=True)
class Remark:
    """Something that is special about a day."""

    words: str
    heavy: bool = True
    """Whether most people would choose another day for it."""


def remarks_on(first: date, last: date | None = None, zone: str = clock.AMSTERDAM) -> list[Remark]:
    """What is special about these days, the gravest first."""
    last = min(last or first, first + timedelta(days=_LONGEST))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [*_days_off(days), *_school_holidays(first, last), *_clock_changes(days, zone)]


def say_remarks(first: date, last: date | None = None, zone: str = clock.AMSTERDAM) -> str:
    """The same as one text; empty for a day like any other."""
    return " ".join(remark.words for remark in remarks_on(first, last, zone))


def around_school_holiday(day: date) -> tuple[date, date]:
    """The last working day before the school holiday that a day is in, and the first after it; the day itself when it is in none."""
    found = next(iter(_holidays_on(day, day)), None)
    if found is None:
        return day, day
    return _working_day(found.first_day, -1), _working_day(found.last_day, 1)


def _working_day(day: date, step: int) -> date:
    day += timedelta(days=step)
    while not clock.is_working_day(day):
        day += timedelta(days=step)
    return day


def propose_day(wanted: date) -> date:
    """This day, or the first of the weeks after it on which it is a day like any other: no weekend, no holiday, not noted as busy."""
    weeks = (wanted + timedelta(weeks=number) for number in range(_MOST_WEEKS))
    return next((day for day in weeks if clock.is_working_day(day) and not _busy_on(day)), wanted)


def _busy_on(day: date) -> bool:
    noted = sa.select(BusyDays.id).where(BusyDays.first_day <= day, BusyDays.last_day >= day, _FOR_ALL)
    return db.session.scalar(noted.limit(1)) is not None


def _days_off(days: list[date]) -> Iterator[Remark]:
    for day in days:
        holiday = clock.public_holidays(day.year, language()).get(day)
        if holiday:
            yield Remark(gettext("%(day)s is een feestdag: %(name)s.", day=wording.format_day(day), name=holiday))
        elif day.weekday() == _SUNDAY:
            yield Remark(gettext("%(day)s is een zondag.", day=wording.format_day(day)))
        elif not clock.is_working_day(day):
            yield Remark(gettext("%(day)s valt in het weekend.", day=wording.format_day(day)))


def _school_holidays(first: date, last: date) -> Iterator[Remark]:
    for each in _holidays_on(first, last):
        yield Remark(
            gettext(
                "%(name)s (%(first)s tot en met %(last)s).",
                name=each.name,
                first=wording.format_short_day(each.first_day),
                last=wording.format_short_day(each.last_day),
            )
        )


def _holidays_on(first: date, last: date) -> list[SchoolHoliday | BusyDays]:
    """The published school holidays, and those that were noted for other days."""
    found: list[SchoolHoliday | BusyDays] = [*school_holidays.published_between(first, last)]
    known = {(each.first_day, each.last_day) for each in found}
    found += [each for each in _noted_between(first, last) if (each.first_day, each.last_day) not in known]
    return sorted(found, key=lambda each: (each.first_day, each.name))


def _noted_between(first: date, last: date) -> Iterator[BusyDays]:
    noted = sa.select(BusyDays).where(BusyDays.kind == BusyKind.SCHOOL_HOLIDAY)
    yield from db.session.scalars(noted.where(BusyDays.first_day <= last, BusyDays.last_day >= first))


def _clock_changes(days: list[date], zone: str) -> Iterator[Remark]:
    for day in days:
        begin, end = (clock.start_of_day(each, zone) for each in (day, day + timedelta(days=1)))
        forward = timedelta(days=1) - (end - begin)
        if forward:
            words = (
                gettext("In de nacht naar %(day)s gaat de klok een uur vooruit.", day=wording.format_day(day))
                if forward > timedelta()
                else gettext("In de nacht naar %(day)s gaat de klok een uur terug.", day=wording.format_day(day))
            )
            yield Remark(words, heavy=False)
