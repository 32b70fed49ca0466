"""Delivery reports: of which message they are, and what follows for the address (inbox/report_reading.py reads them)."""

from datetime import timedelta
from email.message import Message as Mail

import sqlalchemy as sa

from app import clock
from app.database import db
from app.inbox import mail_parsing, report_reading
from app.inbox.mail_parsing import AddressToken
from app.inbox.models import Bounce, BounceKind, IncomingMail
from app.inbox.report_reading import DeliveryReport
from app.network.people import mail_addresses
from app.outbox import message_states
from app.outbox.models import Message, MessageState
from app.tokens import Purpose

SOFT_DAYS = 3
SOFT_WITHIN = timedelta(days=14)
MOST_IDS, MOST_ADDRESSES = 50, 5
"""How many of those in a text are looked for."""
MAILED_WITHIN = timedelta(days=7)
"""How long ago a mail may have left that a report names only by its recipient; servers give up after five days."""


def message_reported_on(message: Mail, token: AddressToken | None) -> Message | None:
    """Our message that a report is about: by the address it came to, else by what it brings back or mentions."""
    if token is not None and token.purpose == Purpose.BOUNCE:
        return db.session.get(Message, token.number)
    return message_by_ids(read_original_ids(message)) or message_by_ids(_ids_mentioned(message))


def message_mailed_lately(message: Mail, token: AddressToken | None) -> Message | None:
    """Our last message to the address that a report is about, where nothing else tells which message it is about.

    A report that brings another mail back is about that one, whoever it went to.
    """
    if token is not None or read_original_ids(message):
        return None
    return _last_message_to(report_reading.addresses_reported_on(message))


def message_by_ids(message_ids: list[str]) -> Message | None:
    """Our message among these Message-IDs."""
    return db.session.scalar(sa.select(Message).where(Message.message_id.in_(message_ids))) if message_ids else None


def read_original_ids(message: Mail) -> list[str]:
    """The Message-ID in the mail or headers that a report brings back."""
    found = []
    for part in mail_parsing.mail_parts(message):
        kind = part.get_content_type()
        inside = mail_parsing.children(part)
        if kind in {"message/rfc822", "message/global"} and inside:
            found += mail_parsing.message_ids_in(inside[0], "Message-ID")
        elif kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            found += mail_parsing.message_ids_in(
                mail_parsing.parse_mail(mail_parsing.part_text(part).encode()), "Message-ID"
            )
    return found


def _ids_mentioned(message: Mail) -> list[str]:
    """The Message-IDs in what a report answers and in all of its text."""
    texts = [mail_parsing.part_text(part) for part in mail_parsing.mail_parts(message) if not part.is_multipart()]
    answered = mail_parsing.message_ids_in(message, "In-Reply-To", "References")
    return answered + [found for text in texts for found in mail_parsing.message_ids_of(text)][:MOST_IDS]


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
        address=mail_addresses.address_key(message.recipient),
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
