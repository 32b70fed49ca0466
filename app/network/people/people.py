"""People: adding, changing, erasing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from app import clock
from app.accounts.models import MergeRequest
from app.database import db, only_reading
from app.network import seeing
from app.network.finding import search
from app.network.imports.models import Double, ImportedPerson
from app.network.models import JoinRequest, Membership
from app.network.organisations.models import ContactPerson
from app.network.people import mailboxes, name_reading, names, network_notes
from app.network.people.mail_addresses import address_columns, close_mailbox, read_address, set_address
from app.network.people.models import (
    AddressChange,
    AddressClaim,
    AddressProposal,
    Departure,
    EmailAddress,
    Language,
    Person,
    PersonSession,
    PersonSignIn,
)
from app.network.people.names import PersonName
from app.network.seeing import Viewer
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.models import RARE, Message
from app.signals import Signal
from app.themes import themes

LONGEST_NAME = 120
LONGEST_PHONE = 60
UNKNOWN = "Onbekende persoon"
"""The name of somebody who was erased."""

erasing = Signal(
    "A person is about to be erased: do now, while others may write, what takes long and can be saved; sent with the person."
)
erased = Signal("A person is about to be made unrecognisable; sent with the person.")


def people_of_networks(person_ids: Collection[int], networks: Collection[int] | None) -> list[Person]:
    """These people by family name, as far as they are or were in one of the networks (None: in any)."""
    wanted = sa.select(Person).where(Person.id.in_(person_ids), Person.merged_into_id.is_(None))
    if networks is not None:
        belongs = sa.select(Membership.person_id).where(Membership.network_id.in_(networks))
        wanted = wanted.where(Person.id.in_(belongs))
    return list(db.session.scalars(wanted.order_by(Person.sort_name, Person.id)))


def find_as_they_are(person_ids: Collection[int]) -> list[Person]:
    """These people by id as we know them now: who was merged meanwhile is who they became; nobody who was erased."""
    found = db.session.scalars(sa.select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)).all()
    into = {each.merged_into_id for each in found if each.merged_into_id is not None}
    return [each for each in found if each.merged_into_id is None and each.erased_at is None] + [
        each for each in (find_as_they_are(into) if into else []) if each not in found
    ]


def seen_of(person_ids: Collection[int], viewer: Viewer) -> set[int]:
    """Those of these people whom the viewer sees."""
    return set(db.session.scalars(sa.select(Person.id).where(Person.id.in_(person_ids), seeing.people(viewer))))


def add_person(
    name: str | PersonName,
    address: str | None = None,
    *,
    call_name: str = "",
    language: Language | str = Language.NL,
    through: bool = False,
) -> Person:
    """A new person; `through` says that the mailbox is somebody else's, or an office's. Raises BadAddress."""
    person = Person(language=Language(language), addresses=[], positions=[])
    rename_person(person, name, call_name)
    if address:
        set_address(person, address, through=through)
    db.session.add(person)
    return person


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is nobody we know, with the address that their mail goes to; `through` as in `add_person`."""

    name: PersonName
    address: str
    language: Language
    phone: str
    through: bool


def add_people(newcomers: Sequence[Newcomer]) -> list[int]:
    """The same of many at once, in as many statements however many they are. Returns their ids in this order."""
    if not newcomers:
        return []
    rows = [
        {"language": each.language, "phone": each.phone, **_name_columns(each.name, "", each.language)}
        for each in newcomers
    ]
    ids = list(db.session.scalars(_ADDING, rows))
    addresses = [
        {"person_id": number, **address_columns(read_address(each.address), preferred=True, through=each.through)}
        for number, each in zip(ids, newcomers, strict=True)
    ]
    db.session.execute(sa.insert(EmailAddress).returning(EmailAddress.id), addresses)
    search.index_people({number: f"{row['name']} {row['call_name']}" for number, row in zip(ids, rows, strict=True)})
    return ids


_ADDING = sa.insert(Person).returning(Person.id, sort_by_parameter_order=True)


def find_or_add_person(
    name: str, address: str, *, language: Language | str = Language.NL, through: bool = False
) -> Person:
    """Who is meant by this name at this address, or a new person; a known person's name stays.

    `through` says that the mailbox is somebody else's, or an office's. Raises BadAddress and mailboxes.WhoIsMeant.
    """
    address = read_address(address)
    box = mailboxes.who_is_behind(address)
    if known := box.meant(name, through=through):
        return known
    try:
        with db.session.begin_nested():
            return add_person(name, address, language=language, through=through or box.shared)
    except IntegrityError:
        # Somebody else added this address at the same moment.
        known = mailboxes.find_meant(name, address, through=through)
        if known is None:
            raise
        return known


def rename_person(person: Person, name: str | PersonName, call_name: str = "", *, by_owner: bool = False) -> None:
    """Keep a name as it is read, or as a reader of lists had it; one that did not change stays as it was kept.

    `by_owner` leaves capitals as they are typed.
    """
    if person.name and name in {person.name, full_name(person)} and names.clean_name(call_name) == person.call_name:
        return
    read = name_reading.read_name(name, by_owner=by_owner) if isinstance(name, str) else name
    for column, value in _name_columns(read, call_name, person.language or Language.NL).items():
        setattr(person, column, value)


