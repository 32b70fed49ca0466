"""One row of an imported list, and what would change of the person it is about. Nothing here saves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from app import folding
from app.database import db
from app.network import seeing
from app.network.models import Membership, Network, Standing
from app.network.organisations.models import Organisation
from app.network.people import address_reading, job_positions, mailboxes, people
from app.network.people.mailboxes import Mailbox
from app.network.people.models import Language, Person, Position
from app.network.people.names import PersonName
from app.network.seeing import Viewer
from app.network.vocabulary.models import Role
from app.words import Worded


class RowOutcome(Worded):
    """What importing a row would come to."""

    WRONG = "wrong", _l("Niet goed")
    NEW = "new", _l("Nieuw")
    CHANGED = "changed", _l("Gewijzigd")
    SAME = "same", _l("Hetzelfde")


@dataclass
class ImportRow:
    """One person of the list and what importing it would do."""

    number: int
    """Row in the file, the heading being row 1."""
    reading: PersonName = field(default_factory=PersonName)
    address: str = ""
    more_addresses: list[str] = field(default_factory=list)
    language: Language | None = None
    organisation: Organisation | None = None
    role: Role | None = None
    through: bool = False
    """Whether the address is a mailbox of several, or of somebody else: who is new gets no own address by it."""
    is_same: bool = False
    """Whether the organiser said that whose address it is, is the person of this row, whatever the names."""
    asks: bool = False
    """Whether it has to be said which of the two it is."""
    asked: int = 0
    """How many problems are names that we do not know, which the page asks about once for all rows."""
    title: str = ""
    phone: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    person: Person | None = None
    standing: Standing | None = None
    """How the known person belongs to the network."""
    elsewhere: bool = False
    """Whether the person is known in other networks alone: this list adds them, and neither tells nor changes more."""
    changes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was made of something that is not quite right."""

    @property
    def to_mend(self) -> bool:
        """Whether something is wrong that no question of the page is about."""
        return len(self.problems) > self.asked + self.asks

    @property
    def name(self) -> str:
        return self.reading.name[: people.LONGEST_NAME]

    @property
    def member(self) -> bool:
        return self.standing == Standing.MEMBER

    @property
    def is_newcomer(self) -> bool:
        """Whether it is somebody new with one address, who is added together with others."""
        return self.person is None and not self.more_addresses

    @property
    def outcome(self) -> RowOutcome:
        if self.problems:
            return RowOutcome.WRONG
        if self.person is None:
            return RowOutcome.NEW
        return RowOutcome.CHANGED if self.changes else RowOutcome.SAME


def compare_rows(network: Network, rows: list[ImportRow]) -> None:
    """Find who is known already and what would change about them, in a fixed number of queries per batch."""
    given = [address for row in rows for address in (row.address, *row.more_addresses) if address]
    boxes = mailboxes.who_are_behind(given, *mailboxes.WITH_DETAILS)
    known = {person.id for box in boxes.values() for person in box.everybody}
    standing = sa.select(Membership.person_id, Membership.standing).where(
        Membership.network_id == network.id, Membership.person_id.in_(known)
    )
    standings = dict(db.session.execute(standing).all())
    seen = people.seen_of(known, Viewer(frozenset({network.id})))
    for row in rows:
        owners = {
            person.id: person
            for address in (row.address, *row.more_addresses)
            if address and (person := _find_meant(row, boxes[address_reading.address_key(address)]))
        }
        if len(owners) > 1:
            both = ", ".join(sorted(person.name for person in owners.values()))
            row.problems.append(gettext("Deze adressen horen bij %(names)s. Voeg hen eerst samen.", names=both))
        row.person = next(iter(owners.values()), None)
        if row.person is not None:
            row.standing = standings.get(row.person.id)
            row.elsewhere = row.person.id not in seen
            row.changes = list(_joins(row.person) if row.elsewhere else _changes(row, row.person))
    _point_out_lookalikes(network, [row for row in rows if row.outcome == RowOutcome.NEW])


