"""People: adding, finding by address, changing. The only place that writes names and addresses."""

import sqlalchemy as sa
from blinker import Signal
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError

from app import clock
from app.database import db
from app.network import names
from app.network.models import EmailAddress, Language, Organisation, Person, Position, Role
from app.outbox import queue
from app.outbox.models import Message

UNKNOWN = "Onbekende persoon"
"""The name of who was erased."""

erased = Signal("A person is about to be made unrecognisable; sent with the person.")


class BadAddress(ValueError):
    """Not an e-mail address that mail can be sent to."""


def read_address(text: str) -> str:
    """The address as mail servers take it, an international domain in its ASCII form.

    Raises BadAddress; accents before the @ are refused, since few servers accept them (RFC 6531).
    """
    try:
        checked = validate_email(
            names.clean(text), check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
        )
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from None
    return checked.ascii_email or checked.normalized


def key(address: str) -> str:
    """The form by which an address is unique."""
    return address.lower()


def by_address(address: str) -> Person | None:
    """Who has this address."""
    return db.session.scalar(sa.select(Person).join(EmailAddress).where(EmailAddress.key == key(address)))


def add(
    name: str, address: str | None = None, *, call_name: str = "", language: Language | str = Language.NL
) -> Person:
    """A new person; raises BadAddress."""
    person = Person(language=Language(language), addresses=[], positions=[])
    rename(person, name, call_name)
    if address:
        set_address(person, address)
    db.session.add(person)
    return person


def find_or_add(name: str, address: str, *, language: Language | str = Language.NL) -> Person:
    """Who has this address, or a new person of that name; a known person's name stays. Raises BadAddress."""
    known = by_address(read_address(address))
    if known:
        return known
    try:
        with db.session.begin_nested():
            return add(name, address, language=language)
    except IntegrityError:
        # Somebody else added this address at the same moment.
        return by_address(read_address(address))


def rename(person: Person, name: str, call_name: str = "") -> None:
    person.name = names.clean(name)
    person.call_name = names.clean(call_name) or names.call_name(person.name)
    person.sort_name = names.sort_name(person.name)
    person.search_text = names.plain(f"{person.name} {person.call_name}")


def set_address(person: Person, address: str) -> None:
    """Make this the preferred address; the earlier ones stay known. Raises BadAddress."""
    address = read_address(address)
    for other in person.addresses:
        other.preferred = False
    db.session.flush()
    known = next((each for each in person.addresses if each.key == key(address)), None)
    if known:
        known.address, known.preferred = address, True
    else:
        domain = address.rpartition("@")[2].lower()
        person.addresses.append(EmailAddress(address=address, key=key(address), domain=domain, preferred=True))


def place_at(
    person: Person, organisation: Organisation, role: Role | None = None, title: str = "", **period
) -> Position:
    """Give somebody a position; the same organisation and role is changed rather than doubled."""
    role_code = role.code if role else None
    position = next(
        (
            each
            for each in person.positions
            if each.organisation_id == organisation.id and each.ends_on is None and each.role_code in {role_code, None}
        ),
        None,
    )
    if position is None:
        position = Position(organisation_id=organisation.id)
        person.positions.append(position)
    position.role_code = role_code or position.role_code
    position.title = title or position.title
    for name, day in period.items():
        setattr(position, name, day or getattr(position, name))
    return position


def erase(person: Person) -> None:
    """Make somebody unrecognisable: name, addresses, positions and memberships go, what was counted stays.

    What other domains know of them goes with the signal `erased`, sent while the name is still there.
    """
    erased.send(person)
    queue.forget(Message.person_id == person.id)
    rename(person, UNKNOWN)
    person.search_text, person.erased_at = "", clock.now()
    person.feed_version += 1
    person.preferences_version = person.preferences_version % 255 + 1
    person.positions, person.memberships, person.addresses = [], [], []
    db.session.flush()
