"""What a person sees and corrects of themselves by personal link: addresses that they prove to have, and a full copy."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock, tokens, urls
from app.database import db, rows_changed, too_often
from app.network.people import mail_addresses, mailboxes, people
from app.network.people.address_notices import changing_addresses
from app.network.people.models import AddressClaim, EmailAddress, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.rows import plain_row
from app.tokens import Purpose

VALID = timedelta(days=2)
MOST_A_DAY = 5
_LEFT_OUT = {
    "content",
    "journal",
    "imported_people.before",
    "search_text",
    "sort_name",
    "message_id",
    "claimed_by",
    "claimed_until",
    "key",
    "browser_digest",
    "found_by",
    "contacts.state",
    "contacts.reported_at",
    "contacts.settled_at",
    "address_digest",
    "person_sessions.digest",
}
"""Columns that say nothing about the person, or hold the whole mail."""
_OF_OTHERS = {"blocks.blocked_id"}
"""References to somebody that are a secret of who made them: whoever is blocked does not learn it."""
_MAILS = {"finished_messages", "sent_notes"}
"""Tables of what was sent, which the person has, and of the moment, which the message says."""


def claim_address(person: Person, address: str, *, through: bool = False) -> None:
    """Mail a link to the new address; it becomes the person's once that is confirmed. Raises mail_addresses.BadAddress.

    Beyond MOST_A_DAY they are silently dropped, so that nobody can be flooded by it.
    """
    day_ago = clock.now() - timedelta(days=1)
    if too_often(AddressClaim.created_at, day_ago, MOST_A_DAY, AddressClaim.person_id == person.id):
        return
    claim = AddressClaim(person_id=person.id, address=mail_addresses.read_address(address), through=through)
    db.session.add(claim)
    db.session.flush()
    link = urls.confirm_address_url(tokens.make_token(Purpose.ADDRESS, claim.id))
    with force_locale(person.language):
        button = LetterBlock.render("button", link=link, label=gettext("Ja, dit is mijn adres"))
    letter = letters.write_letter(
        letters.letter_source(MessageKind.OWN_ADDRESS.letter, person.language),
        {"voornaam": person.call_name, "knop": button, "dagen": VALID.days},
        person.language,
        {"because": MessageKind.OWN_ADDRESS.because},
    )
    plan_finished_mail(
        Mail(letter, claim.address, person.name, letters.site_name()), MessageKind.OWN_ADDRESS, person_id=person.id
    )


def claim_of_link(token: str) -> AddressClaim | None:
    """The address that a link confirms, as long as it is valid and its person was not merged into another."""
    address_claim_id, _ = tokens.read_token(Purpose.ADDRESS, token) or (0, 0)
    return db.session.scalar(
        sa.select(AddressClaim)
        .join(AddressClaim.person)
        .where(AddressClaim.id == address_claim_id, AddressClaim.created_at > clock.now() - VALID)
        .where(Person.merged_into_id.is_(None))
    )


def confirm_claimed_address(claim: AddressClaim) -> EmailAddress | None:
    """Make the claimed address the one that mail goes to; None when it is somebody else's."""
    with changing_addresses(claim.person):
        address = mail_addresses.add_address(claim.person, claim.address, through=claim.through)
        if address is not None:
            db.session.flush()
            mail_addresses.prefer_address(address)
    return address


def forget_old_claims() -> int:
    """Delete claims whose link is no longer valid. Returns how many."""
    return rows_changed(sa.delete(AddressClaim).where(AddressClaim.created_at < clock.now() - VALID))


def copy_own_data(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored about somebody, by table (GDPR article 15): their rows, those of their invitations, what
    they wrote in a koppel, what stands on their certificates, on which days they are in a course, the slides that they sent,
    what became of their mails and what was noted of talks with them.

    Found by the references in the database itself, so that a new table cannot be forgotten; what they asked to join
    knows only their address.
    """
    everybody = Person.__table__
    invitations, registrations, messages, offices, certificates, enrolments, speakers, listings = (
        db.metadata.tables[name]
        for name in (
            "invitations",
            "registrations",
            "messages",
            "koppel_offices",
            "certificates",
            "enrolments",
            "asked_speakers",
            "listings",
        )
    )
    own: dict[sa.FromClause, Any] = {everybody: [person.id]}
    own[invitations] = sa.select(invitations.c.id).where(invitations.c.person_id == person.id)
    own[registrations] = sa.select(registrations.c.id).where(registrations.c.invitation_id.in_(own[invitations]))
    own[messages] = sa.select(messages.c.id).where(messages.c.person_id == person.id)
    own[certificates] = sa.select(certificates.c.id).where(certificates.c.person_id == person.id)
    own[enrolments] = sa.select(enrolments.c.id).where(enrolments.c.person_id == person.id)
    own[speakers] = sa.select(speakers.c.id).where(speakers.c.person_id == person.id)
    own[listings] = sa.select(listings.c.id).where(listings.c.person_id == person.id)
    own[offices] = sa.select(offices.c.id).where(offices.c.person_id == person.id)
    found = {"people": _own_rows(everybody, [everybody.c.id == person.id])}
    for table in db.metadata.sorted_tables:
        ways = [
            column.in_(own[key.column.table])
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table in own
            and table is not everybody
            and table.name not in _MAILS
            and str(column) not in _OF_OTHERS
        ]
        if ways and (rows := _own_rows(table, ways)):
            found[table.name] = rows
    talks, with_whom = (db.metadata.tables[name] for name in ("contact_moments", "contact_moment_people"))
    with_them = sa.select(with_whom.c.contact_moment_id).where(with_whom.c.person_id == person.id)
    apart = {"join_requests": people.asked_by(person), "contact_moments": talks.c.id.in_(with_them)}
    asked = db.metadata.tables["course_interests"]
    apart["course_interests"] = sa.or_(
        asked.c.person_id == person.id, asked.c.address.in_(mailboxes.keys_that_go(person))
    )
    for name, theirs in apart.items():
        if rows := _own_rows(db.metadata.tables[name], [theirs]):
            found[name] = rows
    return found


def _own_rows(table: sa.Table, ways: list[Any]) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if not _LEFT_OUT & {column.name, f"{table.name}.{column.name}"}]
    found = db.session.execute(sa.select(*columns).where(sa.or_(*ways))).mappings()
    return [plain_row(row) for row in found]
