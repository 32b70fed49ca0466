"""Rows of a waiting list that are not right, mended on the page instead of in the file. Nothing here saves."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.network.imports import list_files
from app.network.imports.import_plans import ImportPlan
from app.network.imports.import_rows import RowOutcome
from app.network.imports.list_cells import SHEET_MARK
from app.network.imports.list_layout import ListSheet
from app.plain_text import visible_text

MOST_SHOWN = 25
"""Rows that the page offers to mend; who has more goes back to the file."""
LONGEST_CELL = 300
Cell = tuple[int, int]
"""A row by its number in its sheet, and a place in it."""


@dataclass(frozen=True)
class MendableRow:
    """A row as it stands in the list, with why it is not right."""

    number: int
    why: str
    cells: list[tuple[int, str, str]]
    """Of each column that is read: its place, its heading and what stands there."""


def find_mendable_rows(plan: ImportPlan, sheets: list[ListSheet]) -> list[MendableRow]:
    """The first rows that are not right; one in which several people stand comes once, as it stands in the list."""
    written = dict(next(sheet.rows for sheet in sheets if sheet.name == plan.table.sheet))
    read = [(place, title) for place, title in enumerate(plan.table.heading) if plan.columns.get(title)]
    why: dict[int, list[str]] = {}
    for row in filter(lambda each: each.to_mend, plan.rows.get(RowOutcome.WRONG, [])):
        why.setdefault(row.number, []).extend(row.problems)
    return [
        MendableRow(
            number, " ".join(dict.fromkeys(said)), [(at, title, _cell(written[number], at)) for at, title in read]
        )
        for number, said in list(why.items())[:MOST_SHOWN]
        if number in written
    ]


def write_mended(content: bytes, sheet: str, mended: Mapping[Cell, str]) -> bytes:
    """The list with these cells as they were typed; rows and sheets that it does not have are passed over.

    A cell that comes back as it was shown stays as it stands, however long and in however many lines.
    """
    rows, within, number = list_files.read_cells(content), "", 0
    for cells in rows:
        if cells and cells[0].startswith(SHEET_MARK):
            within, number = cells[0].removeprefix(SHEET_MARK), 0
            continue
        number += 1
        if within == sheet:
            _put_cells(cells, {place: text for (row, place), text in mended.items() if row == number})
    return list_files.write_cells(rows)


def _put_cells(cells: list[str], typed: Mapping[int, str]) -> None:
    for place, text in typed.items():
        cells += [""] * (place + 1 - len(cells))
        if text != _in_one_line(cells[place]):
            longest = max(LONGEST_CELL, len(cells[place]))
            cells[place] = " ".join(visible_text(text).replace(SHEET_MARK, " ").split())[:longest]


def _cell(cells: list[str], place: int) -> str:
    return _in_one_line(cells[place]) if place < len(cells) else ""


def _in_one_line(cell: str) -> str:
    """As a field shows it, from which a browser drops the ends of lines; between people and addresses ; says the same."""
    return "; ".join(filter(None, map(str.strip, cell.splitlines())))
