"""Days of an edition as they are pasted from a spreadsheet or a mail: date, from, to, building and town."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time

from app import day_reading

_HOUR = re.compile(r"([01]?\d|2[0-3])(?:[.:u]([0-5]\d))?(?: ?(?:uur|u|h))?", re.IGNORECASE)
"""'9.30', '09:30', '9u30', '14 uur'."""


@dataclass(frozen=True)
class PastedDay:
    """A row as it was read; what it does not say is as on the day before."""

    day: date
    start: time | None = None
    end: time | None = None
    where: str = ""


@dataclass
class ReadDays:
    """What pasted rows say, and the rows that say nothing we understand."""

    days: list[PastedDay] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_days(text: str) -> ReadDays:
    """The rows of a table, with tabs, semicolons or commas between the cells."""
    found = ReadDays()
    for line in filter(str.strip, text.splitlines()):
        day = _read_day(line)
        if day:
            found.days.append(day)
        else:
            found.unread.append(line.strip())
    return found


def _read_day(line: str) -> PastedDay | None:
    mark = next((each for each in "\t;" if each in line), ",")
    first, *rest = [cell.strip() for cell in line.split(mark)]
    try:
        day = day_reading.read_whole_day(first)
    except ValueError:
        return None
    hours = [_read_hour(cell) for cell in rest[:2]]
    if any(cell and hour is None for cell, hour in zip(rest[:2], hours, strict=True)):
        return None
    start, end = (*hours, None, None)[:2]
    return PastedDay(day, start, end, _join_place(rest[2:]))


def _read_hour(cell: str) -> time | None:
    found = _HOUR.fullmatch(cell)
    return time(int(found[1]), int(found[2] or 0)) if found else None


def _join_place(cells: Sequence[str]) -> str:
    """Building and town in one cell or in two."""
    return ", ".join(filter(None, cells[:2]))