def _find_meant(row: ImportRow, box: Mailbox) -> Person | None:
    """Who of those behind an address a row is about; a name that nobody there has may be somebody else's, which is asked."""
    found = box.meant(row.name, through=row.through) if row.name else None
    first = box.address == address_reading.address_key(row.address)
    alike = found and (mailboxes.may_be_named(found, row.name) or mailboxes.shares_given_name(found, row.name))
    if found is None or alike or row.is_same or not first:
        return found
    row.asks = True
    row.problems.append(
        gettext(
            "%(address)s is van %(name)s. Is %(other)s dezelfde persoon, of wordt die via dit postvak bereikt? "
            "Kies dat hierboven.",
            address=box.address,
            name=found.name,
            other=row.name,
        )
    )
    return found


def _joins(person: Person) -> Iterator[str]:
    """What a network may know of somebody of another one: name and organisation."""
    now = job_positions.current_position(person)
    place = now.organisation.name if now else gettext("zonder organisatie")
    yield gettext("is in een ander netwerk bekend als %(name)s (%(place)s)", name=person.name, place=place)
    yield gettext("wordt lid van het netwerk")


def _changes(row: ImportRow, person: Person) -> Iterator[str]:
    if renames(row, person):
        yield gettext("naam: %(old)s → %(new)s", old=person.name, new=row.name)
    if row.language and person.language != row.language:
        yield gettext("taal: %(old)s → %(new)s", old=person.language, new=row.language)
    if row.phone and person.phone != row.phone:
        yield gettext("telefoon: %(old)s → %(new)s", old=person.phone or "–", new=row.phone)
    own = {address.key for address in person.addresses}
    for address in (row.address, *row.more_addresses):
        if address_reading.address_key(address) not in own:
            yield gettext("nog een adres: %(address)s", address=address)
    if row.organisation and not any(is_same_position(row, position) for position in person.positions):
        now = job_positions.current_position(person)
        if now and now.organisation_id != row.organisation.id:
            yield gettext(
                "functie bij %(organisation)s (nu: %(now)s)",
                organisation=row.organisation.name,
                now=now.organisation.name,
            )
        else:
            yield gettext("functie bij %(organisation)s", organisation=row.organisation.name)
    if not row.member:
        yield gettext("wordt lid van het netwerk")


def renames(row: ImportRow, person: Person) -> bool:
    """Whether a row gives somebody another name; behind a mailbox the name only tells who is meant."""
    return bool(row.name) and person.name != row.name and not row.through


def is_same_position(row: ImportRow, position: Position) -> bool:
    """Whether somebody has the position of a row already."""
    return (
        row.organisation is not None
        and position.organisation_id == row.organisation.id
        and (row.role is None or position.role_code == row.role.code)
        and (not row.title or position.title == row.title)
        and (row.starts_on is None or position.starts_on == row.starts_on)
        and (row.ends_on is None or position.ends_on == row.ends_on)
    )


def _point_out_lookalikes(network: Network, rows: list[ImportRow]) -> None:
    """Somebody with a new address but a known name may have moved: say so."""
    by_name = {folding.fold_accents(row.name): row for row in rows}
    wanted = (
        sa.select(Person)
        .where(Person.sort_name.in_([row.reading.sort_key for row in rows]), Person.merged_into_id.is_(None))
        .where(seeing.people(Viewer(frozenset({network.id}))))
        .options(selectinload(Person.positions).joinedload(Position.organisation))
    )
    for person in db.session.scalars(wanted) if rows else ():
        row, now = by_name.get(folding.fold_accents(person.name)), job_positions.current_position(person)
        if row is not None:
            place = now.organisation.name if now else gettext("zonder organisatie")
            row.notes.append(
                gettext(
                    "Er is al een %(name)s (%(place)s). Dezelfde? Voeg ze daarna samen bij Dubbele personen.",
                    name=person.name,
                    place=place,
                )
            )
