"""A finished mail as bytes: the shape that mail and calendar programs accept, safe headers included.

multipart/mixed                            only with a calendar part
├─ multipart/alternative                   must be the first child (MS-STANOICAL 2.2.168)
│  ├─ text/plain
│  ├─ text/html                           inside multipart/related when it shows an image
│  └─ text/calendar; method=…              last, base64, without Content-Disposition
└─ application/ics; name="invite.ics"      the same bytes
"""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app import clock
from app.outbox.letters import Letter

_POLICY = SMTP.clone(max_line_length=76)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@dataclass(frozen=True)
class CalendarPart:
    """iCalendar bytes with their METHOD, which must stand in the MIME type too (RFC 6047 section 2.4)."""

    method: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What a domain hands to the outbox: a letter, for whom, from whom."""

    letter: Letter
    recipient: str
    recipient_name: str
    sender_name: str
    reply_to: str | None = None
    calendar: CalendarPart | None = None
    unsubscribe_url: str | None = None
    list_name: str | None = None
    """slug and name of the network, as 'slug Name'."""
    feedback: str | None = None


def clean(text: str) -> str:
    """Text for a header: no line breaks or other control characters."""
    return _UNSAFE.sub(" ", text).strip()


def build(mail: Mail, sender: str, message_id: str) -> bytes:
    """The bytes of a mail from `sender`, complete with headers (RFC 5322, 3834, 2919, 2369, 8058)."""
    message = EmailMessage(policy=_POLICY)
    domain = sender.rpartition("@")[2]
    message["From"] = _address(mail.sender_name, sender)
    message["To"] = _address(mail.recipient_name, mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = _address(mail.sender_name, mail.reply_to)
    message["Subject"] = clean(mail.letter.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply, RN, NRN"
    if mail.list_name:
        slug, _, name = mail.list_name.partition(" ")
        message["List-Id"] = f"{_phrase(name)} <{slug}.{domain}>"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.feedback:
        message["Feedback-ID"] = f"{mail.feedback}:leerkring"
    message.set_content(mail.letter.text, cte="quoted-printable")
    message.add_alternative(mail.letter.html, subtype="html", cte="quoted-printable")
    for name, image in mail.letter.images.items():
        message.get_payload()[1].add_related(image, "image", "png", cid=f"<{name}>", filename=f"{name}.png")
    if mail.calendar:
        _attach_calendar(message, mail.calendar)
    return message.as_bytes()


def _attach_calendar(message: EmailMessage, part: CalendarPart) -> None:
    message.add_alternative(part.content.decode(), subtype="calendar", params={"method": part.method}, cte="base64")
    message.add_attachment(part.content, "application", "ics", filename="invite.ics", params={"name": "invite.ics"})


def _address(name: str, address: str) -> Address:
    return Address(display_name=clean(name), addr_spec=address)


def _phrase(name: str) -> str:
    return '"' + clean(name).replace("\\", "").replace('"', "") + '"'
