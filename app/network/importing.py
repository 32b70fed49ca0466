"""Importing people: a plan that says row by row what would happen, and carrying it out.

plan() only reads; apply() writes. Nothing in between is saved, so that an organiser can
look, correct the list and try again.
"""

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from app import clock
from app.database import db
from app.network import memberships, names, people, spreadsheets
from app.network.models import (
    EmailAddress,
    Import,
    Language,
    Membership,
    Network,
    Organisation,
    Person,
    Position,
    Role,
    Standing,
)
from app.network.organisations import Finder
from app.network.spreadsheets import UnreadableFile

HEADINGS = {
    "name": {"naam", "volledige naam", "name", "deelnemer", "contactpersoon"},
    "first": {"voornaam", "roepnaam", "first name", "firstname"},
    "infix": {"tussenvoegsel", "tussenvoegsels", "tussenv", "tv"},
    "last": {"achternaam", "last name", "lastname", "familienaam"},
    "address": {"e-mail", "email", "e-mailadres", "emailadres", "mail", "mailadres", "e-mail adres", "email address"},
    "organisation": {"organisatie", "gemeente", "organisation", "organization", "bedrijf", "instelling", "werkgever"},
    "code": {"gemeentecode", "cbs-code", "cbs code", "code"},
    "role": {"rol", "soort functie", "role", "doelgroep"},
    "title": {"functie", "functietitel", "titel", "position", "job title"},
    "language": {"taal", "language"},
    "starts_on": {"vanaf", "sinds", "begindatum", "startdatum", "in functie sinds", "from"},
    "ends_on": {"tot", "tot en met", "t/m", "einddatum", "until"},
}
_LANGUAGES = {
    "nl": Language.NL,
    "nederlands": Language.NL,
    "dutch": Language.NL,
    "en": Language.EN,
    "engels": Language.EN,
    "english": Language.EN,
}


@dataclass
class Row:
    """One person of the list and what importing it would do."""

    number: int
    """Row in the file, the heading being row 1."""
    name: str = ""
    address: str = ""
    language: Language | None = None
    organisation: Organisation | None = None
    role: Role | None = None
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    person: Person | None = None
    changes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """new, changed, same or wrong."""
        if self.problems:
            return "wrong"
        if self.person is None:
            return "new"
        return "changed" if self.changes else "same"


@dataclass
class Plan:
    """What importing a file into a network would do."""

    network: Network
    rows: list[Row]
    ignored: list[str]
    """Headings that we do not know."""

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def new(self) -> int:
        return self.count("new")

    @property
    def changed(self) -> int:
        return self.count("changed")

    @property
    def same(self) -> int:
        return self.count("same")

    @property
    def wrong(self) -> int:
        return self.count("wrong")


def plan(network: Network, file_name: str, content: bytes) -> Plan:
    """Read a list and say what importing it would do; raises UnreadableFile."""
    heading, *lines = spreadsheets.rows(file_name, content)
    columns = _columns(heading)
    finder = Finder()
    rows = [_read(number, dict(zip(columns, line, strict=False)), finder) for number, line in enumerate(lines, 2)]
    _mark_doubles(rows)
    _compare(network, rows)
    return Plan(
        network, rows, [title for title, column in zip(heading, columns, strict=True) if column is None and title]
    )


def apply(plan: Plan) -> None:
    """Save the good rows of a plan; the organiser has seen the wrong ones."""
    for row in plan.rows:
        if row.outcome in {"wrong", "same"}:
            continue
        person = row.person
        if person is None:
            person = people.add(row.name, row.address, language=row.language or Language.NL)
        else:
            if person.name != row.name:
                people.rename(person, row.name)
            person.language = row.language or person.language
        db.session.flush()
        if row.organisation:
            people.place_at(person, row.organisation, row.role, row.title, starts_on=row.starts_on, ends_on=row.ends_on)
        memberships.join(person.id, plan.network.id)


def keep(network: Network, file_name: str, content: bytes) -> Import:
    """Keep an uploaded list until the organiser decides; an earlier one that waits goes."""
    waiting = sa.delete(Import).where(Import.network_id == network.id, Import.applied_at.is_(None))
    db.session.execute(waiting.execution_options(synchronize_session=False))
    kept = Import(network_id=network.id, file_name=names.clean(file_name)[:200] or "lijst", content=content)
    db.session.add(kept)
    return kept


def decide(kept: Import, plan: Plan) -> None:
    """Carry out the plan of a kept list and forget the file."""
    kept.added, kept.changed, kept.refused = plan.new, plan.changed, plan.wrong
    kept.applied_at, kept.content = clock.now(), None
    apply(plan)


def _columns(heading: list[str]) -> list[str | None]:
    known = {title: column for column, titles in HEADINGS.items() for title in titles}
    columns = [known.get(" ".join(names.plain(title).replace("*", "").replace("_", " ").split())) for title in heading]
    if "address" not in columns or not {"name", "last"} & set(columns):
        raise UnreadableFile(
            gettext(
                "De eerste rij heeft geen koppen die we kennen. Nodig zijn ‘Naam’ (of ‘Voornaam’ en ‘Achternaam’) en ‘E-mail’."
            )
        )
    return columns


