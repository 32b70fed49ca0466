"""Who is behind a mail address: the one question that every door asks, and the only place that looks people up by it.

An address of one's own is one person's. A mailbox of an office (griffie@) is nobody's own, and further people may be
reached through somebody else's: a secretary's, a partner's. Each of them is a person with an own name, link, seat and
calendar. Where a mailbox has several, a name tells which of them is meant, and nothing is guessed where it does not.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.database import db
from app.network.people import names
from app.network.people.address_reading import address_key
from app.network.people.models import EmailAddress, Person, Position
from app.network.people.name_words import OFFICE_MAILBOXES
from app.words import Refusal


class WhoIsMeant(Refusal):
    """Several people are behind an address, and the name tells none of them."""

    says = _l("Meer mensen lezen mail op %(address)s. Schrijf erbij wie je bedoelt: Naam <%(address)s>.")
    field = "address"


@dataclass(frozen=True)
class Mailbox:
    """An address and everybody who is behind it."""

    address: str
    owner: Person | None = None
    """Whose own address it is; nobody's when it is an office's, or not known."""
    others: list[Person] = field(default_factory=list)
    """Who are reached through it, in the order in which they were added."""

    @property
    def everybody(self) -> list[Person]:
        return [self.owner, *self.others] if self.owner else self.others

    @property
    def shared(self) -> bool:
        """Whether more people than one may be behind it."""
        return is_office_address(self.address) or bool(self.others)

    def named(self, name: str) -> Person | None:
        """Who of them has this name, written in full or with less of it; nobody when it fits two."""
        exact = [each for each in self.everybody if _words_of(name) == _words_of(each.name)]
        alike = exact or [each for each in self.everybody if may_be_named(each, name)]
        return alike[0] if len(alike) == 1 else None

    def meant(self, name: str, *, through: bool = False) -> Person | None:
        """Who of them somebody means who types this name with the address; None for one who is new.

        `through` says that it is not their own address. A new name at somebody's own address is that person, as long as
        nobody says otherwise: people write their names in many ways. Raises WhoIsMeant for a name that says nothing.
        """
        if found := self.named(name):
            return found
        if not name.strip() or "@" in name:
            return self._only()
        if through or (self.owner is None and self.shared) or is_office_address(self.address):
            return None
        return self.owner

    def _only(self) -> Person | None:
        if self.owner is None and len(self.others) > 1:
            raise WhoIsMeant(address=self.address)
        return next(iter(self.everybody), None)


def who_is_behind(address: str) -> Mailbox:
    """Everybody who is reached at an address."""
    return who_are_behind([address])[address_key(address)]


def who_are_behind(addresses: Collection[str], *options: ORMOption) -> dict[str, Mailbox]:
    """Everybody who is reached at each of these addresses, by address_key; in one query."""
    found = {address_key(each): Mailbox(address_key(each)) for each in addresses}
    owners: dict[str, Person] = {}
    wanted = sa.select(EmailAddress.key, EmailAddress.through, Person).join(Person, Person.id == EmailAddress.person_id)
    rows = wanted.where(EmailAddress.key.in_(found)).order_by(EmailAddress.id).options(*options)
    for key, through, person in db.session.execute(rows):
        if through:
            found[key].others.append(person)
        else:
            owners[key] = person
    return {key: Mailbox(key, owners.get(key), box.others) for key, box in found.items()}


WITH_DETAILS = (selectinload(Person.positions).joinedload(Position.organisation), selectinload(Person.addresses))
"""What of people is loaded along where many are looked up."""


def find_owner(address: str) -> Person | None:
    """Whose own address this is."""
    return who_is_behind(address).owner


def find_meant(name: str, address: str, *, through: bool = False) -> Person | None:
    """Whom somebody means who types this name with this address; None for one who is new, or where it is not sure."""
    try:
        return who_is_behind(address).meant(name, through=through)
    except WhoIsMeant:
        return None


def is_of_another(address: str, person: Person) -> bool:
    """Whether this is the own address of somebody else, and of no office."""
    if is_office_address(address):
        return False
    owner = find_owner(address)
    return owner is not None and owner.id != person.id


def rows_of(address: str) -> list[EmailAddress]:
    """The address as each of those behind it has it: what a mail server says of it holds for all."""
    return list(db.session.scalars(sa.select(EmailAddress).where(EmailAddress.key == address_key(address))))


def bounce_of(address: str) -> EmailAddress | None:
    """The address as somebody has it for whom it does not work."""
    return next((each for each in rows_of(address) if each.bounced_at), None)


def is_own(address: EmailAddress) -> bool:
    """Whether an address is somebody's own: it says who they are, and goes with them when they are erased."""
    return not address.through and not is_office_address(address.key)


KEYS_OF_PERSON = sa.select(EmailAddress.key).where(EmailAddress.person_id == sa.bindparam("person_id"))
"""All addresses of somebody, also those at which others are reached, for a condition."""


def keys_that_go(person: Person) -> list[str]:
    """The addresses that are about nobody else: one's own, and a mailbox that nobody else is reached through.

    What came from a shared mailbox may be anybody's who is behind it, so it stays theirs.
    """
    keys = [each.key for each in person.addresses if not is_own(each)]
    shared = sa.select(EmailAddress.key).where(EmailAddress.key.in_(keys), EmailAddress.person_id != person.id)
    with_others = set(db.session.scalars(shared)) if keys else set()
    return [each.key for each in person.addresses if is_own(each) or each.key not in with_others]


def reached_through(person: Person) -> list[EmailAddress]:
    """How others are reached through somebody's own addresses."""
    return [row for each in person.addresses if is_own(each) for row in rows_of(each.key) if row.person_id != person.id]


def may_be_named(person: Person, name: str) -> bool:
    """Whether somebody may have written their name so: with less of it, an initial, or how they are called."""
    typed, known = _words_of(name), _words_of(person.name) | _words_of(person.call_name)
    if not typed or not known:
        return False
    few, many = sorted((typed, known), key=len)
    return all(any(_fits(one, other) for other in many) for one in few)


def shares_given_name(person: Person, name: str) -> bool:
    """Whether only the family name differs, as after a marriage."""
    typed, known = names.search_words(name)[:1], names.search_words(person.name)[:1]
    return all(_fits(one, other) for one, other in zip(typed, known, strict=False))


def is_office_address(address: str) -> bool:
    """Whether an address is that of an office rather than of a person: griffie@, info@."""
    return re.split(r"[.+_-]", address_key(address).partition("@")[0])[0] in OFFICE_MAILBOXES


def _words_of(name: str) -> set[str]:
    return set(names.search_words(name))


def _fits(one: str, other: str) -> bool:
    """Whether two words of names may be the same, where one may be an initial."""
    return one == other or (min(len(one), len(other)) == 1 and one[:1] == other[:1])
