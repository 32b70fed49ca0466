"""Delivery reports: what they say of which message, and what follows for the address.

Own reading of RFC 3464 first; then flufl.bounce, which knows the forms of many old servers
but takes ordinary mail for bounces too, so it is asked only about mail that came to an
address for bounces or has a null sender (inbox/mail_shapes.py sees to that).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message as Mail

import sqlalchemy as sa

from app import clock
from app.database import db
from app.inbox import mail_parsing
from app.inbox.mail_parsing import AddressToken
from app.inbox.models import Bounce, BounceKind, IncomingMail
from app.network.people import mail_addresses
from app.outbox import message_states
from app.outbox.models import Message, MessageState
from app.tokens import Purpose

HARD = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1"}
"""Codes that are about the address (RFC 3463; Exchange refuses unknown recipients with 5.4.1)."""
_ABOUT_US = re.compile(r"^[45]\.(7\.\d+|3\.4|6\.\d+|4\.\d+)$")
"""Policy, size, content, routing: not the address's fault."""
SOFT_DAYS = 3
SOFT_WITHIN = timedelta(days=14)
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class DeliveryReport:
    """What a report says: which kind of trouble, its code and the server's words."""

    kind: BounceKind
    status: str
    words: str


def read_report(message: Mail) -> DeliveryReport | None:
    """What a mail reports about the delivery of one of ours; None when it is no such report."""
    return _by_standard(message) or _by_experience(message)


def message_reported_on(original_ids: list[str], token: AddressToken | None) -> Message | None:
    """Our message that a report is about: by the address it came to, else by the headers it brings back."""
    if token is not None and token.purpose == Purpose.BOUNCE:
        return db.session.get(Message, token.number)
    return message_by_ids(original_ids)


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


def _by_standard(message: Mail) -> DeliveryReport | None:
    """The fields of a delivery report (RFC 3464 section 2): Action first, then Status, then the server's text."""
    for part in mail_parsing.mail_parts(message):
        if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        for fields in _recipient_groups(part):
            action = mail_parsing.header_text(fields, "Action").lower()
            words = _server_words(fields)
            status = _status_code(words) or _status_code(mail_parsing.header_text(fields, "Status")) or ""
            if action in {"failed", "delayed"}:
                return DeliveryReport(_kind_of_trouble(action, status), status, words or status)
    return None


def _recipient_groups(report: Mail) -> list[Mail]:
    """The groups of fields of a report, one per recipient; the first group is about the whole mail."""
    groups = mail_parsing.children(report)
    if not groups:
        text = str(report.get_payload()).strip()
        groups = [mail_parsing.parse_mail(group.encode()) for group in re.split(r"\r?\n\r?\n", text)]
    return [group for group in groups if group.get("Action")]


def _server_words(fields: Mail) -> str:
    """'smtp; 550 5.1.1 no such user' without the name of the protocol."""
    return mail_parsing.header_text(fields, "Diagnostic-Code").partition(";")[2].strip()[:1000]


def _status_code(text: str) -> str | None:
    found = _CODE.search(text)
    return found[1] if found else None


def _kind_of_trouble(action: str, status: str) -> BounceKind:
    if action == "delayed":
        return BounceKind.DELAYED
    if status in HARD:
        return BounceKind.HARD
    return BounceKind.POLICY if _ABOUT_US.match(status) else BounceKind.SOFT


def _by_experience(message: Mail) -> DeliveryReport | None:
    """A report in a form of its own; its code counts when it has one."""
    from flufl.bounce import all_failures

    try:
        temporary, permanent = all_failures(message)
    except Exception:
        # flufl.bounce 6 stumbles over mail that lacks what it looks for, such as an empty From.
        return None
    if not temporary and not permanent:
        return None
    text = mail_parsing.written_text(message)
    line = next((line.strip() for line in text.splitlines() if _CODE.search(line)), "")
    if status := _status_code(line):
        return DeliveryReport(_kind_of_trouble("failed", status), status, line[:1000])
    kind = BounceKind.HARD if permanent else BounceKind.SOFT
    return DeliveryReport(kind, "", " ".join(text.split())[:300])
