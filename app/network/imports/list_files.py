"""Reading lists as organisers have them: XLSX, CSV and vCard, Dutch headings, odd encodings, dates of Excel."""

import csv
import io
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_UNPACKED = 200 * 1024 * 1024
"""Bytes that an XLSX may hold when unpacked: a small file can be a bomb."""
_EXCEL_EPOCH = date(1899, 12, 30)
_FORMATS = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%y", "%d.%m.%Y", "%d %m %Y")


class UnreadableFile(ValueError):
    """The file is no list that can be read; the message says why, for its owner."""


def read_list_rows(file_name: str, content: bytes) -> list[list[str]]:
    """The cells of the first sheet as text, empty rows left out; raises UnreadableFile."""
    if content[:4] == b"PK\x03\x04":
        cells = _xlsx(content)
    elif content.lstrip(b"\xef\xbb\xbf \r\n")[:11].upper() == b"BEGIN:VCARD":
        cells = _vcards(content)
    elif (
        file_name.lower().endswith((".xlsx", ".xls", ".xlsm", ".ods"))
        or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    ):
        raise UnreadableFile(
            gettext("Dit is geen leesbaar Excel-bestand. Sla het op als .xlsx of .csv en probeer het opnieuw.")
        )
    else:
        cells = _csv(content)
    table = [[cell.strip() for cell in row] for row in cells]
    table = [row for row in table if any(row)]
    if len(table) < 2:
        raise UnreadableFile(
            gettext("Er staan geen rijen in. De eerste rij heeft de koppen, daaronder staat per rij een persoon.")
        )
    if len(table) > MOST_ROWS:
        raise UnreadableFile(gettext("Er staan meer dan %(most)s rijen in. Deel het bestand op.", most=MOST_ROWS))
    return table


def read_day(text: str) -> date | None:
    """A date as Excel and people write it: 1-3-2024, 2024-03-01, 45352; None for an empty cell.

    Raises ValueError for anything else.
    """
    if not text:
        return None
    if text.isdigit() and 20_000 < int(text) < 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text.partition(" 00:00")[0], pattern).date()  # noqa: DTZ007, a day has no zone
        except ValueError:
            continue
    raise ValueError(text)


def _xlsx(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableFile(gettext("Het bestand is uitgepakt te groot. Haal plaatjes en lege rijen weg."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        out = []
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            if number > MOST_ROWS * 2:
                break
            out.append([_cell(value) for value in row[:MOST_COLUMNS]])
        book.close()
    except UnreadableFile:
        raise
    except Exception as error:
        # openpyxl raises whatever its XML and ZIP parsers meet in a broken file.
        raise UnreadableFile(
            gettext("Dit is geen leesbaar Excel-bestand. Sla het op als .xlsx of .csv en probeer het opnieuw.")
        ) from error
    return out


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text:
        raise UnreadableFile(
            gettext("Dit is geen tekstbestand. Sla de lijst op als .xlsx of .csv en probeer het opnieuw.")
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    try:
        return [row[:MOST_COLUMNS] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise UnreadableFile(gettext("Dit bestand is niet te lezen als lijst: %(error)s.", error=str(error))) from error


def _vcards(content: bytes) -> list[list[str]]:
    """Cards of an address book (RFC 6350) as rows; the preferred address of a card comes first."""
    import vobject

    table = [["Naam", "E-mail", "Organisatie", "Functie", "Taal"]]
    try:
        for card in vobject.readComponents(_decoded(content), ignoreUnreadable=True):
            addresses = sorted(card.contents.get("email", []), key=lambda each: "PREF" not in _types(each))
            organisation = next(iter(_value(card, "org") or []), "")
            row = [_value(card, "fn"), "; ".join(each.value for each in addresses), organisation]
            table.append([str(cell or "") for cell in (*row, _value(card, "title"), _value(card, "lang"))])
            if len(table) > MOST_ROWS + 1:
                break
    except (vobject.base.VObjectError, AttributeError, ValueError) as error:
        raise UnreadableFile(
            gettext("Dit adresboek is niet te lezen. Sla het op als .csv of .xlsx en probeer het opnieuw.")
        ) from error
    return table


def _value(card: Any, name: str) -> Any:
    return getattr(card, name).value if name in card.contents else ""


def _types(address: Any) -> set[str]:
    return {kind.upper() for kind in address.params.get("TYPE", [])} | ({"PREF"} if "PREF" in address.params else set())


def _decoded(content: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 as Excel saves 'Unicode text', otherwise Windows-1252."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
