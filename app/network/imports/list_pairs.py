"""Rows in which more people stand: 'Frans en Marja' with two addresses. Proposed as people of their own; nothing is parted
before an organiser has seen it, and they can keep it one. Of one address it is asked whether both are reached by it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app import folding
from app.network.imports.list_headings import Column
from app.network.imports.list_layout import ListTable, NumberedRow
from app.network.people import mail_addresses, name_reading, names
from app.network.people.names import PersonName
from app.network.people.word_kinds import title_length
from app.plain_text import says_nothing
from app.words import Worded

_AND = re.compile(
    r"(?<!\s)\s+(?:en|and|und|e/o|en/of|/|\+|&)\s+|(?<!\s)\s*[;\n\r]+\s*|(?<=[^\W\d_])\s*[&+]\s*(?=[^\W\d_])",
    re.IGNORECASE,
)
_SLASH = re.compile(r"(?<!\s)\s*/\s*")
_COMMA = re.compile(r"(?<!\s)\s*,\s*")
_NAMES = (Column.NAME, Column.FIRST, Column.LAST)
_NOBODY = {"co", "zn", "zonen", "zoon", "partners", "partner", "team", "collega", "collegas", "anderen", "vacature", "gezin", "familie"}  # fmt: skip
"""What follows 'en' and is nobody whom we could mail."""
MOST_PEOPLE = 6
"""People in one row; a cell with more is a text."""


class Parting(Worded):
    """What becomes of a row in which more people seem to stand."""

    APART = "apart", _l("Meer mensen")
    ONE = "one", _l("Eén persoon")


@dataclass(frozen=True)
class SharedRow:
    """A row in which more people seem to stand, as it is written, who they would be, and what is chosen."""

    number: int
    written: str
    people: list[str]
    """Each with the address that would be theirs."""
    chosen: Parting


def part_rows(table: ListTable, columns: dict[str, str], choices: dict[str, str]) -> tuple[ListTable, list[SharedRow]]:
    """The table with a row for each person, and which rows were parted or could be; a choice is by the number of its row."""
    lines: list[NumberedRow] = []
    shared: list[SharedRow] = []
    places = _places(table.heading, columns)
    for number, cells in table.lines:
        apart = _part_row(cells, places)
        if not apart:
            lines.append((number, cells))
            continue
        chosen = Parting(choices.get(str(number), apart.proposed))
        shared.append(SharedRow(number, apart.written, apart.told, chosen))
        lines += [(number, each) for each in (apart.rows if chosen == Parting.APART else [cells])]
    return ListTable(table.sheet, table.heading_row, table.heading, lines, table.passed), shared


@dataclass(frozen=True)
class _Apart:
    rows: list[list[str]]
    written: str
    told: list[str]
    proposed: Parting


def _places(heading: list[str], columns: dict[str, str]) -> dict[str, int]:
    """Column → where its first heading stands."""
    found: dict[str, int] = {}
    for place, title in enumerate(heading):
        if column := columns.get(title):
            found.setdefault(column, place)
    return found


def _part_row(cells: list[str], places: dict[str, int]) -> _Apart | None:
    """A row for each person who stands in this one; None when it is one."""
    said = {
        column: cells[place]
        for column, place in places.items()
        if place < len(cells) and not says_nothing(cells[place])
    }
    written = said.get(Column.ADDRESS, "")
    if written.count("@") < 2 and not any(_AND.search(said.get(column, "")) for column in _NAMES):
        return None
    mailed = mail_addresses.read_addresses(written).recipients if written else []
    people = _people(said, mailed, places)
    if not 1 < max(len(people), len(mailed)) <= MOST_PEOPLE:
        return None
    written = ", ".join(
        filter(
            None,
            (
                " ".join(said[each] for each in (Column.FIRST, Column.INFIX, Column.LAST, Column.NAME) if each in said),
                said.get(Column.ADDRESS),
            ),
        )
    )
    proposed = Parting.APART if len(people) > 1 else Parting.ONE
    people = people or [{}]
    addresses = _whose_address([_plain_name(each) for each in people], [each.address for each in mailed])
    together = addresses[0] if len(addresses) == 1 else ""
    rows, told = [], []
    for number in range(max(len(people), len(addresses))):
        own = dict(people[number] if number < len(people) else dict.fromkeys(people[0], ""))
        own[Column.ADDRESS] = addresses[number] if number < len(addresses) else together
        own |= _own_share(said, number, max(len(people), len(addresses)))
        rows.append(_with_cells(cells, places, own))
        told.append(", ".join(filter(None, (_plain_name(own), own[Column.ADDRESS]))))
    return _Apart(rows, " ".join(written.split()), told, proposed)


def _people(
    said: dict[str, str], mailed: list[mail_addresses.Recipient], columns: Collection[str]
) -> list[dict[str, str]]:
    """The names of each, by column; none or one where the row names no more."""
    whole = said.get(Column.NAME, "")
    if whole or (Column.NAME in columns and Column.FIRST not in said and Column.LAST not in said):
        parts = _part_name(whole, len(mailed)) if whole else []
        if len(parts) < 2 and len(mailed) > 1 and len({each.name for each in mailed if each.name}) == len(mailed):
            parts = [each.name for each in mailed]
        return [{Column.NAME: part} for part in parts]
    first, last = (_split(said.get(column, ""), len(mailed)) for column in (Column.FIRST, Column.LAST))
    infix = said.get(Column.INFIX, "")
    many = max(len(first), len(last))
    if len(last) > 1 and len(first) not in {0, len(last)}:
        return [{}]
    return [
        {
            Column.FIRST: first[number if len(first) > 1 else 0] if first else "",
            Column.INFIX: ""
            if number and name_reading.read_name(last[number] if len(last) > 1 else "").prefix
            else infix,
            Column.LAST: last[number if len(last) > 1 else 0] if last else "",
        }
        for number in range(many)
    ]


def _part_name(text: str, addresses: int) -> list[str]:
    """The names in a cell; who has no family name of their own has that of the last."""
    family, comma, rest = text.partition(",")
    if comma and _AND.search(rest) and not _AND.search(family) and "," not in rest:
        *before, behind = _split(rest, addresses)
        whole = name_reading.read_name(f"{family}, {behind}")
        turned = (name_reading.read_name(f"{family}, {each} {whole.prefix}".strip()) for each in before)
        return [_write_whole(each) for each in (*turned, whole)]
    parts = _split(text, addresses)
    if len(parts) < 2:
        return parts
    if any(folding.fold_accents(part).strip(".") in _NOBODY for part in parts):
        return [text]
    read = [_read_part(part) for part in parts]
    last = read[-1]
    if any(map(_lacks_family, read[:-1])) and not (last.given or last.titles):
        return parts if all(map(_lacks_family, read)) and addresses == len(parts) else [text]
    shared = " ".join(filter(None, (last.prefix, last.family)))
    fore = zip(parts[:-1], read[:-1], strict=True)
    return [*(f"{part} {shared}" if _lacks_family(each) else part for part, each in fore), parts[-1]]


def _split(text: str, addresses: int) -> list[str]:
    """Parts of a cell that 'en', '&', a line or ' / ' separates; a bare slash or comma only where as many addresses stand."""
    parts = [part.strip(" ,;") for part in _AND.split(text) if part.strip(" ,;")]
    for separator in (_SLASH, _COMMA):
        finer = [each for part in parts for each in separator.split(part) if each]
        if len(finer) == addresses > len(parts):
            return finer
    return parts


def _read_part(text: str) -> PersonName:
    """A part of a pair; one of titles alone, as in 'de heer en mevrouw Jansen', has no name."""
    words = text.split()
    return PersonName() if title_length(words) == len(words) else name_reading.read_name(text)


def _lacks_family(name: PersonName) -> bool:
    """Whether a part of a pair is a first name, initials or a title alone."""
    return not name.given and not name.prefix and not name.remark


def _write_whole(name: PersonName) -> str:
    return names.write_with_titles(name.name, name.titles)


def _plain_name(said: dict[str, str]) -> str:
    if whole := said.get(Column.NAME):
        return name_reading.read_name(whole).name
    parts = [said.get(column, "") for column in (Column.FIRST, Column.INFIX, Column.LAST)]
    return name_reading.read_name_parts(*parts).name if any(parts) else ""


def _whose_address(people: list[str], addresses: list[str]) -> list[str]:
    """The addresses in the order of the people: as written, or turned round where those of two clearly say so."""
    if len(people) != 2 or len(addresses) != 2:
        return addresses
    local = [folding.fold_accents(each.partition("@")[0]) for each in addresses]
    first = [folding.fold_accents(each).split()[0] if each else "" for each in people]
    turned = first[0] in local[1] and first[1] in local[0]
    as_written = first[0] in local[0] or first[1] in local[1]
    return addresses[::-1] if turned and not as_written else addresses


def _own_share(said: dict[str, str], number: int, many: int) -> dict[str, str]:
    """Of telephones and jobs as many as people stand in a cell: to each their own; of one telephone, to the first."""
    own = {}
    for column in (Column.PHONE, Column.TITLE):
        parts = [each for each in re.split(r"(?<!\s)\s*[/;\n]\s*|(?<!\s)\s+en\s+", said.get(column, "")) if each]
        if len(parts) == many:
            own[column.value] = parts[number]
        elif column == Column.PHONE and number:
            own[column.value] = ""
    return own


def _with_cells(cells: list[str], places: dict[str, int], own: dict[str, Any]) -> list[str]:
    changed = list(cells) + [""] * (max(places.values()) + 1 - len(cells))
    for column, text in own.items():
        if column in places:
            changed[places[column]] = text
    return changed
