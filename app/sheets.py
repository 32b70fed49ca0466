"""Cells of spreadsheets that the program writes."""

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet


def cell(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> Cell:
    """A cell of a sheet that is being written. Always text: what starts with = or + is no formula for whoever opens the file."""
    cell = WriteOnlyCell(sheet, value=_printable(text))
    cell.data_type = "s"
    if text[:1] in "=+-@":
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _printable(text: str) -> str:
    return "".join(c for c in text if c >= " " or c in "\n\t")
