"""Tables that the program hands out, as XLSX, ODS or CSV: one writer for every door.

Text is always text: what starts with = or + is no formula for whoever opens the file. The libraries load with the first
file.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from app.plain_text import storable_text

if TYPE_CHECKING:
    from openpyxl import Workbook

NARROWEST, WIDEST = 8, 60
"""Widths of a column, in characters."""
_CM = 0.21
"""Of one character, in an ODS."""

Row = Sequence[str | int | Decimal]


class TableKind(StrEnum):
    """A form of file for tables; its value is how its name ends."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"

    @property
    def mimetype(self) -> str:
        return _MIMETYPES[self]


_MIMETYPES = {
    TableKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    TableKind.CSV: "text/csv",
}


@dataclass(frozen=True)
class Sheet:
    """One page of a spreadsheet; without a heading it is a list of names and values."""

    name: str
    rows: Iterable[Row]
    heading: Sequence[str] = ()

    def with_columns(self, wanted: Collection[int]) -> "Sheet":
        """The same with these columns alone, by their place from 0; where none is wanted, with all."""
        places = [place for place in range(len(self.heading)) if place in wanted]
        if not places:
            return self
        pick = itemgetter(*places) if len(places) > 1 else lambda row: [row[places[0]]]
        return Sheet(self.name, map(pick, self.rows), pick(self.heading))


def write(kind: TableKind, *sheets: Sheet) -> bytes:
    """A file with these pages."""
    return _WRITERS[kind](sheets)


def _write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        _add_page(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add_page(book: "Workbook", sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    page, rows = book.create_sheet(sheet.name), list(sheet.rows)
    for number, width in enumerate(_widths(sheet, rows), 1):
        page.column_dimensions[get_column_letter(number)].width = width
    if sheet.heading:
        page.freeze_panes = "A2"
        page.append([_cell(page, text, bold=True) for text in sheet.heading])
    for row in rows:
        page.append([_cell(page, value) if isinstance(value, str) else value for value in row])


def _cell(page: Any, text: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(page, value=_readable(text))
    cell.data_type = "s"
    cell.quotePrefix = _is_like_formula(text)
    if bold:
        cell.font = Font(bold=True)
    return cell


def _write_ods(sheets: Iterable[Sheet]) -> bytes:
    from odfdo import Document, Element, Style

    document = Document("spreadsheet")
    document.body.clear()
    document.insert_style(Style("table-cell", name="heading", area="text", bold=True), automatic=True)
    for width in range(NARROWEST, WIDEST + 1):
        style = Style("table-column", name=f"width{width}", width=f"{width * _CM:.2f}cm")
        document.insert_style(style, automatic=True)
    for sheet in sheets:
        document.body.append(Element.from_tag(_ods_table(sheet)))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _ods_table(sheet: Sheet) -> str:
    """A page as ODF writes it (OASIS OpenDocument 1.3, part 3, chapter 9); cell by cell the library takes ten times as long."""
    rows = list(sheet.rows)
    columns = "".join(f'<table:table-column table:style-name="width{width}"/>' for width in _widths(sheet, rows))
    heading = _ods_row(sheet.heading, ' table:style-name="heading"') if sheet.heading else ""
    head = f"<table:table-header-rows>{heading}</table:table-header-rows>" if heading else ""
    body = "".join(map(_ods_row, rows)) or ("" if heading else "<table:table-row><table:table-cell/></table:table-row>")
    name = escape(_readable(sheet.name))
    return f'<table:table table:name="{name}">{columns}{head}{body}</table:table>'


def _ods_row(row: Row, style: str = "") -> str:
    return f"<table:table-row>{''.join(_ods_cell(value, style) for value in row)}</table:table-row>"


def _ods_cell(value: str | int | Decimal, style: str) -> str:
    if not isinstance(value, str):
        number = f'office:value-type="float" office:value="{_digits(value)}"'
        return f"<table:table-cell{style} {number}><text:p>{_with_comma(value)}</text:p></table:table-cell>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in _readable(value).split("\n"))
    return f'<table:table-cell{style} office:value-type="string">{lines}</table:table-cell>'


def _write_csv(sheets: Iterable[Sheet]) -> bytes:
    """The pages below each other; the marks that Excel in Dutch reads columns and accents by: semicolons and a BOM."""
    sheets = list(sheets)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    for sheet in sheets:
        if len(sheets) > 1:
            writer.writerows([[]] * bool(out.tell()))
            writer.writerow([_plain(sheet.name)])
        writer.writerows([_plain(value) for value in row] for row in [sheet.heading, *sheet.rows] if row)
    return out.getvalue().encode("utf-8-sig")


def _plain(value: str | int | Decimal) -> str | int:
    """What no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, Decimal):
        return _with_comma(value)
    if not isinstance(value, str):
        return value
    return f"'{_readable(value)}" if _is_like_formula(value.lstrip("\t\r\n ")) else _readable(value)


def _with_comma(number: int | Decimal) -> str:
    """As Excel in Dutch reads it: '12,5'."""
    return _digits(number).replace(".", ",")


def _digits(number: int | Decimal) -> str:
    """Without noughts that say nothing, and never with an exponent."""
    if isinstance(number, int):
        return str(number)
    digits = f"{number:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


_WRITERS: dict[TableKind, Callable[[Iterable[Sheet]], bytes]] = {
    TableKind.XLSX: _write_xlsx,
    TableKind.ODS: _write_ods,
    TableKind.CSV: _write_csv,
}


def _widths(sheet: Sheet, rows: list[Row]) -> list[int]:
    """How wide each column has to be, in characters."""
    heading = [sheet.heading] if sheet.heading else []
    return [_width(column) for column in zip(*heading, *rows, strict=True)]


def _width(column: Iterable[str | int | Decimal]) -> int:
    longest = max(len(line) for value in column for line in str(value).split("\n"))
    return min(WIDEST, max(NARROWEST, longest + 2))


def _is_like_formula(text: str) -> bool:
    return text.startswith(("=", "+", "-", "@"))


def _readable(text: str) -> str:
    return "".join(c for c in storable_text(text) if c >= " " or c in "\n\t")
