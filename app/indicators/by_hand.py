"""Figures that somebody enters: each is the state of a day, with where it comes from. Nothing that stood there goes."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from app.indicators.models import Combining, Reading, ReadingKind

Parts = tuple[Decimal | None, Decimal | None]
"""A figure and, of a percentage, its whole."""


def standing_readings(readings: Iterable[Reading], kind: ReadingKind) -> list[Reading]:
    """Those of a kind that no later one replaced, by their day."""
    known = list(readings)
    replaced = {each.replaces_id for each in known}
    return sorted(
        (each for each in known if each.kind == kind and each.id not in replaced), key=lambda each: (each.day, each.id)
    )


def last_reading(readings: Iterable[Reading], kind: ReadingKind, first: date, last: date) -> Reading | None:
    """The last state in a period."""
    return next((each for each in reversed(standing_readings(readings, kind)) if first <= each.day <= last), None)


def combine_readings(readings: Iterable[Reading], combining: Combining, first: date, last: date) -> Parts:
    """What the readings of a period come to: the last state, or the last of each year added up; nothing without any.

    Percentages add their parts and their wholes.
    """
    known = list(readings)
    years = range(first.year, last.year + 1) if combining == Combining.PER_YEAR else [None]
    states = [
        last_reading(
            known,
            ReadingKind.REALISED,
            max(first, date(year, 1, 1)) if year else first,
            min(last, date(year, 12, 31)) if year else last,
        )
        for year in years
    ]
    found = [each for each in states if each is not None]
    if not found:
        return None, None
    wholes = [each.out_of for each in found if each.out_of is not None]
    return sum((each.value for each in found), Decimal(0)), sum(wholes, Decimal(0)) if len(wholes) == len(
        found
    ) else None
