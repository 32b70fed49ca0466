"""What a person sees and corrects of themselves by personal link: addresses that they prove to have, and a full copy."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import addresses, clock, tokens
from app.database import db, too_often
from app.network import people
from app.network.models import AddressClaim, EmailAddress, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import Block
from app.outbox.mime import Mail
from app.outbox.queue import enqueue
from app.rows import plain_row
from app.tokens import Purpose

VALID = timedelta(days=2)
MOST_A_DAY = 5
_LEFT_OUT = {
    "content",
    "journal",
    "before",
    "search_text",
    "sort_name",
    "message_id",
    "claimed_by",
    "claimed_until",
    "key",
}
"""Columns that say nothing about the person, or hold the whole mail."""
_MAILS = {"finished_messages", "sent_notes"}
"""Tables of what was sent, which the person has, and of the moment, which the message says."""


def claim_address(person: Person, address: str) -> None:
    """Mail a link to the new address; it becomes the person's once that is confirmed. Raises people.BadAddress.

    After MOST_A_DAY further ones are dropped unseen, so that nobody can be flooded by it.
    """
    day_ago = clock.now() - timedelta(days=1)
    if too_often(AddressClaim.created_at, day_ago, MOST_A_DAY, AddressClaim.person_id == person.id):
        return
    claim = AddressClaim(person_id=person.id, address=people.read_address(address))
    db.session.add(claim)
    db.session.flush()
    link = addresses.own_address_page(tokens.make(Purpose.ADDRESS, claim.id))
    with force_locale(person.language):
        button = Block.render("button", link=link, label=gettext("Ja, dit is mijn adres"))
    letter = letters.write(
        letters.source(MessageKind.OWN_ADDRESS.letter, person.language),
        {"voornaam": person.call_name, "knop": button, "dagen": VALID.days},
        person.language,
        {"because": MessageKind.OWN_ADDRESS.because},
    )
    enqueue(Mail(letter, claim.address, person.name, letters.site_name()), MessageKind.OWN_ADDRESS, person_id=person.id)


def find_claim(token: str) -> AddressClaim | None:
    number, _ = tokens.read(Purpose.ADDRESS, token) or (0, 0)
    return db.session.scalar(
        sa.select(AddressClaim).where(AddressClaim.id == number, AddressClaim.created_at > clock.now() - VALID)
    )


def confirm_address(claim: AddressClaim) -> EmailAddress | None:
    """Make the claimed address the one that mail goes to; None when it is somebody else's."""
    address = people.add_address(claim.person, claim.address)
    if address is not None:
        db.session.flush()
        people.prefer(address)
    return address


def copy(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored about somebody, by table (GDPR article 15): their rows, those of their invitations, and
    what became of their mails.

    Found by the references in the database itself, so that a new table cannot be forgotten.
    """
    everybody = Person.__table__
    invitations, registrations, messages = (
        db.metadata.tables[name] for name in ("invitations", "registrations", "messages")
    )
    own: dict[sa.FromClause, Any] = {everybody: [person.id]}
    own[invitations] = sa.select(invitations.c.id).where(invitations.c.person_id == person.id)
    own[registrations] = sa.select(registrations.c.id).where(registrations.c.invitation_id.in_(own[invitations]))
    own[messages] = sa.select(messages.c.id).where(messages.c.person_id == person.id)
    found = {"people": _rows(everybody, [everybody.c.id == person.id])}
    for table in db.metadata.sorted_tables:
        ways = [
            column.in_(own[key.column.table])
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table in own and table is not everybody and table.name not in _MAILS
        ]
        if ways and (rows := _rows(table, ways)):
            found[table.name] = rows
    return found


def _rows(table: sa.Table, ways: list[Any]) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in _LEFT_OUT]
    found = db.session.execute(sa.select(*columns).where(sa.or_(*ways))).mappings()
    return [plain_row(row) for row in found]
