"""Where the people stand in a file: on which sheet, under which row of headings, and which rows below are none of them.

What is guessed is shown, and the organiser can choose otherwise.
"""

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from flask_babel import lazy_gettext as _l

from app import folding
from app.network.imports.list_headings import Column, likely_column, near_column
from app.plain_text import says_nothing
from app.words import Worded

MOST_ABOVE = 30
"""Rows at the top of a sheet among which that with the headings is sought."""
_TOTALS = ("totaal", "totalen", "subtotaal", "aantal", "total")
_GROUPED = 3
"""Columns that a list has at least where a row with one filled cell is a heading of a group, not a name without address."""
NumberedRow = tuple[int, list[str]]
"""Row number in the file, from 1, with its cells."""


class PassedOver(Worded):
    """Why a row under the headings is nobody."""

    GROUP = "group", _l("Kop van een groep")
    TOTAL = "total", _l("Totaal")
    EMPTY = "empty", _l("Zonder naam en mailadres")
    AGAIN = "again", _l("Dezelfde koppen nog eens")
    ABOVE = "above", _l("Staat boven de koppen. Kies een hogere rij met koppen om deze mensen ook in te lezen.")
    OTHER_TABLE = "other_table", _l("Hier begint een andere tabel. Kies haar rij met koppen om haar ook in te lezen.")


@dataclass(frozen=True)
class ListSheet:
    """A sheet of a file with the rows in which something stands."""

    name: str
    rows: list[NumberedRow]


@dataclass
class ListTable:
    """The people of a list: its headings, the rows below them, and what was passed over."""

    sheet: str
    heading_row: int
    """Its number in the file, from 1."""
    heading: list[str]
    lines: list[NumberedRow] = field(default_factory=list)
    passed: list[tuple[int, str, PassedOver]] = field(default_factory=list)
    """Rows that are nobody: their number, what stands there, and why."""


def find_table(sheets: list[ListSheet], mapping: dict[str, Any]) -> ListTable:
    """The table that was chosen, or that which looks most like a list of people; there is at least one sheet."""
    chosen = mapping.get("columns", {})
    sheet = next((each for each in sheets if each.name == mapping.get("sheet")), None) or max(
        sheets, key=lambda each: _best_score(each, chosen)
    )
    numbers = [number for number, _ in sheet.rows]
    wanted = mapping.get("heading_row")
    at = numbers.index(wanted) if wanted in numbers else _guess_heading(sheet, chosen)
    table = ListTable(sheet.name, *sheet.rows[at])
    table.passed = [
        (number, _shortened(cells), PassedOver.ABOVE) for number, cells in sheet.rows[:at] if _has_address(cells)
    ]
    below = sheet.rows[at + 1 :]
    for (number, cells), (_, after) in zip_longest(below, below[1:], fillvalue=(0, [])):
        why = _why_nobody(cells, after, table.heading)
        if why is None:
            table.lines.append((number, cells))
            continue
        table.passed.append((number, _shortened(cells), why))
        if why == PassedOver.OTHER_TABLE:
            break
    return table


def pass_over_nameless(table: ListTable, columns: dict[str, str]) -> None:
    """Take out the rows in which neither a name nor an address stands, such as '#N/B' at an organisation."""
    who = {Column.NAME, Column.FIRST, Column.LAST, Column.ADDRESS}
    places = [place for place, title in enumerate(table.heading) if columns.get(title) in who]
    if not places:
        return
    lines, table.lines = table.lines, []
    for number, cells in lines:
        said = any(place < len(cells) and cells[place] and not says_nothing(cells[place]) for place in places)
        if said:
            table.lines.append((number, cells))
        else:
            table.passed.append((number, _shortened(cells), PassedOver.EMPTY))
    table.passed.sort(key=lambda each: each[0])


def _shortened(cells: list[str]) -> str:
    return " ".join(cell for cell in cells if cell)[:80]


def _guess_heading(sheet: ListSheet, chosen: dict[str, str]) -> int:
    """Index of the row with most headings that we know, the first of equals."""
    top = sheet.rows[:MOST_ABOVE]
    return max(range(len(top)), key=lambda at: (_score(top[at][1], chosen), -at))


def _best_score(sheet: ListSheet, chosen: dict[str, str]) -> int:
    return max((_score(cells, chosen) for _, cells in sheet.rows[:MOST_ABOVE]), default=0)


def _score(cells: list[str], chosen: dict[str, str]) -> int:
    """How many columns of a list the cells name; a row with a mail address names none."""
    if _has_address(cells):
        return 0
    return len({column for cell in cells if (column := chosen.get(cell) or likely_column(cell))})


def _why_nobody(cells: list[str], after: list[str], heading: list[str]) -> PassedOver | None:
    """Why a row is nobody, given the row after it; None for one that is somebody, or should be and is refused."""
    filled = [cell for cell in cells if cell]
    if _has_address(cells):
        return None
    if cells == heading:
        return PassedOver.AGAIN
    if folding.fold_accents(filled[0]).split(maxsplit=1)[0].rstrip(":") in _TOTALS:
        return PassedOver.TOTAL
    if len(filled) == 1 and sum(map(bool, heading)) >= _GROUPED and sum(map(bool, after)) > 1:
        return PassedOver.GROUP
    columns = {near_column(cell) for cell in filled}
    if Column.ADDRESS in columns and columns & {Column.NAME, Column.LAST, Column.FIRST}:
        return PassedOver.OTHER_TABLE
    return None


def _has_address(cells: list[str]) -> bool:
    return any("@" in cell for cell in cells)
