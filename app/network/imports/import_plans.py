"""Reading a list of people: row by row, what it says and what importing it would do. Nothing here saves.

Rows are read and compared in batches, so that a long list takes no more memory than a short
one. The organiser's choices (which column is what, which organisation a strange name means)
come in as a mapping and are remembered for the network's next list.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from app import day_reading, folding, sheets, wording
from app.database import db
from app.network.imports import import_rows, list_cells, list_files, list_layout, list_pairs
from app.network.imports.import_rows import ImportRow, RowOutcome
from app.network.imports.list_files import UnreadableFile
from app.network.imports.list_headings import columns_of_heading, is_known_aside
from app.network.imports.list_layout import ListTable
from app.network.imports.list_pairs import SharedRow
from app.network.imports.models import Import, ImportState
from app.network.models import Network
from app.network.organisations import lineage, short_names
from app.network.organisations.organisations import PUBLIC_DOMAINS, OrganisationFinder
from app.network.people import (
    address_reading,
    mail_addresses,
    mailboxes,
    name_reading,
    names,
    people,
    salutations,
    telephones,
    word_kinds,
)
from app.network.people.models import Language
from app.plain_text import says_nothing

BATCH = 500
WHOSE_SAME, WHOSE_THROUGH = "same", "through"
"""What an organiser says of an address: it is of the same person, or several are reached through it."""
SHOWN = 200
"""Rows of each outcome that the dry run shows."""
_OF_ONE_FILE = {"sheet", "heading_row", "shared"}
"""Choices that say nothing about the network's next list."""
_LANGUAGES = {
    "nl": Language.NL,
    "nederlands": Language.NL,
    "dutch": Language.NL,
    "en": Language.EN,
    "engels": Language.EN,
    "english": Language.EN,
}


@dataclass
class ImportPlan:
    """What importing a list would do: counts, the first rows of each outcome, and what is not known."""

    table: ListTable
    refused: dict[int, str] = field(default_factory=dict, kw_only=True)
    """Place among the rows of the table → why it is not right, of every such row."""
    shared: list[SharedRow] = field(default_factory=list, kw_only=True)
    """Rows in which more people seem to stand."""
    columns: dict[str, str]
    """What each heading is taken for; empty for one that is passed over."""
    counts: Counter[RowOutcome] = field(default_factory=Counter)
    rows: dict[RowOutcome, list[ImportRow]] = field(default_factory=dict)
    noted: list[ImportRow] = field(default_factory=list)
    organisations: Counter[str] = field(default_factory=Counter)
    """Names of organisations that we do not know, with how many rows have them."""
    proposals: dict[str, str] = field(default_factory=dict)
    """The organisation or role that is probably meant by a strange name."""
    roles: Counter[str] = field(default_factory=Counter)
    mailboxes: dict[str, list[str]] = field(default_factory=dict)
    """Addresses of which has to be said whose they are, with the names that rows give them."""

    @property
    def ignored(self) -> list[str]:
        """Headings that are passed over and of which nobody said so beforehand."""
        return [heading for heading, column in self.columns.items() if not column and not is_known_aside(heading)]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    new = property(lambda self: self.counts[RowOutcome.NEW])
    changed = property(lambda self: self.counts[RowOutcome.CHANGED])
    same = property(lambda self: self.counts[RowOutcome.SAME])
    wrong = property(lambda self: self.counts[RowOutcome.WRONG])


