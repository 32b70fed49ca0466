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
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.database import db
from app.network.imports import import_rows, list_files
from app.network.imports.import_rows import ImportRow, RowOutcome
from app.network.imports.list_files import UnreadableFile
from app.network.imports.models import Import, ImportState
from app.network.models import Network
from app.network.organisations import lineage
from app.network.organisations.organisations import PUBLIC_DOMAINS, OrganisationFinder
from app.network.people import address_reading, mail_addresses, mailboxes, name_reading, names
from app.network.people.models import Language
from app.words import Worded

BATCH = 500
WHOSE_SAME, WHOSE_THROUGH = "same", "through"
"""What an organiser says of an address: it is of the same person, or several are reached through it."""
SHOWN = 200
"""Rows of each outcome that the dry run shows."""
_LANGUAGES = {
    "nl": Language.NL,
    "nederlands": Language.NL,
    "dutch": Language.NL,
    "en": Language.EN,
    "engels": Language.EN,
    "english": Language.EN,
}


class Column(Worded):
    """What a column can be, with the headings by which it is known."""

    NAME = "name", _l("Naam"), {"naam", "volledige naam", "name", "deelnemer", "contactpersoon"}
    FIRST = "first", _l("Voornaam"), {"voornaam", "roepnaam", "first name", "firstname"}
    INFIX = "infix", _l("Tussenvoegsel"), {"tussenvoegsel", "tussenvoegsels", "tussenv", "tv"}
    LAST = "last", _l("Achternaam"), {"achternaam", "last name", "lastname", "familienaam"}
    ADDRESS = (
        "address",
        _l("Mailadres"),
        {"e-mail", "email", "e-mailadres", "emailadres", "mail", "mailadres", "e-mail adres", "email address"},
    )
    ORGANISATION = (
        "organisation",
        _l("Organisatie"),
        {"organisatie", "gemeente", "organisation", "organization", "bedrijf", "instelling", "werkgever"},
    )
    CODE = "code", _l("Gemeentecode"), {"gemeentecode", "cbs-code", "cbs code", "code"}
    ROLE = "role", _l("Rol"), {"rol", "soort functie", "role", "doelgroep"}
    TITLE = "title", _l("Functie"), {"functie", "functietitel", "titel", "position", "job title"}
    LANGUAGE = "language", _l("Taal"), {"taal", "language"}
    STARTS_ON = "starts_on", _l("Vanaf"), {"vanaf", "sinds", "begindatum", "startdatum", "in functie sinds", "from"}
    ENDS_ON = "ends_on", _l("Tot en met"), {"tot", "tot en met", "t/m", "einddatum", "until"}

    headings: set[str]

    def __init__(self, value: str, words: LazyString, headings: set[str]):
        super().__init__(value, words)
        self.headings = headings


@dataclass
class ImportPlan:
    """What importing a list would do: counts, the first rows of each outcome, and what is not known."""

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
        return [heading for heading, column in self.columns.items() if not column]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    new = property(lambda self: self.counts[RowOutcome.NEW])
    changed = property(lambda self: self.counts[RowOutcome.CHANGED])
    same = property(lambda self: self.counts[RowOutcome.SAME])
    wrong = property(lambda self: self.counts[RowOutcome.WRONG])


