"""Reading lists as organisers have them: Excel, OpenDocument, CSV and vCard, Dutch headings, odd encodings.

What is packed is read by list_cells.py within a budget, and kept as plain text from then on.
"""

import csv
import io
import re

from flask_babel import gettext

from app import budget
from app.network.imports import pasted_lists
from app.network.imports.list_cells import MOST_COLUMNS, MOST_ROWS, SHEET_MARK, Unpacked, decode_text
from app.network.imports.list_layout import ListSheet
from app.plain_text import storable_text

_SEPARATOR = "sep="
_PLAIN = f"\ufeff{_SEPARATOR};\n".encode()
"""Begins a list that was unpacked by us; Excel too writes and reads such a first line."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins an XLS, and an XLSX with a password."""
_NAMED_ADDRESS = re.compile(r"[<(](mailto:)?[^\s<>()]+@[^\s<>()]+[>)]", re.IGNORECASE)
_PAGE = re.compile(rb"[\xef\xbb\xbf\s]*<(!doctype html|html|head|meta|table|style|!--)", re.IGNORECASE)


class UnreadableFile(ValueError):
    """The file is no list that can be read; the message says why, for its owner."""


def read_sheets(file_name: str, content: bytes, most: int = MOST_ROWS) -> list[ListSheet]:
    """The sheets with rows below a first one, empty rows left out; raises UnreadableFile.

    Nothing may be pending in the session when the list is still packed, as it was sent.
    """
    sheets = [sheet for sheet in _part_sheets(read_cells(unpack_list(file_name, content))) if len(sheet.rows) > 1]
    if not sheets:
        raise UnreadableFile(say_no_rows())
    if any(len(sheet.rows) > most for sheet in sheets):
        raise UnreadableFile(gettext("Er staan meer dan %(most)s rijen in. Deel het bestand op.", most=most))
    return sheets


def say_no_rows() -> str:
    return gettext("Er staan geen rijen in. Eén rij heeft de koppen, daaronder staat per rij een persoon.")


def _part_sheets(cells: list[list[str]]) -> list[ListSheet]:
    sheets, number = [ListSheet("", [])], 0
    for row in cells:
        if row and row[0].startswith(SHEET_MARK):
            sheets.append(ListSheet(row[0].removeprefix(SHEET_MARK), []))
            number = 0
            continue
        number += 1
        if any(stripped := [cell.strip() for cell in row]):
            sheets[-1].rows.append((number, stripped))
    return sheets


def blank_row(row: list[str]) -> list[str]:
    """A row of a kept list with nothing left of what it said; it stays a row, or the mark of a sheet."""
    return [f"{SHEET_MARK}-" if cell.startswith(SHEET_MARK) else "-" for cell in row]


def unpack_list(file_name: str, content: bytes) -> bytes:
    """A list as plain text, which costs little to read however often; raises UnreadableFile."""
    if content[:4] == b"PK\x03\x04" or content[:8] == _OLD_OFFICE:
        return _unpack("workbook", content)
    if content.lstrip(b"\xef\xbb\xbf \r\n")[:11].upper() == b"BEGIN:VCARD":
        return _unpack("cards", content)
    if _PAGE.match(content[:1000]) or _PAGE.match(decode_text(content[:1000]).lstrip("\ufeff").encode()):
        return _unpack("page", content)
    packed = file_name.lower().endswith((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")) and not content.startswith(_PLAIN)
    if packed and not _is_text_of_rows(content):
        raise UnreadableFile(_why("workbook"))
    return pasted_lists.write_as_file(text) if (text := _line_of_addresses(content)) else content


def _line_of_addresses(content: bytes) -> str:
    """The text of a file with what stood behind 'To' in a mail; empty for any other."""
    first = decode_text(content[:4000]).lstrip("\ufeff").lstrip().partition("\n")[0]
    return storable_text(decode_text(content)).lstrip("\ufeff") if _NAMED_ADDRESS.search(first) else ""


def _is_text_of_rows(content: bytes) -> bool:
    """Whether what is called a workbook is text with tabs or semicolons, as many programs write it."""
    first = decode_text(content).lstrip("\ufeff").partition("\n")[0]
    return "\x00" not in first and not first.startswith("<") and any(map(first.count, ";\t"))


def _unpack(kind: str, content: bytes) -> bytes:
    try:
        found: Unpacked = budget.run_within_budget(f"app.network.imports.list_cells:unpack_{kind}", content)
    except budget.OverBudget:
        raise UnreadableFile(_why("too_much")) from None
    if problem := found["problem"]:
        raise UnreadableFile(_why(problem))
    return write_cells(found["cells"])


def write_cells(cells: list[list[str]]) -> bytes:
    """Cells as the plain text in which a list is kept."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(cells)
    return _PLAIN + text.getvalue().encode()


def _why(problem: str) -> str:
    return {
        "workbook": gettext("Dit is geen leesbaar Excel-bestand. Sla het op als .xlsx of .csv en probeer het opnieuw."),
        "locked": gettext("Dit bestand heeft een wachtwoord. Bewaar het zonder wachtwoord en probeer het opnieuw."),
        "too_big": gettext("Het bestand is uitgepakt te groot. Haal plaatjes en lege rijen weg."),
        "too_much": gettext(
            "Dit bestand is te groot om te lezen. Bewaar alleen de rijen en kolommen die je nodig hebt."
        ),
        "cards": gettext("Dit adresboek is niet te lezen. Sla het op als .csv of .xlsx en probeer het opnieuw."),
    }[problem]


def read_cells(content: bytes) -> list[list[str]]:
    """The cells of a list that is plain text; raises UnreadableFile."""
    text = decode_text(content)
    if "\x00" in text:
        raise UnreadableFile(
            gettext("Dit is geen tekstbestand. Sla de lijst op als .xlsx of .csv en probeer het opnieuw.")
        )
    text = storable_text(text)
    first, _, rest = text.partition("\n")
    if first.startswith(_SEPARATOR) and len(first.strip()) == len(_SEPARATOR) + 1:
        text, delimiter = rest, first[len(_SEPARATOR)]
    else:
        first = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max(";,\t", key=first.count)
    try:
        return [row[:MOST_COLUMNS] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise UnreadableFile(gettext("Dit bestand is niet te lezen als lijst: %(error)s.", error=str(error))) from error