class ListReader:
    """Reads one list with an organiser's choices; raises UnreadableFile when it is none, or has no columns we need."""

    def __init__(self, network: Network, table: ListTable, mapping: dict[str, Any] | None = None):
        mapping = mapping or {}
        self.network = network
        self.table = table
        self.columns = columns_of_table(table, mapping)
        self.chosen = {
            key: {short_names.name_key(name): chosen for name, chosen in mapping.get(key, {}).items()}
            for key in ("organisations", "roles")
        } | {"mailboxes": mapping.get("mailboxes", {})}
        self.finder = OrganisationFinder()
        self.strange: dict[str, Counter[str]] = {"organisations": Counter(), "roles": Counter()}
        self.proposals: dict[str, str] = {}
        self._seen: dict[tuple[str, str], tuple[int, int]] = {}
        """Address and, in a mailbox of several, who → the row that has it, and how many were read before."""
        self._read_rows = 0
        if not table.lines:
            raise UnreadableFile(list_files.say_no_rows())
        wanted = set(self.columns.values())
        if "address" not in wanted or not ({"name", "last", "first"} & wanted or self._has_names_beside_addresses()):
            raise UnreadableFile(
                gettext(
                    "Er is geen rij met koppen die we kennen. Nodig zijn ‘Naam’ (of ‘Voornaam’ en ‘Achternaam’) en ‘E-mail’."
                )
            )

        if "infix" in wanted and not {"name", "last"} & wanted:
            raise UnreadableFile(
                gettext("Er is een kolom met tussenvoegsels, maar geen met achternamen. In welke kolom staan die?")
            )

    def _has_names_beside_addresses(self) -> bool:
        """Whether the cells of the addresses name people: 'Sanne de Vries <sanne@oss.example>'."""
        place = next(place for place, title in enumerate(self.table.heading) if self.columns.get(title) == "address")
        first = (cells[place] for _, cells in self.table.lines[:BATCH] if place < len(cells))
        return any(each.name for cell in first for each in mail_addresses.read_addresses(cell).recipients)

    def batches(self, start: int = 0) -> Iterator[list[ImportRow]]:
        """Rows from this index on, compared with the people we know, BATCH at a time."""
        for number, row in self.table.lines[:start]:
            self._read(number, row)
        numbered = iter(self.table.lines[start:])
        while lines := list(islice(numbered, BATCH)):
            rows = [self._read(number, line) for number, line in lines]
            import_rows.compare_rows(self.network, rows)
            yield rows

    def _read(self, number: int, line: list[str]) -> ImportRow:
        self._read_rows += 1
        cells: dict[str, str] = {}
        for title, cell in zip(self.table.heading, line, strict=False):
            if (column := self.columns.get(title)) and not says_nothing(cell):
                cells.setdefault(column, names.clean_name(cell))
        # A column 'Titel' beside names is of these more often than of what people do.
        degrees = cells.pop("title") if word_kinds.holds_degrees_alone(cells.get("title", "")) else ""
        row = ImportRow(number, title=cells.get("title", "")[:120])
        _read_phone(row, cells.get("phone", ""))
        if not cells.get("address") and mail_addresses.read_addresses(cells.get("name", "")).recipients:
            # 'Sanne de Vries <sanne@oss.example>' in the cell of the name: both are there.
            cells["address"] = cells.pop("name")
        self._read_name(row, cells, degrees)
        self._read_addresses(row, cells.get("address", ""))
        self._read_organisation(row, cells.get("code", ""), cells.get("organisation", ""))
        self._read_role(row, cells.get("role", ""))
        _read_period(row, cells.get("starts_on", ""), cells.get("ends_on", ""))
        if language := cells.get("language"):
            row.language = _LANGUAGES.get(folding.fold_accents(language))
            if row.language is None:
                row.problems.append(gettext("De taal ‘%(text)s’ kennen we niet. Gebruik nl of en.", text=language[:40]))
        return row

    def _read_name(self, row: ImportRow, cells: dict[str, str], degrees: str) -> None:
        """The name of one column or of three; what was made of it is said where it is not what stands there."""
        parts = [cells.get(part, "") for part in ("first", "infix", "last")]
        whole = cells.get("name", "")
        if not whole and not any(parts):
            # 'Sanne de Vries <sanne@oss.example>' in the cell of the address names somebody as well.
            beside = mail_addresses.read_addresses(cells.get("address", "")).recipients
            whole = beside[0].name if beside else ""
        written = whole or " ".join(part for part in parts if part)
        if not written:
            row.problems.append(_say_no_name(cells.get("address", "")))
            return
        if degrees:
            whole, parts[0] = whole and f"{degrees} {whole}", f"{degrees} {parts[0]}"
            written = f"{degrees} {written}"
        row.reading = name_reading.read_name(written) if whole else name_reading.read_name_parts(*parts)
        row.reading = salutations.called_as(row.reading, cells.get("salutation", ""))
        if row.reading.salutation:
            row.notes.append(gettext("Volgens de aanhef: ‘Dag %(name)s’.", name=row.reading.greeting))
        if told := name_reading.say_how_read(written, row.reading):
            row.notes.append(told)

    def _read_addresses(self, row: ImportRow, text: str) -> None:
        """One address, or more in one cell: the first is the one that mail goes to."""
        if not text:
            row.problems.append(gettext("Er staat geen mailadres."))
            return
        read = mail_addresses.read_addresses(text)
        row.problems += read.refused
        found = list(dict.fromkeys(each.address for each in read.recipients))
        if not found:
            return
        row.address, *row.more_addresses = found
        key = address_reading.address_key(row.address)
        row.is_same = self.chosen["mailboxes"].get(key) == WHOSE_SAME
        row.through = self.chosen["mailboxes"].get(key) == WHOSE_THROUGH or mailboxes.is_office_address(key)
        if row.more_addresses:
            row.notes.append(
                gettext(
                    "Er staan meer adressen. Mail gaat naar %(address)s; de andere bewaren we ook.", address=row.address
                )
            )
        if row.through:
            row.notes.append(
                gettext(
                    "%(address)s lijkt een gedeeld postvak: iedereen die het leest, kan voor deze persoon antwoorden.",
                    address=row.address,
                )
            )
        for address in found:
            key = address_reading.address_key(address)
            who = names.fold_name(row.name) if row.through and address == row.address else ""
            first = self._seen.setdefault((key, who), (row.number, self._read_rows))
            if first != (row.number, self._read_rows):
                row.asks = True
                row.problems.append(_say_shared(row, first[0]))

    def _read_organisation(self, row: ImportRow, code: str, text: str) -> None:
        if not (code or text):
            domain = row.address.rpartition("@")[2]
            row.organisation = None if domain in PUBLIC_DOMAINS else self.finder.of_domain(domain)
            if row.organisation:
                row.notes.append(gettext("%(name)s volgens het mailadres.", name=row.organisation.name))
            return
        found = (self.finder.organisation(code) if code else None) or (self.finder.organisation(text) if text else None)
        name = text or code
        if (
            found is None
            and (organisation_id := self.chosen["organisations"].get(short_names.name_key(name))) is not None
        ):
            found = next((each for each in self.finder.organisations.values() if each.id == organisation_id), None)
            if organisation_id == 0:
                return
        if found is None:
            self._strange(row, "organisations", name, self.finder.near(name))
            return
        row.organisation = lineage.organisation_today(found)
        if row.organisation is not found:
            row.notes.append(gettext("%(old)s is nu %(new)s.", old=found.name, new=row.organisation.name))

    def _read_role(self, row: ImportRow, text: str) -> None:
        row.role = self.finder.role(text or row.title)
        if not text or row.role is not None:
            return
        if chosen := self.chosen["roles"].get(short_names.name_key(text)):
            row.role = self.finder.roles.get(chosen)
            return
        self._strange(row, "roles", text, self.finder.near_role(text))

    def _strange(self, row: ImportRow, which: str, name: str, near: str | None) -> None:
        """A name that we do not know: a problem with a proposal."""
        self.strange[which][name] += 1
        row.asked += 1
        if near:
            self.proposals[name] = near
        hint = gettext("Bedoel je ‘%(name)s’?", name=near) if near else ""
        if which == "organisations":
            problem = gettext("De organisatie ‘%(text)s’ kennen we niet.", text=name[:100])
            hint = hint or gettext("Voeg haar eerst toe bij Organisaties.")
        else:
            problem = gettext("De rol ‘%(text)s’ kennen we niet.", text=name[:60])
        row.problems.append(f"{problem} {hint}".strip())


