"""Spreadsheets that the program writes. The library loads with the first of them."""


def new_book():
    """A workbook that is written row by row."""
    from openpyxl import Workbook

    return Workbook(write_only=True)


def cell(sheet, text: str, *, bold: bool = False):
    """A cell of a sheet that is being written. Always text: what starts with = or + is no formula for whoever opens the file."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value=_printable(text))
    cell.data_type = "s"
    if text[:1] in "=+-@":
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _printable(text: str) -> str:
    return "".join(c for c in text if c >= " " or c in "\n\t")
