"""A report without its small numbers, and without what would give them away: for everybody who does not know all of them.

Figures of people and organisations tell who was where when they are a handful. How many sessions were held tells that of
nobody, as on the page of an agenda.
"""

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
    for column in _COLUMNS:
        contents = _hide_column(column, contents)
    return replace(
        contents,
        before=contents.before and _hide_alone(contents.before),
        municipalities=[_hide_tile(each) for each in contents.municipalities],
        indicators=[_hide_in_line(each) for each in contents.indicators],
        themes=[
            replace(each, indicators=[_hide_in_line(line) for line in each.indicators]) for each in contents.themes
        ],
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


def _hide_column(column: str, contents: ReportContents) -> ReportContents:
    """One figure in sessions, themes and all: a theme whose sessions would give a handful away tells no total, and one
    without a total tells nothing of its sessions."""
    within = [_hide_sessions(column, each) for each in contents.themes]
    numbers = [_number(column, each.reach) for each in contents.themes]
    told = [
        min(number, small_cells.SMALLEST_SHOWN - 1) if hides else number
        for number, (_, hides) in zip(numbers, within, strict=True)
    ]
    hidden, total_hides = _suppress(told, getattr(contents.year, column), rest_of=numbers)
    themes = [
        _without(column, each) if hides else theme
        for each, (theme, _), hides in zip(contents.themes, within, hidden, strict=True)
    ]
    return replace(contents, themes=themes, year=_hide(contents.year, column) if total_hides else contents.year)


def _hide_sessions(column: str, part: ThemePart) -> tuple[ThemePart, bool]:
    """A theme without what its sessions tell of a handful, and whether its total tells that even so."""
    if column not in _PEOPLE:
        return part, False
    numbers = [_number(column, each) for each in part.sessions]
    hidden, total_hides = _suppress(numbers, getattr(part.reach, column), rest_of=numbers)
    sessions = [_hide(each, column) if hides else each for each, hides in zip(part.sessions, hidden, strict=True)]
    return replace(part, sessions=sessions), total_hides


def _suppress(numbers: list[int], total: int | None, *, rest_of: list[int]) -> tuple[list[bool], bool]:
    """Which numbers and whether their total are left out; what of the total is in none of them, is a number as well."""
    rest = max((total or 0) - sum(rest_of), 0)
    cells, in_all = small_cells.suppress([Cell(each, 0) for each in (*numbers, rest)], Cell(total or 0, 0))
    return [each.hidden for each in cells[:-1]], in_all.hidden


def _number(column: str, row: Reach | SessionHeld) -> int:
    return getattr(row, column) or 0


def _without(column: str, part: ThemePart) -> ThemePart:
    sessions = [_hide(each, column) for each in part.sessions] if column in _PEOPLE else part.sessions
    return replace(part, reach=_hide(part.reach, column), sessions=sessions)


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
    return replace(
        line,
        year=_hide_in_figure(line.year),
        before=line.before and _hide_in_figure(line.before),
        agenda=_hide_in_figure(line.agenda),
    )


def _hide_in_figure(figure: PeriodFigure) -> PeriodFigure:
    amount = figure.realised
    if figure.measure not in counting.TELLING or amount is None or amount.part is None:
        return figure
    if amount.at_least is not None:
        return replace(figure, realised=Amount(at_least=amount.at_least), members=None)
    if small_cells.is_small(amount.part):
        return replace(figure, realised=Amount(few=True), members=None)
    return replace(figure, members=None) if small_cells.is_small(figure.members) else figure
