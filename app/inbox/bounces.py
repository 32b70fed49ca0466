"""Delivery reports: what they say of which message, and what follows for the address.

Own reading of RFC 3464 first; then flufl.bounce, which knows the forms of many old servers
but takes ordinary mail for bounces too, so it is asked only about mail that came to an
address for bounces or has a null sender (inbox/sorting.py sees to that).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message as Mail

import sqlalchemy as sa

from app import clock
from app.database import db
from app.inbox import mails
from app.inbox.mails import Token
from app.inbox.models import Bounce, BounceKind, IncomingMail
from app.network import people
from app.outbox import states
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
class Reading:
    """What a report says: which kind of trouble, its code and the server's words."""

    kind: BounceKind
    status: str
    words: str


def read(message: Mail) -> Reading | None:
    """What a mail reports about the delivery of one of ours; None when it is no such report."""
    return _by_standard(message) or _by_experience(message)


def subject_of(message: Mail, token: Token | None) -> Message | None:
    """Our message that a report is about: by the address it came to, else by the headers it brings back."""
    if token is not None and token.purpose == Purpose.BOUNCE:
        return db.session.get(Message, token.number)
    return about(original_ids(message))


def about(message_ids: list[str]) -> Message | None:
    """Our message among these Message-IDs."""
    return db.session.scalar(sa.select(Message).where(Message.message_id.in_(message_ids))) if message_ids else None


def original_ids(message: Mail) -> list[str]:
    """The Message-ID in the mail or headers that a report brings back."""
    found = []
    for part in mails.parts(message):
        kind = part.get_content_type()
        inside = mails.children(part)
        if kind in {"message/rfc822", "message/global"} and inside:
            found += mails.message_ids(inside[0], "Message-ID")
        elif kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            found += mails.message_ids(mails.parse(mails.content(part).encode()), "Message-ID")
    return found


def note(message: Message, reading: Reading, mail: IncomingMail | None = None) -> None:
    """Write down what was reported: the state of the message, and what it means for the address."""
    row = Bounce(
        message_id=message.id,
        mail_id=mail and mail.id,
        address=people.key(message.recipient),
        kind=reading.kind,
        status=reading.status,
        words=reading.words,
    )
    db.session.add(row)
    if reading.kind == BounceKind.DELAYED:
        states.note([message.id], MessageState.RETRYING, reading.words)
        return
    states.change(MessageState.BOUNCED, Message.id == message.id, words=reading.words)
    db.session.flush()
    if reading.kind == BounceKind.HARD or (reading.kind == BounceKind.SOFT and _too_often(row.address)):
        people.note_bounce(message.recipient, reading.words)


def _too_often(address: str) -> bool:
    """Whether soft trouble came on SOFT_DAYS different days within SOFT_WITHIN."""
    soft = sa.select(Bounce.at).where(Bounce.address == address, Bounce.kind == BounceKind.SOFT)
    recent = db.session.scalars(soft.where(Bounce.at > clock.now() - SOFT_WITHIN))
    return len({clock.local(moment).date() for moment in recent}) >= SOFT_DAYS


def _by_standard(message: Mail) -> Reading | None:
    """The fields of a delivery report (RFC 3464 section 2): Action first, then Status, then the server's text."""
    for part in mails.parts(message):
        if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        for fields in _recipients(part):
            action = mails.header(fields, "Action").lower()
            words = _server_words(fields)
            status = _status(words) or _status(mails.header(fields, "Status")) or ""
            if action in {"failed", "delayed"}:
                return Reading(_kind(action, status), status, words or status)
    return None


def _recipients(report: Mail) -> list[Mail]:
    """The groups of fields of a report, one a recipient; the first group is about the whole mail."""
    groups = mails.children(report)
    if not groups:
        text = str(report.get_payload()).strip()
        groups = [mails.parse(group.encode()) for group in re.split(r"\r?\n\r?\n", text)]
    return [group for group in groups if group.get("Action")]


def _server_words(fields: Mail) -> str:
    """'smtp; 550 5.1.1 no such user' without the name of the protocol."""
    return mails.header(fields, "Diagnostic-Code").partition(";")[2].strip()[:1000]


def _status(text: str) -> str | None:
    found = _CODE.search(text)
    return found[1] if found else None


def _kind(action: str, status: str) -> BounceKind:
    if action == "delayed":
        return BounceKind.DELAYED
    if status in HARD:
        return BounceKind.HARD
    return BounceKind.POLICY if _ABOUT_US.match(status) else BounceKind.SOFT


def _by_experience(message: Mail) -> Reading | None:
    """A report in a form of its own; its code counts when it has one."""
    from flufl.bounce import all_failures

    try:
        temporary, permanent = all_failures(message)
    except Exception:
        # flufl.bounce 6 stumbles over mail that lacks what it looks for, such as an empty From.
        return None
    if not temporary and not permanent:
        return None
    text = mails.text(message)
    line = next((line.strip() for line in text.splitlines() if _CODE.search(line)), "")
    if status := _status(line):
        return Reading(_kind("failed", status), status, line[:1000])
    kind = BounceKind.HARD if permanent else BounceKind.SOFT
    return Reading(kind, "", " ".join(text.split())[:300])