def _read(number: int, cells: dict[str | None, str], finder: Finder) -> Row:
    def cell(column: str) -> str:
        return names.clean(cells.get(column) or "")

    row = Row(number, title=cell("title")[:120])
    row.name = (cell("name") or " ".join(part for part in (cell("first"), cell("infix"), cell("last")) if part))[:120]
    if not row.name:
        row.problems.append(gettext("Er staat geen naam."))
    _read_address(row, cell("address"))
    _read_organisation(row, cell("code"), cell("organisation"), finder)
    _read_role(row, cell("role"), finder)
    _read_period(row, cell("starts_on"), cell("ends_on"))
    if cell("language"):
        row.language = _LANGUAGES.get(names.plain(cell("language")))
        if row.language is None:
            row.problems.append(gettext("De taal ‘%(text)s’ kennen we niet. Gebruik nl of en.", text=cell("language")))
    return row


def _read_address(row: Row, text: str) -> None:
    if not text:
        row.problems.append(gettext("Er staat geen mailadres."))
        return
    try:
        row.address = people.read_address(text)
    except people.BadAddress:
        row.problems.append(gettext("‘%(text)s’ is geen mailadres.", text=text[:100]))


def _read_organisation(row: Row, code: str, text: str, finder: Finder) -> None:
    if not (code or text):
        return
    row.organisation = (finder.organisation(code) if code else None) or (finder.organisation(text) if text else None)
    if row.organisation is None:
        near = finder.near(text or code)
        hint = gettext("Bedoel je ‘%(name)s’?", name=near) if near else gettext("Voeg haar eerst toe bij Organisaties.")
        row.problems.append(
            gettext("De organisatie ‘%(text)s’ kennen we niet.", text=(text or code)[:100]) + " " + hint
        )


def _read_role(row: Row, text: str, finder: Finder) -> None:
    row.role = finder.role(text or row.title)
    if text and row.role is None:
        near = finder.near_role(text)
        hint = gettext("Bedoel je ‘%(name)s’?", name=near) if near else ""
        row.problems.append((gettext("De rol ‘%(text)s’ kennen we niet.", text=text[:60]) + " " + hint).strip())


def _read_period(row: Row, start: str, end: str) -> None:
    for column, text in (("starts_on", start), ("ends_on", end)):
        try:
            setattr(row, column, spreadsheets.read_day(text))
        except ValueError:
            row.problems.append(gettext("‘%(text)s’ is geen datum. Schrijf hem als 1-3-2024.", text=text[:40]))
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        row.problems.append(gettext("De einddatum ligt voor de begindatum."))


def _mark_doubles(rows: list[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if row.address and (first := seen.setdefault(people.key(row.address), row.number)) != row.number:
            row.problems.append(gettext("Dit mailadres staat ook in rij %(row)s.", row=first))


def _compare(network: Network, rows: list[Row]) -> None:
    """Find who is known already and what would change of them, in a fixed number of queries a thousand rows."""
    keys = [people.key(row.address) for row in rows if row.address]
    known: dict[str, Person] = {}
    members: set[int] = set()
    for start in range(0, len(keys), 1000):
        wanted = (
            sa.select(EmailAddress.key, Person)
            .join(Person, Person.id == EmailAddress.person_id)
            .where(EmailAddress.key.in_(keys[start : start + 1000]))
            .options(selectinload(Person.positions), selectinload(Person.addresses))
        )
        found = dict(db.session.execute(wanted).all())
        known |= found
        is_member = sa.select(Membership.person_id).where(
            Membership.network_id == network.id,
            Membership.standing == Standing.MEMBER,
            Membership.person_id.in_([person.id for person in found.values()]),
        )
        members |= set(db.session.scalars(is_member))
    for row in rows:
        row.person = known.get(people.key(row.address)) if row.address else None
        if row.person is not None:
            row.changes = list(_changes(row, row.person, row.person.id in members))


def _changes(row: Row, person: Person, member: bool):
    if person.name != row.name and row.name:
        yield gettext("naam: %(old)s → %(new)s", old=person.name, new=row.name)
    if row.language and person.language != row.language:
        yield gettext("taal: %(old)s → %(new)s", old=person.language, new=row.language)
    if row.organisation and not any(_same_position(row, position) for position in person.positions):
        yield gettext("functie bij %(organisation)s", organisation=row.organisation.name)
    if not member:
        yield gettext("wordt lid van het netwerk")


def _same_position(row: Row, position: Position) -> bool:
    return (
        position.organisation_id == row.organisation.id
        and (row.role is None or position.role_code == row.role.code)
        and (not row.title or position.title == row.title)
        and (row.starts_on is None or position.starts_on == row.starts_on)
        and (row.ends_on is None or position.ends_on == row.ends_on)
    )
