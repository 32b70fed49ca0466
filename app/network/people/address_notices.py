"""A change of somebody's mail addresses is kept, and the address that their mail went to is told, whoever made it.

Whatever writes addresses does so inside `changing_addresses` (network/people/mail_addresses.py), so no door can forget it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from app import clock, tokens, urls
from app.database import db, rows_changed
from app.network.people.models import AddressChange, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.signals import Signal
from app.tokens import Purpose
from app.words import Refusal

UNDOABLE = timedelta(days=14)
moved = Signal(
    "Somebody's mail goes elsewhere from now on, or their mailbox is one of others too; sent with the person, and with the "
    "addresses, if any, that are mailed no more."
)
_OPEN, _UNDOING = "changing_addresses", "undoing_addresses"
"""In a session: whose addresses are being changed, and whether that takes an earlier change back."""


class PersonGone(Refusal):
    """Somebody was erased, or merged into another, while one was at it."""

    says = _l("Deze persoon is intussen gewist of samengevoegd. Er is niets gewijzigd.")
    tone = "error"
    field = "address"


def lock_person(person: Person) -> None:
    """Let nobody else change who this is or their addresses before this transaction ends. Raises PersonGone."""
    lock_people(person)
    if person.merged_into_id or person.erased_at:
        raise PersonGone


def lock_people(*persons: Person) -> None:
    """Wait for whoever is changing one of them, and read anew who they are; in one order, so that nobody waits in a ring."""
    db.session.flush()
    for person in sorted(persons, key=lambda each: each.id):
        db.session.refresh(person, ["merged_into_id", "erased_at"], with_for_update=True)
        db.session.expire(person, ["addresses"])


@contextmanager
def changing_addresses(person: Person) -> Iterator[None]:
    """Lock somebody, and note and tell what became of their addresses in it; nested, only as a whole. Raises PersonGone.

    Nobody is told of the addresses of a person who is new, and no address that bounces.
    """
    being_changed: list[Person] = db.session.info.setdefault(_OPEN, [])
    if any(each is person for each in being_changed):
        yield
        return
    known = person.id is not None
    if known:
        lock_person(person)
    before = written_addresses(person)
    works = is_working(person)
    being_changed.append(person)
    try:
        yield
    finally:
        being_changed.remove(person)
    if known:
        _note_change(person, before, works)
        if _way_to_reach(written_addresses(person)) != _way_to_reach(before):
            moved.send(person, closed=())


def note_merge(gone: Person, kept: Person, merge_id: int, before: list[list[str]], works: bool) -> None:
    """Keep and tell that the mail of who goes, who had these addresses, goes where that of who is kept does."""
    told, after = preferred_of(before), written_addresses(kept)
    if told is None or preferred_of(after) == told:
        return
    change = AddressChange(person_id=gone.id, before=before, after=after, merge_id=merge_id)
    db.session.add(change)
    db.session.flush()
    if works:
        _plan_notice(gone, change, told)


def is_working(person: Person) -> bool:
    """Whether the preferred address does not bounce."""
    return not any(each.bounced_at for each in person.addresses if each.preferred)


@contextmanager
def undoing() -> Iterator[None]:
    """What changes in it takes a change back, and is told without a way to undo it: that would never end."""
    db.session.info[_UNDOING] = True
    try:
        yield
    finally:
        del db.session.info[_UNDOING]


def is_left_as_changed(change: AddressChange) -> bool:
    """Whether nothing became of somebody's addresses since."""
    return _by_key(written_addresses(change.person)) == _by_key(change.after)


def preferred_of(written: list[list[str]]) -> str | None:
    """The address that mail goes to, among those of before or after a change."""
    return written[0][0] if written and written[0][1] else None


def hide_address(address: str) -> str:
    """An address as who knows it recognises it, and nobody learns it: j…@oss.example."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def forget_old_changes() -> int:
    """Delete changes that are too old to undo. Returns how many."""
    return rows_changed(sa.delete(AddressChange).where(AddressChange.at <= clock.now() - UNDOABLE))


def written_addresses(person: Person) -> list[list[str]]:
    """Somebody's addresses as AddressChange keeps them."""
    rows = sorted(person.addresses, key=lambda each: not each.preferred)
    return [
        [each.address, "preferred" if each.preferred else "", *(["through"] if each.through else [])] for each in rows
    ]


def _way_to_reach(written: list[list[str]]) -> list[str]:
    """The address that mail goes to, and whether others share it."""
    return [each.lower() for each in written[0]] if preferred_of(written) else []


def _by_key(written: list[list[str]]) -> dict[str, str]:
    return {address.lower(): preferred for address, preferred, *_ in written}


def _note_change(person: Person, before: list[list[str]], works: bool) -> None:
    db.session.flush()
    after, told = written_addresses(person), preferred_of(before)
    if told is None or _by_key(after) == _by_key(before):
        return
    change = AddressChange(person_id=person.id, before=before, after=after)
    db.session.add(change)
    db.session.flush()
    if works:
        _plan_notice(person, change, told)


def _plan_notice(person: Person, change: AddressChange, told: str) -> None:
    before, after = ({address for address, *_ in each} for each in (change.before, change.after))
    now, site, kind = preferred_of(change.after), letters.site_name(), MessageKind.ADDRESS_CHANGED
    button: LetterBlock | str = ""
    if not db.session.info.get(_UNDOING):
        link = urls.address_change_url(tokens.make_token(Purpose.ADDRESS_CHANGE, change.id))
        with force_locale(person.language):
            button = LetterBlock.render("button", link=link, label=gettext("Draai dit terug"))
    if change.merge_id:
        before = after = set()
    values = {
        "voornaam": person.call_name,
        "site": site,
        "adres": hide_address(now) if now and now.lower() != told.lower() else "",
        "erbij": ", ".join(hide_address(each) for each in sorted(after - before)),
        "weg": ", ".join(hide_address(each) for each in sorted(before - after)),
        "knop": button,
        "dagen": UNDOABLE.days,
    }
    letter = letters.write_letter(
        letters.letter_source(kind.letter, person.language), values, person.language, {"because": kind.because}
    )
    plan_finished_mail(Mail(letter, told, person.name, site), kind, person_id=person.merged_into_id or person.id)