def plan_import(network: Network, file_name: str, content: bytes, mapping: dict[str, Any] | None = None) -> ImportPlan:
    """Read a list and say what importing it would do; raises UnreadableFile."""
    return plan_table(network, chosen_table(file_name, content, mapping or {}), mapping)


def chosen_table(file_name: str, content: bytes, mapping: dict[str, Any]) -> ListTable:
    """The people of a list, as chosen or guessed; raises UnreadableFile."""
    return list_layout.find_table(list_files.read_sheets(file_name, content), mapping)


def plan_table(network: Network, table: ListTable, mapping: dict[str, Any] | None = None) -> ImportPlan:
    """Say what importing these people would do; raises UnreadableFile."""
    mapping = {**(mapping or {}), "columns": columns_of_table(table, mapping or {})}
    list_layout.pass_over_nameless(table, mapping["columns"])
    table, shared = list_pairs.part_rows(table, mapping["columns"], mapping.get("shared", {}))
    reader = ListReader(network, table, mapping)
    found = ImportPlan(
        table,
        reader.columns,
        shared=shared,
        organisations=reader.strange["organisations"],
        roles=reader.strange["roles"],
        proposals=reader.proposals,
    )
    for rows in reader.batches():
        for row in rows:
            if row.problems:
                found.refused[found.total] = " ".join(row.problems)
            found.counts[row.outcome] += 1
            if row.asks and row.address:
                asked = found.mailboxes.setdefault(address_reading.address_key(row.address), [])
                asked += [row.name] if row.name and row.name not in asked else []
            shown = found.rows.setdefault(row.outcome, [])
            if len(shown) < SHOWN:
                shown.append(row)
            if row.notes and not row.problems and len(found.noted) < SHOWN:
                found.noted.append(row)
    return found