class ListReader:
    """Reads one list with an organiser's choices; raises UnreadableFile when it is none, or has no columns we need."""

    def __init__(self, network: Network, file_name: str, content: bytes, mapping: dict[str, Any] | None = None):
        mapping = mapping or {}
        self.network = network
        self.heading, *self.lines = list_files.read_list_rows(file_name, content)
        self.columns = columns_of_heading(self.heading, mapping.get("columns", {}))
        self.chosen = {key: mapping.get(key, {}) for key in ("organisations", "roles", "mailboxes")}
        self.finder = OrganisationFinder()
        self.strange: dict[str, Counter[str]] = {"organisations": Counter(), "roles": Counter()}
        self.proposals: dict[str, str] = {}
        self._seen: dict[tuple[str, str], int] = {}
        wanted = set(self.columns.values())
        if "address" not in wanted or not {"name", "last", "first"} & wanted:
            raise UnreadableFile(
                gettext(
                    "De eerste rij heeft geen koppen die we kennen. Nodig zijn ‘Naam’ (of ‘Voornaam’ en ‘Achternaam’) en ‘E-mail’."
                )
            )

    def batches(self, start: int = 0) -> Iterator[list[ImportRow]]:
        """Rows from this index on, compared with the people we know, BATCH at a time."""
        for row in self.lines[:start]:
            self._read(0, row)
        numbered = iter(enumerate(self.lines[start:], start + 2))
        while lines := list(islice(numbered, BATCH)):
            rows = [self._read(number, line) for number, line in lines]
            import_rows.compare_rows(self.network, rows)
            yield rows

    def _read(self, number: int, line: list[str]) -> ImportRow:
        cells: dict[str, str] = {}
        for title, cell in zip(self.heading, line, strict=False):
            if column := self.columns.get(title):
                cells.setdefault(column, names.clean_name(cell))
        row = ImportRow(number, title=cells.get("title", "")[:120])
        self._read_name(row, cells)
        self._read_addresses(row, cells.get("address", ""))
        self._read_organisation(row, cells.get("code", ""), cells.get("organisation", ""))
        self._read_role(row, cells.get("role", ""))
        _read_period(row, cells.get("starts_on", ""), cells.get("ends_on", ""))
        if language := cells.get("language"):
            row.language = _LANGUAGES.get(names.fold_accents(language))
            if row.language is None:
                row.problems.append(gettext("De taal ‘%(text)s’ kennen we niet. Gebruik nl of en.", text=language[:40]))
        return row

    def _read_name(self, row: ImportRow, cells: dict[str, str]) -> None:
        """The name of one column or of three; what was made of it is said where it is not what stands there."""
        parts = [cells.get(part, "") for part in ("first", "infix", "last")]
        written = cells.get("name") or " ".join(part for part in parts if part)
        if not written:
            row.problems.append(gettext("Er staat geen naam."))
            return
        row.reading = name_reading.read_name(written) if cells.get("name") else name_reading.read_name_parts(*parts)
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
            first = self._seen.setdefault((key, who), row.number)
            if first != row.number:
                row.asks = True
                row.problems.append(gettext("Dit mailadres staat ook in rij %(row)s.", row=first))

    def _read_organisation(self, row: ImportRow, code: str, text: str) -> None:
        if not (code or text):
            domain = row.address.rpartition("@")[2]
            row.organisation = None if domain in PUBLIC_DOMAINS else self.finder.of_domain(domain)
            if row.organisation:
                row.notes.append(gettext("%(name)s volgens het mailadres.", name=row.organisation.name))
            return
        found = (self.finder.organisation(code) if code else None) or (self.finder.organisation(text) if text else None)
        name = text or code
        if found is None and name in self.chosen["organisations"]:
            number = self.chosen["organisations"][name]
            found = next((each for each in self.finder.organisations.values() if each.id == number), None)
            if number == 0:
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
        if text in self.chosen["roles"]:
            row.role = self.finder.roles.get(self.chosen["roles"][text])
            return
        self._strange(row, "roles", text, self.finder.near_role(text))

    def _strange(self, row: ImportRow, which: str, name: str, near: str | None) -> None:
        """A name that we do not know: a problem with a proposal."""
        self.strange[which][name] += 1
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
    reader = ListReader(network, file_name, content, mapping)
    found = ImportPlan(
        reader.columns,
        organisations=reader.strange["organisations"],
        roles=reader.strange["roles"],
        proposals=reader.proposals,
    )
    for rows in reader.batches():
        for row in rows:
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


def read_heading(file_name: str, content: bytes) -> list[str]:
    """The first row of a list; raises UnreadableFile."""
    return list_files.read_list_rows(file_name, content)[0]


def remembered_mapping(network: Network) -> dict[str, Any]:
    """The choices made for the last list of the network that was carried out."""
    last = (
        sa.select(Import.mapping)
        .where(Import.network_id == network.id, Import.state.in_([ImportState.DONE, ImportState.QUEUED]))
        .order_by(Import.id.desc())
        .limit(1)
    )
    return without_mailboxes(db.session.scalar(last) or {})


def without_mailboxes(mapping: dict[str, Any]) -> dict[str, Any]:
    """The choices that say nothing of anybody: whose an address is, holds for one list."""
    return {name: chosen for name, chosen in mapping.items() if name != "mailboxes"}


def columns_of_heading(heading: list[str], chosen: dict[str, str]) -> dict[str, str]:
    """Heading → column: as chosen, else by the headings we know; empty for one that we do not know."""
    known = {title: column for column in Column for title in column.headings}
    found: dict[str, str] = {}
    for title in heading:
        plain = " ".join(names.fold_accents(title).replace("*", "").replace("_", " ").split())
        column = chosen.get(title, known.get(plain, ""))
        taken = column in found.values()
        if title:
            found.setdefault(title, "" if taken else column)
    return found


def _read_period(row: ImportRow, start: str, end: str) -> None:
    for column, text in (("starts_on", start), ("ends_on", end)):
        try:
            setattr(row, column, list_files.read_day(text))
        except ValueError:
            row.problems.append(gettext("‘%(text)s’ is geen datum. Schrijf hem als 1-3-2024.", text=text[:40]))
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        row.problems.append(gettext("De einddatum ligt voor de begindatum."))
