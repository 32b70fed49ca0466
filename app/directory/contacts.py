"""Members write to each other without an address being seen: who may, how often, and who wants none of it.

A message is kept and mailed by the clockwork (contact_letters.py): so who is blocked, or writes to somebody whose mail does
not arrive, reads the same as everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, tokens
from app.accounts.models import Account
from app.database import add_once, db, lock_row, rows_changed, too_often
from app.directory import listings, people_shown
from app.directory.models import Block, Contact, ContactState, WritingStop
from app.network import memberships
from app.network.models import Network
from app.network.people import job_positions
from app.network.people.models import Person
from app.tokens import Purpose
from app.words import Refusal

MOST_A_DAY = 5
"""Messages of one person to people who did not write to them first, in all networks together."""
MOST_ANSWERS_A_DAY = 20
LONGEST = 2_000
"""Characters of a message."""
KEPT = timedelta(days=180)
"""How long a message is kept; a report stands as long."""


class CannotWrite(Refusal):
    """This message is not taken."""

    says = {
        "gone": _l("Deze persoon staat niet meer in de lijst. Je bericht is niet verstuurd."),
        "oneself": _l("Dit ben je zelf."),
        "enough": _l("Je schreef vandaag al %(most)d berichten. Morgen kan het weer."),
        "stopped": _l("De organisatoren van dit netwerk lieten je berichten stoppen. Mail hen als dat niet klopt."),
        "archived": _l("Dit netwerk is afgerond. Berichten sturen kan niet meer."),
        "no_member": _l("Een van jullie is geen lid van dit netwerk meer. Je antwoord is niet verstuurd."),
    }
    field = "text"


@dataclass(frozen=True)
class Sender:
    """Who writes, as the reader sees them."""

    name: str
    organisation: str


def write_to(network: Network, sender: Person, listing_id: int, text: str) -> Contact:
    """Keep a message to somebody who is in the list, to be mailed in a moment. Raises CannotWrite."""
    lock_row(sender)  # two at once are counted one after the other
    card = people_shown.find_card(network, listing_id)
    if card is None:
        raise CannotWrite("gone")
    if card.person_id == sender.id:
        raise CannotWrite("oneself")
    _demand_may_write(network, sender)
    _demand_few(sender, MOST_A_DAY, Contact.answers_id.is_(None))
    return _add(Contact(network=network, sender_id=sender.id, recipient_id=card.person_id, text=text))


def count_left(sender: Person) -> int:
    """How many messages somebody may still write today."""
    lately = (Contact.sender_id == sender.id, Contact.created_at > clock.now() - timedelta(days=1))
    written = sa.select(sa.func.count()).where(*lately, Contact.answers_id.is_(None))
    return max(0, MOST_A_DAY - db.session.scalars(written).one())


def answer(contact: Contact, text: str, *, shows_address: bool) -> Contact:
    """Keep the answer of whoever a message went to; their address is in it only when they chose that. Raises CannotWrite."""
    network, sender = contact.network, contact.recipient
    lock_row(sender)
    _demand_may_write(network, sender)
    if not all(listings.is_member(each, network) for each in (sender, contact.sender)):
        raise CannotWrite("no_member")
    _demand_few(sender, MOST_ANSWERS_A_DAY, Contact.answers_id.is_not(None))
    return _add(
        Contact(
            network=network,
            sender_id=sender.id,
            recipient_id=contact.sender_id,
            answers_id=contact.id,
            text=text,
            shows_address=shows_address,
        )
    )


def may_be_mailed(contact: Contact) -> bool:
    """Whether a message may leave now: both are members, and nobody said that it may not."""
    network, people = contact.network, (contact.sender, contact.recipient)
    if network.archived_at or any(each.erased_at or each.merged_into_id for each in people):
        return False
    if not all(listings.is_member(each, network) for each in people) or is_stopped(network, contact.sender_id):
        return False
    if is_blocked(contact.sender_id, by=contact.recipient_id):
        return False
    membership = memberships.find_membership(contact.recipient_id, network.id)
    if membership is None or not membership.gets_mail:
        return False
    return contact.answers_id is not None or people_shown.own_card(network, contact.recipient) is not None


def sender_of(contact: Contact) -> Sender:
    position = job_positions.current_position(contact.sender)
    return Sender(contact.sender.name, position.organisation.name if position else "")


def token_of(contact: Contact) -> str:
    """Of the link in its mail, by which its reader reports or blocks and does nothing else."""
    return tokens.make_token(Purpose.CONTACT, contact.id)


def contact_of_link(token: str) -> Contact | None:
    """The message of a link; None once it is gone, or its reader is not who they were."""
    contact_id, _ = tokens.read_token(Purpose.CONTACT, token) or (0, 0)
    found = db.session.scalar(_WHOLE.where(Contact.id == contact_id, Contact.state == ContactState.SENT))
    return found if found and not found.recipient.erased_at else None


def find_received(person: Person, contact_id: int) -> Contact | None:
    """A message that somebody got."""
    mine = (Contact.recipient_id == person.id, Contact.state == ContactState.SENT)
    return db.session.scalar(_WHOLE.where(Contact.id == contact_id, *mine))


def list_received(person: Person) -> Sequence[Contact]:
    """The latest first."""
    mine = (Contact.recipient_id == person.id, Contact.state == ContactState.SENT)
    return db.session.scalars(_WHOLE.where(*mine).order_by(Contact.id.desc())).all()


def list_written(person: Person) -> Sequence[Contact]:
    """The latest first; whether one was held back does not show."""
    return db.session.scalars(_WHOLE.where(Contact.sender_id == person.id).order_by(Contact.id.desc())).all()


def block(contact: Contact) -> None:
    """Whoever got a message wants no more of whoever wrote it. They never learn this."""
    known = is_blocked(contact.sender_id, by=contact.recipient_id)
    if not known:
        add_once(Block(person_id=contact.recipient_id, blocked_id=contact.sender_id))


def list_blocks(person: Person) -> Sequence[Block]:
    wanted = sa.select(Block).where(Block.person_id == person.id).options(joinedload(Block.blocked))
    return db.session.scalars(wanted.order_by(Block.id)).all()


def end_block(person: Person, block_id: int) -> bool:
    """Let somebody write again; False when there is no such block of theirs."""
    theirs = sa.delete(Block).where(Block.id == block_id, Block.person_id == person.id)
    return rows_changed(theirs.execution_options(synchronize_session="fetch")) > 0


def is_blocked(person_id: int, *, by: int) -> bool:
    wanted = sa.select(Block.id).where(Block.person_id == by, Block.blocked_id == person_id)
    return db.session.scalar(wanted) is not None


def report(contact: Contact) -> None:
    """Let the organisers of the network read this one message, and no other."""
    if contact.reported_at is None:
        contact.reported_at = clock.now()


def list_reported(network: Network) -> Sequence[Contact]:
    """What was reported and waits for an organiser, the longest first."""
    return db.session.scalars(_reported(network).order_by(Contact.reported_at, Contact.id)).all()


def count_reported(network_id: int) -> int:
    counted = sa.select(sa.func.count()).where(Contact.network_id == network_id, *WAITS)
    return db.session.scalars(counted).one()


def find_reported(network: Network, contact_id: int) -> Contact | None:
    return db.session.scalar(_reported(network).where(Contact.id == contact_id))


def settle(contact: Contact) -> None:
    """An organiser is done with a report."""
    contact.settled_at = contact.settled_at or clock.now()


def stop_writing(contact: Contact, account: Account) -> None:
    """Whoever wrote a reported message writes no more in this network, until an organiser lets them."""
    settle(contact)
    if not is_stopped(contact.network, contact.sender_id):
        add_once(WritingStop(network_id=contact.network_id, person_id=contact.sender_id, account_id=account.id))


def is_stopped(network: Network, person_id: int) -> bool:
    wanted = sa.select(WritingStop.id).where(WritingStop.network_id == network.id, WritingStop.person_id == person_id)
    return db.session.scalar(wanted) is not None


def list_stops(network: Network) -> Sequence[WritingStop]:
    wanted = sa.select(WritingStop).where(WritingStop.network_id == network.id).options(joinedload(WritingStop.person))
    return db.session.scalars(wanted.order_by(WritingStop.id)).all()


def lift_stop(stop: WritingStop) -> None:
    db.session.delete(stop)


def forget_old_contacts() -> int:
    """Delete messages that were kept long enough. Returns how many."""
    old = sa.delete(Contact).where(Contact.created_at < clock.now() - KEPT)
    return rows_changed(old.execution_options(synchronize_session=False))


_WHOLE = sa.select(Contact).options(
    joinedload(Contact.network), joinedload(Contact.sender), joinedload(Contact.recipient)
)
WAITS = (Contact.reported_at.is_not(None), Contact.settled_at.is_(None))
"""Reported, and nobody of the team looked at it."""


def _reported(network: Network) -> sa.Select[Contact]:
    return _WHOLE.where(Contact.network_id == network.id, *WAITS)


def _demand_may_write(network: Network, sender: Person) -> None:
    if network.archived_at:
        raise CannotWrite("archived")
    if is_stopped(network, sender.id):
        raise CannotWrite("stopped")


def _demand_few(sender: Person, most: int, kind: sa.ColumnElement[bool]) -> None:
    day_ago = clock.now() - timedelta(days=1)
    if too_often(Contact.created_at, day_ago, most, Contact.sender_id == sender.id, kind):
        raise CannotWrite("enough", most=most)


def _add(contact: Contact) -> Contact:
    db.session.add(contact)
    db.session.flush()
    return contact