def settled_table(file_name: str, content: bytes) -> ListTable:
    """The table of a list that was decided on: the first row has the headings, every other is a row to carry out."""
    sheet = list_files.read_sheets(file_name, content, list_cells.MOST_ROWS * list_pairs.MOST_PEOPLE)[0]
    (at, heading), *lines = sheet.rows
    return ListTable(sheet.name, at, heading, lines)


def write_table(table: ListTable) -> bytes:
    """A table as the plain list that is carried out, in which nothing is left to guess."""
    return list_files.write_cells([table.heading, *(cells for _, cells in table.lines)])


def write_refused_rows(kind: sheets.TableKind, plan: ImportPlan) -> bytes:
    """The rows that are not right as a table that can be brought in again, with why in a last column."""
    heading, why = plan.table.heading, gettext("Wat er niet klopt")
    width = max(len(heading), *(len(cells) for _, cells in plan.table.lines), 1)
    rows = [
        [*cells, *[""] * (width - len(cells)), plan.refused[place]]
        for place, (_, cells) in enumerate(plan.table.lines)
        if place in plan.refused
    ]
    return sheets.write(kind, sheets.Sheet(why, rows, [*heading, *[""] * (width - len(heading)), why]))


def columns_of_table(table: ListTable, mapping: dict[str, Any]) -> dict[str, str]:
    """What each heading of a table is taken for, as chosen or guessed."""
    return columns_of_heading(table.heading, mapping.get("columns", {}), [cells for _, cells in table.lines[:BATCH]])


def remembered_mapping(network: Network) -> dict[str, Any]:
    """The choices made for the last list of the network that was carried out."""
    last = (
        sa.select(Import.mapping)
        .where(Import.network_id == network.id, Import.state.in_([ImportState.DONE, ImportState.QUEUED]))
        .order_by(Import.id.desc())
        .limit(1)
    )
    last_choices = without_mailboxes(db.session.scalar(last) or {})
    return {key: chosen for key, chosen in last_choices.items() if key not in _OF_ONE_FILE}


def without_mailboxes(mapping: dict[str, Any]) -> dict[str, Any]:
    """The choices that say nothing of anybody: whose an address is, holds for one list."""
    return {name: chosen for name, chosen in mapping.items() if name != "mailboxes"}


def _say_shared(row: ImportRow, first: int) -> str:
    if first != row.number:
        return gettext("Dit mailadres staat ook in rij %(row)s.", row=first)
    return gettext(
        "In deze rij hebben meer mensen het adres %(address)s. Kies hierboven van wie het is.", address=row.address
    )


def _say_no_name(address: str) -> str:
    if address and mailboxes.is_office_address(address):
        return gettext(
            "%(address)s lijkt een gedeeld postvak, en er staat geen naam bij. Zet er de naam bij van wie je wilt bereiken.",
            address=address[:80],
        )
    return gettext("Er staat geen naam.")


def _read_phone(row: ImportRow, text: str) -> None:
    """As it is written; that a number got back the nought which a spreadsheet took is said."""
    row.phone = telephones.read_telephone(text)[: people.LONGEST_PHONE]
    if row.phone == f"0{text}":
        row.notes.append(gettext("Telefoon ‘%(text)s’ lezen we als %(phone)s.", text=text, phone=row.phone))


def _read_period(row: ImportRow, start: str, end: str) -> None:
    for column, text in (("starts_on", start), ("ends_on", end)):
        last = column == "ends_on"
        try:
            day = day_reading.read_day(text, last=last)
        except ValueError:
            row.problems.append(gettext("‘%(text)s’ is geen datum. Schrijf hem als 1-3-2024.", text=text[:40]))
            continue
        setattr(row, column, day)
        if day and day != day_reading.read_day(text, last=not last):
            row.notes.append(gettext("‘%(text)s’ lezen we als %(day)s.", text=text[:40], day=wording.format_day(day)))
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        row.problems.append(gettext("De einddatum ligt voor de begindatum."))
