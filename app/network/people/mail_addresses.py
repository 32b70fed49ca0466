"""Mail addresses of people: reading what was typed, adding, preferring, what bounced. The only place that writes them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import QueryableAttribute

from app import clock
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.people import mailboxes
from app.network.people.address_notices import changing_addresses, moved
from app.network.people.address_reading import address_key, split_addresses, unwrap_address
from app.network.people.models import EmailAddress, Person


class BadAddress(ValueError):
    """Not an e-mail address that mail can be sent to."""


@dataclass(frozen=True)
class Recipient:
    """Somebody of a list of addresses; the name is as it stands there, and may be empty."""

    name: str
    address: str


@dataclass(frozen=True)
class AddressList:
    """Who stand in a text, each address once but that of an office, and why the rest of it is nobody."""

    recipients: list[Recipient]
    refused: list[str]


def read_addresses(text: str) -> AddressList:
    """Everybody in a text of lines, semicolons and commas, as a mail program or a spreadsheet gives it."""
    found: dict[str, Recipient] = {}
    refused = []
    for each in split_addresses(text):
        try:
            address = read_address(each.address)
        except BadAddress:
            refused.append(say_what_is_wrong(each.address or each.text))
            continue
        name = each.name if mailboxes.is_office_address(address) else ""
        found.setdefault(f"{address_key(address)} {name}", Recipient(each.name, address))
    if text.strip() and not found and not refused:
        refused.append(say_what_is_wrong(text.strip()))
    return AddressList(list(found.values()), refused)


def lacks_domain(text: str) -> bool:
    """Whether what was typed ends in a name of a machine alone, as in 'piet@oss'."""
    local, _, domain = text.partition("@")
    return bool(local and domain) and "@" not in domain and "." not in domain.strip(".")


def say_what_is_wrong(text: str) -> str:
    """Why mail cannot go to what was typed, for whoever typed it."""
    text = text[:80]
    if lacks_domain(text):
        return gettext("‘%(text)s’ heeft geen domein waar mail naartoe kan.", text=text)
    return gettext("‘%(text)s’ is geen mailadres.", text=text)


@lru_cache(maxsize=20_000)
def read_address(text: str) -> str:
    """The address as mail servers take it, an international domain in its ASCII form.

    Raises BadAddress; accents before the @ are refused, since few servers accept them (RFC 6531).
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(
            unwrap_address(text), check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
        )
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from None
    return checked.ascii_email or checked.normalized


def is_address(column: QueryableAttribute[str], address: str) -> sa.ColumnElement[bool]:
    """Whether a column holds this address, however it is capitalised."""
    return sa.func.lower(column) == address_key(address)


def set_address(person: Person, address: str, *, through: bool = False) -> None:
    """Make this the preferred address; the earlier ones stay known. Raises BadAddress and PersonGone."""
    address = read_address(address)
    with changing_addresses(person):
        preferred = [each for each in person.addresses if each.preferred]
        for other in preferred:
            other.preferred = False
        if preferred:
            db.session.flush()
        known = next((each for each in person.addresses if each.key == address_key(address)), None)
        if known:
            known.address, known.preferred = address, True
        else:
            person.addresses.append(_make_address(address, preferred=True, through=through))
        _keep_apart(person)


def _keep_apart(person: Person) -> None:
    """From now on sessions to come stand beside those of others in the calendar of a mailbox that somebody shares."""
    if person.id is None or not any(each.preferred and each.through for each in person.addresses):
        return
    ahead = sa.select(Event.id).where(Event.ends_at > clock.now())
    theirs = sa.update(Invitation).where(Invitation.person_id == person.id, Invitation.event_id.in_(ahead))
    db.session.execute(theirs.values(uid_apart=True))


def _make_address(address: str, *, preferred: bool, through: bool) -> EmailAddress:
    return EmailAddress(**address_columns(address, preferred=preferred, through=through))


def address_columns(address: str, *, preferred: bool, through: bool) -> dict[str, Any]:
    """What is kept of an address of somebody; what a mail server said of the mailbox holds for all who are behind it."""
    shared = through or mailboxes.is_office_address(address)
    bounced = mailboxes.bounce_of(address) if shared else None
    return {
        "address": address,
        "key": address_key(address),
        "domain": _domain(address),
        "preferred": preferred,
        "through": shared,
        "bounced_at": bounced and bounced.bounced_at,
        "bounce": bounced.bounce if bounced else "",
    }


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def add_address(person: Person, address: str, *, through: bool = False) -> EmailAddress | None:
    """One more address, which is not the preferred one unless it is the first; None when it is somebody else's own.

    `through` says that they are only reached there, as everybody is at an office's. Raises BadAddress and PersonGone.
    """
    address = read_address(address)
    with changing_addresses(person):
        known = next((each for each in person.addresses if each.key == address_key(address)), None)
        if known is None and not through and mailboxes.is_of_another(address, person):
            return None
        if known is None:
            first = not any(each.preferred for each in person.addresses)
            known = _make_address(address, preferred=first, through=through)
            person.addresses.append(known)
    return known


def say_whose(person: Person, address: str, *, through: bool) -> None:
    """Keep whether an address of somebody is theirs, or a mailbox through which they are reached."""
    with changing_addresses(person):
        row = next((each for each in person.addresses if each.key == address_key(address)), None)
        if row is not None:
            row.through = through or mailboxes.is_office_address(address)
            _keep_apart(person)


def prefer_address(address: EmailAddress) -> None:
    """Mail goes to this address from now on. Raises PersonGone."""
    set_address(address.person, address.address)


def drop_address(address: EmailAddress) -> None:
    """Forget an address; the next one becomes the preferred one, and has its invitations from now on. Raises PersonGone."""
    with changing_addresses(address.person):
        if address in address.person.addresses:
            _take_away(address)


def close_mailbox(person: Person) -> None:
    """Nobody is reached any more through the own address of somebody who is erased: it would keep saying who they were.

    Nobody is told: that mail would go to the one who left.
    """
    for address in mailboxes.reached_through(person):
        other, key = address.person, address.key
        _take_away(address)
        moved.send(other, closed=[key])


def _take_away(address: EmailAddress) -> None:
    """Remove an address; the next one becomes the preferred one, and has its invitations."""
    person = address.person
    others = [each for each in person.addresses if each is not address]
    heir = next((each for each in others if each.preferred), others[-1] if others else None)
    invited_there = sa.update(Invitation).where(Invitation.address_id == address.id)
    db.session.execute(invited_there.values(address_id=heir.id if heir else None))
    person.addresses.remove(address)
    db.session.flush()
    if address.preferred and heir:
        heir.preferred = True
        db.session.flush()
        _keep_apart(person)


def note_bounced_address(address: str, words: str) -> None:
    """A mail server said that there is no such address: nobody who is behind it is reached there."""
    for row in mailboxes.rows_of(address):
        if row.bounced_at is None:
            row.bounced_at, row.bounce = clock.now(), words[:300]


def clear_bounce(address: EmailAddress) -> None:
    """Somebody looked: mail may go to this address again, for all who are behind it."""
    for row in mailboxes.rows_of(address.address):
        row.bounced_at, row.bounce = None, ""
