"""Taking back a change of mail addresses, by the link in the mail that told of it."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock, tokens
from app.database import db
from app.invitations.models import Invitation
from app.network.imports import merges
from app.network.imports.models import Merge
from app.network.people import address_notices, address_reading, mail_addresses, mailboxes
from app.network.people.models import AddressChange, EmailAddress, Person
from app.tokens import Purpose
from app.words import Refusal


class CannotTakeBack(Refusal):
    """These addresses stay as they are."""

    says = {
        "gone": _l(
            "Je gegevens zijn intussen gewist of samengevoegd met die van iemand anders. Er is niets gewijzigd."
        ),
        "undone": _l("Dit is al teruggedraaid."),
        "changed": _l("Je adressen zijn daarna opnieuw gewijzigd. Er is niets teruggedraaid."),
        "taken": _l("Je oude adres hoort intussen bij iemand anders. Er is niets teruggedraaid."),
    }


def change_of_link(token: str) -> AddressChange | None:
    """The change that a link takes back, for as many days as that can be done."""
    address_change_id, _ = tokens.read_token(Purpose.ADDRESS_CHANGE, token) or (0, 0)
    change = db.session.get(AddressChange, address_change_id)
    return change if change and change.at > clock.now() - address_notices.UNDOABLE else None


def check_undoable(change: AddressChange) -> None:
    """Raises CannotTakeBack."""
    if change.merge_id:
        _check_merge(db.session.get_one(Merge, change.merge_id))
        return
    if change.person.erased_at or change.person.merged_into_id:
        raise CannotTakeBack("gone")
    if change.undone_at is not None:
        raise CannotTakeBack("undone")
    if not address_notices.is_left_as_changed(change):
        raise CannotTakeBack("changed")
    own = (address for address, *more in change.before if "through" not in more)
    if any(mailboxes.is_of_another(address, change.person) for address in own):
        raise CannotTakeBack("taken")


def undo_change(change: AddressChange) -> None:
    """Give somebody the addresses they had before a change, and the preferred one. Raises CannotTakeBack."""
    person = change.person
    if change.merge_id:
        _undo_merge(change)
        return
    try:
        address_notices.lock_person(person)
    except address_notices.PersonGone as gone:
        raise CannotTakeBack("gone") from gone
    db.session.refresh(change)
    check_undoable(change)
    had = [address for address, *_ in change.before]
    with address_notices.undoing(), address_notices.changing_addresses(person):
        for each, *more in change.before:
            mail_addresses.add_address(person, each, through="through" in more)
        mail_addresses.set_address(person, had[0])
        keys = {address_reading.address_key(each) for each in had}
        for address in [each for each in person.addresses if each.key not in keys]:
            _withdraw_links(person, address)
            mail_addresses.drop_address(address)
    change.undone_at = clock.now()


def _check_merge(merge: Merge) -> None:
    if merge.undone_at is not None:
        raise CannotTakeBack("undone")
    if merge.kept.erased_at or merge.kept.merged_into_id or not merge.journal:
        raise CannotTakeBack("gone")


def _undo_merge(change: AddressChange) -> None:
    merge = db.session.get_one(Merge, change.merge_id)
    _check_merge(merge)
    try:
        merges.undo_merge(merge)
    except merges.CannotMerge as no:
        raise CannotTakeBack("undone" if no.problem == "undone" else "gone") from no
    change.undone_at = clock.now()


def _withdraw_links(person: Person, address: EmailAddress) -> None:
    """Whoever reads an address that was not somebody's opens nothing that was mailed there."""
    person.preferences_version = person.preferences_version % 255 + 1
    person.feed_version += 1
    mailed_there = sa.select(Invitation).where(Invitation.address_id == address.id)
    for invitation in db.session.scalars(mailed_there):
        invitation.token_version = invitation.token_version % 255 + 1
