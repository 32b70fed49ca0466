"""The cells of packed lists: workbooks and address books. Knows no database and no reader's language: see app/budget.py."""

import io
import zipfile
from datetime import date, datetime
from itertools import islice
from typing import Any, TypedDict

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_UNPACKED = 200 * 1024 * 1024
"""Bytes that an XLSX or ODS may hold when unpacked: a small file can be a bomb."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Stands in a workbook that Excel locked with a password."""
_MANIFEST = "META-INF/manifest.xml"
"""Says of an ODS what in it is locked."""


SHEET_MARK = "\f"
"""Begins the row, of one cell, that names the sheet of the rows below it; no cell has this character."""


_SAMPLE = 2000
_ACCENTED = "éèëêïíîöóôüúûäáàçñø"
"""Small letters that Dutch names have; read in the other encoding they are signs and capitals."""


class Unpacked(TypedDict):
    """The cells, or why there are none."""

    cells: list[list[str]]
    problem: str


def unpack_workbook(content: bytes) -> Unpacked:
    """The sheets of an XLSX, XLS, XLSB or ODS, each after its mark when there are more.

    Problem `workbook`, `too_big`, `too_much` or `locked`, by a password.
    """
    from python_calamine import CalamineWorkbook

    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            if problem := _problem_of_archive(content):
                return {"cells": [], "problem": problem}
        elif _ENCRYPTED in content:
            return {"cells": [], "problem": "locked"}
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells: list[list[str]] = []
        for name in book.sheet_names:
            if len(book.sheet_names) > 1:
                cells.append([SHEET_MARK + name])
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS * 2)
            cells += [_without_empty_end([_cell_text(value) for value in row[:MOST_COLUMNS]]) for row in rows]
            if len(cells) > MOST_ROWS * 3:
                return {"cells": [], "problem": "too_much"}
    except MemoryError:
        raise
    except Exception:
        # Besides its own errors the library raises whatever a broken file makes Python raise.
        return {"cells": [], "problem": "workbook"}
    return {"cells": cells, "problem": ""}


def _problem_of_archive(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            return "too_big"
        locked = _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST)
        return "locked" if locked else ""


def unpack_cards(content: bytes) -> Unpacked:
    """Cards of an address book (RFC 6350) as rows, the preferred address of a card first; problem `cards`."""
    import vobject

    cells = [["Naam", "E-mail", "Organisatie", "Functie", "Taal"]]
    try:
        for card in vobject.readComponents(decode_text(content), ignoreUnreadable=True):
            addresses = sorted(card.contents.get("email", []), key=lambda each: "PREF" not in _types(each))
            organisation = next(iter(_value(card, "org") or []), "")
            row = [_value(card, "fn"), "; ".join(each.value for each in addresses), organisation]
            cells.append([str(cell or "") for cell in (*row, _value(card, "title"), _value(card, "lang"))])
            if len(cells) > MOST_ROWS + 1:
                break
    except (vobject.base.VObjectError, AttributeError, ValueError):
        return {"cells": [], "problem": "cards"}
    return {"cells": cells, "problem": ""}


def unpack_page(content: bytes) -> Unpacked:
    """The rows of the tables of a web page, which is what many programs call XLS; problem `workbook` when it has none."""
    from lxml import html

    try:
        page = html.fromstring(decode_text(content).encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (ValueError, html.etree.LxmlError):
        return {"cells": [], "problem": "workbook"}
    rows = islice(page.iter("tr"), MOST_ROWS * 2)
    cells = [[_text_within(cell) for cell in row.iterchildren("td", "th")][:MOST_COLUMNS] for row in rows]
    return {"cells": cells, "problem": "" if cells else "workbook"}


def _text_within(cell: Any) -> str:
    return " ".join(" ".join(cell.itertext()).replace(SHEET_MARK, " ").split())


def decode_text(content: bytes) -> str:
    """UTF-8 and UTF-16, with or without mark, otherwise Windows-1252 or what an old Mac wrote, whichever has more letters."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", "replace")
    if (order := _order_without_mark(content[:_SAMPLE])) is not None:
        return content.decode(order, "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        windows, mac = content.decode("cp1252", "replace"), content.decode("mac_roman")
        return mac if _accented(mac) > _accented(windows) else windows


def _order_without_mark(sample: bytes) -> str | None:
    """The UTF-16 in which every other byte of this text is nought, as in Latin script; None when it is no such text."""
    for order, noughts, letters in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if noughts and noughts.count(0) > 0.8 * len(noughts) and 0 not in letters:
            return order
    return None


def _accented(text: str) -> int:
    return sum(map(text.count, _ACCENTED))


def _without_empty_end(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace(SHEET_MARK, " ")


def _value(card: Any, name: str) -> Any:
    return getattr(card, name).value if name in card.contents else ""


def _types(address: Any) -> set[str]:
    return {kind.upper() for kind in address.params.get("TYPE", [])} | ({"PREF"} if "PREF" in address.params else set())
