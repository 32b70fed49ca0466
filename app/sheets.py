"""Spreadsheets that the program writes (XLSX): a heading that stays in sight, columns as wide as what is in them.

Text is always text: what starts with = or + is no formula for whoever opens the file. The library loads with the first
spreadsheet.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.plain_text import storable_text

if TYPE_CHECKING:
    from openpyxl import Workbook

NARROWEST, WIDEST = 8, 60
"""Widths of a column, in characters."""

Row = Sequence[str | int]


@dataclass(frozen=True)
class Sheet:
    """One page of a spreadsheet; without a heading it is a list of names and values."""

    name: str
    rows: Iterable[Row]
    heading: Sequence[str] = ()


def write(*sheets: Sheet) -> bytes:
    """A spreadsheet with these pages."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        _add(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add(book: "Workbook", sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    page, rows = book.create_sheet(sheet.name), list(sheet.rows)
    heading = [sheet.heading] if sheet.heading else []
    for number, column in enumerate(zip(*heading, *rows, strict=True), 1):
        page.column_dimensions[get_column_letter(number)].width = _width(column)
    if heading:
        page.freeze_panes = "A2"
        page.append([_cell(page, text, bold=True) for text in sheet.heading])
    for row in rows:
        page.append([_cell(page, value) if isinstance(value, str) else value for value in row])


def _width(column: Iterable[str | int]) -> int:
    longest = max(len(line) for value in column for line in str(value).split("\n"))
    return min(WIDEST, max(NARROWEST, longest + 2))


def _cell(page: Any, text: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(page, value="".join(c for c in storable_text(text) if c >= " " or c in "\n\t"))
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    if bold:
        cell.font = Font(bold=True)
    return cell
