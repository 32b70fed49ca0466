"""Mail addresses of people: reading what was typed, adding, preferring, what bounced. The only place that writes them."""

import re
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import QueryableAttribute

from app import clock
from app.database import db
from app.invitations.models import Invitation
from app.network.people.address_notices import changing_addresses
from app.network.people.address_reading import split_addresses, unwrap_address
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
    """Who stand in a text, each address once, and why the rest of it is nobody."""

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
        found.setdefault(address_key(address), Recipient(each.name, address))
    if text.strip() and not found and not refused:
        refused.append(say_what_is_wrong(text.strip()))
    return AddressList(list(found.values()), refused)


def lacks_domain(text: str) -> bool:
    """Whether what was typed ends in a name of a machine alone, as in 'piet@oss'."""
    local, _, domain = text.partition("@")
    return bool(local and domain) and "@" not in domain and "." not in domain.strip(".")


def say_what_is_wrong(text: str) -> str:
    """Why mail cannot go to what was typed, for who typed it."""
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


def address_key(address: str) -> str:
    """The form by which an address is unique."""
    return address.lower()


def is_address(column: QueryableAttribute[str], address: str) -> sa.ColumnElement[bool]:
    """Whether a column holds this address, however it is capitalised."""
    return sa.func.lower(column) == address_key(address)


def find_person_by_address(address: str) -> Person | None:
    """The person with this address."""
    return db.session.scalar(sa.select(Person).join(EmailAddress).where(EmailAddress.key == address_key(address)))


def set_address(person: Person, address: str) -> None:
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
            person.addresses.append(_make_address(address, preferred=True))


def _make_address(address: str, preferred: bool) -> EmailAddress:
    return EmailAddress(address=address, key=address_key(address), domain=_domain(address), preferred=preferred)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def add_address(person: Person, address: str) -> EmailAddress | None:
    """One more address, which is not the preferred one unless it is the first; None when somebody else has it.

    Raises BadAddress and PersonGone.
    """
    address = read_address(address)
    with changing_addresses(person):
        owner = find_person_by_address(address)
        if owner is not None and owner.id != person.id:
            return None
        known = next((each for each in person.addresses if each.key == address_key(address)), None)
        if known is None:
            known = _make_address(address, preferred=not any(each.preferred for each in person.addresses))
            person.addresses.append(known)
    return known


def prefer_address(address: EmailAddress) -> None:
    """Mail goes to this address from now on. Raises PersonGone."""
    set_address(address.person, address.address)


def drop_address(address: EmailAddress) -> None:
    """Forget an address; the next one becomes the preferred one, and has its invitations from now on. Raises PersonGone."""
    person = address.person
    with changing_addresses(person):
        if address not in person.addresses:
            return
        others = [each for each in person.addresses if each is not address]
        heir = next((each for each in others if each.preferred), others[-1] if others else None)
        invited_there = sa.update(Invitation).where(Invitation.address_id == address.id)
        db.session.execute(invited_there.values(address_id=heir.id if heir else None))
        person.addresses.remove(address)
        db.session.flush()
        if address.preferred and heir:
            set_address(person, heir.address)


def note_bounced_address(address: str, words: str) -> None:
    """A mail server said that there is no such address."""
    row = db.session.scalar(sa.select(EmailAddress).where(EmailAddress.key == address_key(address)))
    if row is not None and row.bounced_at is None:
        row.bounced_at, row.bounce = clock.now(), words[:300]


def clear_bounce(address: EmailAddress) -> None:
    """Somebody looked: mail may go to this address again."""
    address.bounced_at, address.bounce = None, ""


def is_office_address(address: str) -> bool:
    """Whether an address is that of an office rather than of a person: griffie@, info@."""
    return re.split(r"[.+_-]", address_key(address).partition("@")[0])[0] in _OFFICES


_OFFICES = {
    "info", "griffie", "raadsgriffie", "statengriffie", "bestuurssecretariaat", "secretariaat", "gemeente", "post", "postbus",
    "contact", "communicatie", "bestuur", "college", "kabinet", "receptie", "office", "mail", "klantcontact",
}  # fmt: skip
