"""What a series came to, as everybody may read it."""

from collections.abc import Collection

from app.events.models import Event
from app.lessons.impressions import facts
from app.lessons.impressions.facts import ABOUT_ORGANISATIONS, Figure
from app.reports import small_cells


def count_series_totals(events: Collection[Event]) -> dict[Figure, int]:
    """Who was there over these sessions, each person and organisation once; numbers that point at people are left out."""
    figures = facts.count_figures(events) if events else {}
    return {
        figure: number
        for figure, number in figures.items()
        if figure in ABOUT_ORGANISATIONS or not small_cells.is_small(number)
    }