def _name_columns(read: PersonName, call_name: str, language: Language) -> dict[str, str]:
    """What is kept of a name."""
    name = read.name[:LONGEST_NAME]
    with force_locale(language):
        called = names.clean_name(call_name) or read.greeting
    return {
        "name": name,
        "titles": read.all_titles,
        "call_name": called,
        "sort_name": read.sort_key,
        "search_text": names.fold_name(f"{name} {called}")[:200],
    }


def full_name(person: Person) -> str:
    """The name with its titles, as a form shows it to be changed."""
    return names.write_with_titles(person.name, person.titles or "")


def kept_name(person: Person) -> dict[str, str]:
    """A name as it is kept, to put back later."""
    return {name: getattr(person, name) for name in ("name", "call_name", "titles", "sort_name")}


def put_name_back(person: Person, before: Mapping[str, str]) -> None:
    """Undo: the name as it was kept, whatever a reader would make of it."""
    person.name, person.call_name, person.titles = before["name"], before["call_name"], before.get("titles", "")
    person.sort_name = before.get("sort_name") or name_reading.read_name(person.name, by_owner=True).sort_key
    person.search_text = names.fold_name(f"{person.name} {person.call_name}")[:200]


def set_themes(person: Person, theme_ids: Collection[str | int]) -> None:
    """Keep these themes, by id, as what somebody is interested in."""
    person.themes = themes.load_themes(theme_ids)


ASKED_MAILS = (
    MessageKind.JOIN,
    MessageKind.JOIN_GRANTED,
    MessageKind.JOIN_REFUSED,
    MessageKind.NEXT_ASKED,
    MessageKind.NEXT_EDITION,
)
"""Written to an address before it is known whose it is."""


def erase_person(person: Person, first: Callable[[Person], object] | None = None) -> bool:
    """Make somebody unrecognisable: name, addresses, positions and memberships go, what was counted stays.

    What is pending is saved, and what takes long is done (signal `erasing`); only then the person is locked, `first` is
    done, and what other domains know of them goes (signal `erased`) while the name is still there. False when somebody
    else erased them meanwhile.
    """
    erasing.send(person)
    with only_reading():
        newest = db.session.scalar(sa.select(sa.func.max(Message.id))) or 0
        asked_mails = _asked_mails(mailboxes.keys_that_go(person))
    message_queue.let_nobody_save()
    if _lock_living(person.id) is None:
        return False
    if first:
        first(person)
    merged = sa.select(Person.name).where(Person.merged_into_id == person.id)
    known_by = " ".join([person.name, person.call_name, *db.session.scalars(merged)])
    addresses = mailboxes.keys_that_go(person)
    db.session.execute(sa.delete(JoinRequest).where(asked_by(person)))
    others = {each.person_id for each in mailboxes.reached_through(person)}
    close_mailbox(person)
    erased.send(person)
    message_queue.blank_messages(Message.person_id == person.id)
    if asked := [*asked_mails, *_asked_mails(addresses, newest)]:
        message_queue.blank_messages(Message.id.in_(asked))
    rename_person(person, UNKNOWN)
    person.search_text, person.phone, person.erased_at = "", "", clock.now()
    network_notes.forget_notes(person)
    person.feed_version += 1
    person.preferences_version = person.preferences_version % 255 + 1
    person.positions, person.memberships, person.addresses, person.themes = [], [], [], []
    for table, condition in (
        (ContactPerson, ContactPerson.person_id == person.id),
        (Double, sa.or_(Double.first_id == person.id, Double.second_id == person.id)),
        (MergeRequest, sa.or_(MergeRequest.kept_id == person.id, MergeRequest.gone_id == person.id)),
    ):
        db.session.execute(sa.delete(table).where(condition))
    if others:
        message_queue.blank_messages(Message.person_id.in_(others), sa.func.lower(Message.recipient).in_(addresses))
    forget_addresses(person)
    db.session.flush()
    search.forget_unused_words(known_by)
    return True


def _asked_mails(addresses: Iterable[str], after: int = 0) -> list[int]:
    """Ids of mails to these addresses that were written before it was known whose they are."""
    to_them = sa.func.lower(Message.recipient).in_(addresses)
    return list(
        db.session.scalars(
            sa.select(Message.id).where(RARE, Message.id > after, Message.kind.in_(ASKED_MAILS), to_them)
        )
    )


def asked_by(person: Person) -> sa.ColumnElement[bool]:
    """The condition on JoinRequest that somebody asked it: it knows no person, but an address and a name."""
    keys = [each.key for each in person.addresses]
    shared = set(keys).difference(mailboxes.keys_that_go(person))
    address = sa.func.lower(JoinRequest.address)
    return sa.or_(address.in_(set(keys) - shared), address.in_(shared) & (JoinRequest.name == person.name))


def _lock_living(person_id: int) -> Person | None:
    """Somebody, locked and read anew, once who wrote of them meanwhile is done; None when they were erased."""
    wanted = sa.select(Person).where(Person.id == person_id, Person.erased_at.is_(None)).with_for_update(of=Person)
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


def forget_addresses(person: Person) -> None:
    """Delete what was kept of somebody's addresses and sign-ins beside the addresses themselves, also of who went up in another."""
    for table in (AddressChange, AddressProposal, AddressClaim, Departure, PersonSession, PersonSignIn):
        db.session.execute(sa.delete(table).where(table.person_id == person.id))
    listed = sa.update(ImportedPerson).where(ImportedPerson.person_id == person.id)
    db.session.execute(listed.values(before={}).execution_options(synchronize_session=False))
