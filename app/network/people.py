"""People: adding, finding by address, changing. The only place that writes names and addresses."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import sqlalchemy as sa
from blinker import Signal
from sqlalchemy.exc import IntegrityError

from app import clock
from app.database import db
from app.network import names
from app.network.models import (
    AddressClaim,
    ContactPerson,
    Double,
    EmailAddress,
    ImportedPerson,
    Language,
    Membership,
    Organisation,
    Person,
    Position,
    Role,
    Topic,
)
from app.outbox import queue
from app.outbox.models import Message

UNKNOWN = "Onbekende persoon"
"""The name of who was erased."""

erased = Signal("A person is about to be made unrecognisable; sent with the person.")


class BadAddress(ValueError):
    """Not an e-mail address that mail can be sent to."""


@lru_cache(maxsize=20_000)
def read_address(text: str) -> str:
    """The address as mail servers take it, an international domain in its ASCII form.

    Raises BadAddress; accents before the @ are refused, since few servers accept them (RFC 6531).
    """
    from email_validator import EmailNotValidError, validate_email

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


def of_networks(numbers: Collection[int], networks: Collection[int] | None) -> list[Person]:
    """These people by family name, as far as they are or were in one of the networks (None: in any)."""
    wanted = sa.select(Person).where(Person.id.in_(numbers), Person.merged_into_id.is_(None))
    if networks is not None:
        belongs = sa.select(Membership.person_id).where(Membership.network_id.in_(networks))
        wanted = wanted.where(Person.id.in_(belongs))
    return list(db.session.scalars(wanted.order_by(Person.sort_name, Person.id)))


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
        known = by_address(read_address(address))
        if known is None:
            raise
        return known


def rename(person: Person, name: str, call_name: str = "") -> None:
    person.name = names.clean(name)
    person.call_name = names.clean(call_name) or names.call_name(person.name)
    person.sort_name = names.sort_name(person.name)
    person.search_text = names.plain(f"{person.name} {person.call_name}")


def set_address(person: Person, address: str) -> None:
    """Make this the preferred address; the earlier ones stay known. Raises BadAddress."""
    address = read_address(address)
    preferred = [each for each in person.addresses if each.preferred]
    for other in preferred:
        other.preferred = False
    if preferred:
        db.session.flush()
    known = next((each for each in person.addresses if each.key == key(address)), None)
    if known:
        known.address, known.preferred = address, True
    else:
        fresh = EmailAddress(address=address, key=key(address), domain=_domain(address), preferred=True)
        person.addresses.append(fresh)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def add_address(person: Person, address: str) -> EmailAddress | None:
    """One more address, which is not the preferred one unless it is the first; None when somebody else has it.

    Raises BadAddress.
    """
    address = read_address(address)
    owner = by_address(address)
    if owner is not None and owner.id != person.id:
        return None
    known = next((each for each in person.addresses if each.key == key(address)), None)
    if known is None:
        known = EmailAddress(address=address, key=key(address), domain=_domain(address))
        known.preferred = not any(each.preferred for each in person.addresses)
        person.addresses.append(known)
    return known


def prefer(address: EmailAddress) -> None:
    """Mail goes to this address from now on."""
    set_address(address.person, address.address)


def drop_address(address: EmailAddress) -> None:
    """Forget an address; the next one becomes the preferred one."""
    person = address.person
    person.addresses.remove(address)
    db.session.flush()
    if address.preferred and person.addresses:
        set_address(person, person.addresses[-1].address)


def note_bounce(address: str, words: str) -> None:
    """A mail server said that there is no such address."""
    row = db.session.scalar(sa.select(EmailAddress).where(EmailAddress.key == key(address)))
    if row is not None and row.bounced_at is None:
        row.bounced_at, row.bounce = clock.now(), words[:300]


def works_again(address: EmailAddress) -> None:
    """Somebody looked: mail may go to this address again."""
    address.bounced_at, address.bounce = None, ""


def is_shared(address: str) -> bool:
    """Whether an address is that of an office rather than of a person: griffie@, info@."""
    return re.split(r"[.+_-]", key(address).partition("@")[0])[0] in _OFFICES


_OFFICES = {
    "info", "griffie", "raadsgriffie", "statengriffie", "bestuurssecretariaat", "secretariaat", "gemeente", "post", "postbus",
    "contact", "communicatie", "bestuur", "college", "kabinet", "receptie", "office", "mail", "klantcontact",
}  # fmt: skip


def place_at(
    person: Person, organisation: Organisation, role: Role | None = None, title: str = "", **period: date | None
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


def set_topics(person: Person, numbers: Collection[str | int]) -> None:
    """Keep these themes, by id, as what somebody is interested in."""
    wanted = sa.select(Topic).where(Topic.id.in_([int(number) for number in numbers]))
    person.topics = list(db.session.scalars(wanted.order_by(Topic.place)))


def take_position(
    person: Person,
    organisation: Organisation,
    role: Role | None = None,
    title: str = "",
    starts_on: date | None = None,
    *,
    instead: bool = False,
) -> Position:
    """Give somebody a position; `instead` ends what they hold now, which stays as history."""
    if instead:
        for held in person.positions:
            same = held.organisation_id == organisation.id and held.role_code in {role.code if role else None, None}
            if holds(held) and not same:
                move_on(held, starts_on or clock.today())
    return place_at(person, organisation, role, title, starts_on=starts_on or (clock.today() if instead else None))


def move_on(position: Position, day: date) -> None:
    """A position ends the day before somebody begins elsewhere; what they did there stays where it was."""
    position.ends_on = max(day - timedelta(days=1), position.starts_on or date.min)


def holds(position: Position, day: date | None = None) -> bool:
    """Whether somebody has this position on a day, today by default."""
    day = day or clock.today()
    return (position.starts_on is None or position.starts_on <= day) and (
        position.ends_on is None or position.ends_on >= day
    )


def works_at(person_id: int, day: date | None = None) -> int | None:
    """Id of the organisation where somebody works on a day, today by default; the latest when there are more."""
    return db.session.scalar(_WORKS_AT, {"person_id": person_id, "day": day or clock.today()})


_WORKS_AT = (
    sa.select(Position.organisation_id)
    .where(Position.person_id == sa.bindparam("person_id"))
    .where(sa.or_(Position.starts_on.is_(None), Position.starts_on <= sa.bindparam("day", type_=sa.Date)))
    .where(sa.or_(Position.ends_on.is_(None), Position.ends_on >= sa.bindparam("day", type_=sa.Date)))
    .order_by(Position.starts_on.desc().nulls_last(), Position.id.desc())
    .limit(1)
)


def current(person: Person) -> Position | None:
    """The position somebody has now, the latest when there are more."""
    return next((each for each in reversed(person.positions) if holds(each)), None)


def erase(person: Person) -> None:
    """Make somebody unrecognisable: name, addresses, positions and memberships go, what was counted stays.

    What other domains know of them goes with the signal `erased`, sent while the name is still there.
    """
    erased.send(person)
    queue.forget(Message.person_id == person.id)
    rename(person, UNKNOWN)
    person.search_text, person.erased_at, person.notes = "", clock.now(), ""
    person.feed_version += 1
    person.preferences_version = person.preferences_version % 255 + 1
    person.positions, person.memberships, person.addresses, person.topics = [], [], [], []
    for table, condition in (
        (ContactPerson, ContactPerson.person_id == person.id),
        (Double, sa.or_(Double.first_id == person.id, Double.second_id == person.id)),
        (AddressClaim, AddressClaim.person_id == person.id),
    ):
        db.session.execute(sa.delete(table).where(condition))
    listed = sa.update(ImportedPerson).where(ImportedPerson.person_id == person.id)
    db.session.execute(listed.values(before={}).execution_options(synchronize_session=False))
    db.session.flush()
