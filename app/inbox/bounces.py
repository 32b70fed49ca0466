"""Delivery reports: of which message they are, and what follows for the address (inbox/report_reading.py reads them)."""

import re
from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.database import db
from app.inbox import mail_parsing
from app.inbox.mail_reading import ReadMail
from app.inbox.models import Bounce, BounceKind, IncomingMail
from app.inbox.report_reading import DeliveryReport
from app.inbox.sender_proof import sender_is_proven
from app.network.people import address_reading, mail_addresses
from app.outbox import message_states
from app.outbox.models import Message, MessageState
from app.tokens import Purpose

SOFT_DAYS = 3
SOFT_WITHIN = timedelta(days=14)
MOST_ADDRESSES = 5
"""How many of those in a report are looked for."""
MAILED_WITHIN = timedelta(days=7)
"""How long ago a mail may have left that a report names only by its recipient; servers give up after five days."""
_SERVERS = re.compile(r"mailer-?daemon|postmaster|microsoftexchange\w*")
"""Names before the @ under which servers report (RFC 2142 section 5, RFC 3464 section 2)."""


def message_reported_on(mail: ReadMail) -> Message | None:
    """Our message that a report is about: by the address it came to, else by what it brings back or mentions."""
    if mail.token is not None and mail.token.purpose == Purpose.BOUNCE:
        return db.session.get(Message, mail.token.row_id)
    return message_by_ids(mail.original_ids) or message_by_ids(mail.mentioned_ids)


def message_mailed_lately(mail: ReadMail) -> Message | None:
    """Our last message to the address that a report is about, where nothing else tells which message it is about.

    A report that brings another mail back is about that one, whoever it went to.
    """
    if mail.token is not None or mail.original_ids:
        return None
    return _last_message_to(mail.addresses)


def is_of_their_server(mail: ReadMail, message: Message) -> bool:
    """Whether a report that knows nothing but an address comes from the mail server of that address.

    Anybody can write such a mail, also about an address of others. So our own server must have found its sender proven,
    and that is who answers for mail at the domain, not anybody with an address there.
    """
    name, _, domain = mail_parsing.sender_of(mail.message)[1].lower().rpartition("@")
    theirs = domain == message.domain or domain.endswith(f".{message.domain}")
    return theirs and _SERVERS.fullmatch(name) is not None and sender_is_proven(mail.message)


def message_by_ids(message_ids: list[str]) -> Message | None:
    """Our message among these Message-IDs."""
    return db.session.scalar(sa.select(Message).where(Message.message_id.in_(message_ids))) if message_ids else None


def _last_message_to(addresses: list[str]) -> Message | None:
    """The last mail that went to the first of these addresses that was mailed in the last days."""
    for address in addresses[:MOST_ADDRESSES]:
        sent = sa.select(Message).where(Message.sent_at > clock.now() - MAILED_WITHIN)
        mine = sent.where(sa.func.lower(Message.recipient) == address, Message.domain == address.rpartition("@")[2])
        if found := db.session.scalar(mine.order_by(Message.sent_at.desc(), Message.id.desc()).limit(1)):
            return found
    return None


def note_report(message: Message, reading: DeliveryReport, mail: IncomingMail | None = None) -> None:
    """Write down what was reported: the state of the message, and what it means for the address."""
    row = Bounce(
        message_id=message.id,
        mail_id=mail and mail.id,
        address=address_reading.address_key(message.recipient),
        kind=reading.kind,
        status=reading.status,
        words=reading.words,
    )
    db.session.add(row)
    if reading.kind == BounceKind.DELAYED:
        message_states.note_message_steps([message.id], MessageState.RETRYING, reading.words)
        return
    message_states.move_messages(MessageState.BOUNCED, Message.id == message.id, words=reading.words)
    db.session.flush()
    if reading.kind == BounceKind.HARD or (reading.kind == BounceKind.SOFT and _bounced_too_often(row.address)):
        mail_addresses.note_bounced_address(message.recipient, reading.words)


def _bounced_too_often(address: str) -> bool:
    """Whether soft trouble came on SOFT_DAYS different days within SOFT_WITHIN."""
    soft = sa.select(Bounce.at).where(Bounce.address == address, Bounce.kind == BounceKind.SOFT)
    recent = db.session.scalars(soft.where(Bounce.at > clock.now() - SOFT_WITHIN))
    return len({clock.to_local(moment).date() for moment in recent}) >= SOFT_DAYS
