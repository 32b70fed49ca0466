"""A report without its small numbers, and without what would give them away: for everybody who does not know all of them.

Figures of people and organisations tell who was where when they are a handful. How many sessions were held tells that of
nobody, as on the page of an agenda.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from app.indicators import counting
from app.progress.contents import (
    Amount,
    IndicatorLine,
    Municipality,
    PeriodFigure,
    Reach,
    ReportContents,
    SessionHeld,
    ThemePart,
)
from app.reports import small_cells
from app.reports.small_cells import Cell

Row = TypeVar("Row", Reach, SessionHeld)
HANDFUL = -1
"""What a municipality has of which the number is left out."""
_PEOPLE = ("people", "organisations")
_COLUMNS = (*_PEOPLE, "talked_with")


def hide_small_numbers(contents: ReportContents) -> ReportContents:
    """What everybody may read of it; of what they may read already, the same again."""
    themes = [_hide_in_theme(each) for each in contents.themes]
    year, reaches = contents.year, [each.reach for each in themes]
    for column in _COLUMNS:
        year, reaches = _hide_column(column, year, reaches)
    return replace(
        contents,
        year=year,
        before=contents.before and _hide_alone(contents.before),
        municipalities=[_hide_tile(each) for each in contents.municipalities],
        indicators=[_hide_in_line(each) for each in contents.indicators],
        themes=[replace(each, reach=reach) for each, reach in zip(themes, reaches, strict=True)],
    )


def show_all_numbers(contents: ReportContents) -> ReportContents:
    """The same for who knows all: each figure in full where it was kept so."""

    def show(figure: PeriodFigure) -> PeriodFigure:
        amount = figure.realised
        full = amount is not None and amount.part is not None
        return replace(figure, realised=replace(amount, at_least=None)) if amount and full else figure

    def show_line(line: IndicatorLine) -> IndicatorLine:
        return replace(line, year=show(line.year), before=line.before and show(line.before), agenda=show(line.agenda))

    themes = [replace(each, indicators=[show_line(line) for line in each.indicators]) for each in contents.themes]
    return replace(contents, indicators=[show_line(line) for line in contents.indicators], themes=themes)


def _hide_in_theme(part: ThemePart) -> ThemePart:
    reach, sessions = part.reach, part.sessions
    for column in _PEOPLE:
        reach, sessions = _hide_column(column, reach, sessions)
    return replace(part, reach=reach, sessions=sessions, indicators=[_hide_in_line(each) for each in part.indicators])


def _hide_column(column: str, total: Reach, rows: Sequence[Row]) -> tuple[Reach, list[Row]]:
    """One figure of a total and of its parts; what of the total is in no part, is a part that shows nowhere."""
    numbers: list[int | None] = [getattr(each, column) for each in rows]
    in_all = getattr(total, column)
    if in_all is None:
        return total, [_hide(each, column) if small_cells.is_small(getattr(each, column)) else each for each in rows]
    rest = max(in_all - sum(each or 0 for each in numbers), 0) if None not in numbers else 0
    cells, safe = small_cells.suppress([Cell(each or 0, 0) for each in (*numbers, rest)], Cell(in_all, 0))
    hidden = [_hide(each, column) if cell.hidden else each for each, cell in zip(rows, cells, strict=False)]
    return _hide(total, column) if safe.hidden else total, hidden


def _hide(row: Row, column: str) -> Row:
    nothing: dict[str, Any] = {column: None}
    return replace(row, **nothing)


def _hide_alone(reach: Reach) -> Reach:
    for column in _COLUMNS:
        reach = _hide(reach, column) if small_cells.is_small(getattr(reach, column)) else reach
    return reach


def _hide_tile(tile: Municipality) -> Municipality:
    return replace(tile, attendances=HANDFUL) if small_cells.is_small(tile.attendances) else tile


def _hide_in_line(line: IndicatorLine) -> IndicatorLine:
    if line.measure not in counting.TELLING:
        return line
    return replace(
        line,
        year=_hide_in_figure(line.year),
        before=line.before and _hide_in_figure(line.before),
        agenda=_hide_in_figure(line.agenda),
    )


def _hide_in_figure(figure: PeriodFigure) -> PeriodFigure:
    amount = figure.realised
    if amount is None or amount.part is None:
        return figure
    if amount.at_least is not None:
        return replace(figure, realised=Amount(at_least=amount.at_least), members=None)
    if small_cells.is_small(amount.part):
        return replace(figure, realised=Amount(few=True), members=None)
    return replace(figure, members=None) if small_cells.is_small(figure.members) else figure
