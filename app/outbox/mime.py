"""A finished mail as bytes: the shape that mail and calendar programs accept, safe headers included.

multipart/mixed                            only with a calendar part or files
├─ multipart/alternative                   must be the first child (MS-STANOICAL 2.2.168)
│  ├─ text/plain
│  ├─ text/html                           inside multipart/related when it shows an image
│  └─ text/calendar; method=…              last, base64, without Content-Disposition
└─ application/ics; name="invite.ics"      the same bytes
"""

import base64
import quopri
import re
import secrets
from dataclasses import dataclass
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from typing import Any

from app import clock
from app.outbox.letters import Letter


class _MailPolicy(Compat32):
    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header of a mail; one that fits on its line needs no searching for where to break it."""
        line = f"{name}: {value}" if isinstance(value, str) else ""
        if line.isascii() and line.isprintable() and 0 < len(line) <= (self.max_line_length or 0):
            return f"{line}{self.linesep}".encode()
        return super().fold_binary(name, value)


_POLICY = _MailPolicy(linesep="\r\n", max_line_length=76, mangle_from_=False)
"""The older policy of the standard library: a mail takes a fifth of the time (docs/performance.md)."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@dataclass(frozen=True)
class CalendarPart:
    """iCalendar bytes with their METHOD, which must stand in the MIME type too (RFC 6047 section 2.4)."""

    method: str
    content: bytes


@dataclass(frozen=True)
class SentFile:
    """A file that travels along."""

    name: str
    kind: str
    """Its media type, as application/pdf."""
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
    unsubscribe_address: str | None = None
    """Where a mail does the same, for programs that unsubscribe by mail."""
    list_name: str | None = None
    """slug and name of the network, as 'slug Name'."""
    feedback: str | None = None
    forwarded: bytes | None = None
    """A whole mail that travels along as an attachment (message/rfc822)."""
    files: tuple[SentFile, ...] = ()


def clean_header(text: str) -> str:
    """Text for a header: no line breaks or other control characters."""
    return _UNSAFE.sub(" ", text).strip()


def write_mail_bytes(mail: Mail, sender: str, message_id: str) -> bytes:
    """The bytes of a mail from `sender`, complete with headers (RFC 5322, 3834, 2919, 2369, 8058)."""
    message = _body_parts(mail)
    domain = sender.rpartition("@")[2]
    message["From"] = _address_header(mail.sender_name, sender)
    message["To"] = _address_header(mail.recipient_name, mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = _address_header(mail.sender_name, mail.reply_to)
    message["Subject"] = _header_value(mail.letter.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply, RN, NRN"
    if mail.list_name:
        slug, _, name = mail.list_name.partition(" ")
        message["List-Id"] = f"{_phrase(name)} <{slug}.{domain}>"
    if mail.unsubscribe_url:
        ways = [f"mailto:{mail.unsubscribe_address}?subject=unsubscribe"] if mail.unsubscribe_address else []
        message["List-Unsubscribe"] = ", ".join(f"<{clean_header(way)}>" for way in [*ways, mail.unsubscribe_url])
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.feedback:
        message["Feedback-ID"] = f"{clean_header(mail.feedback)}:leerkring"
    return message.as_bytes(policy=_POLICY)


def _body_parts(mail: Mail) -> Message:
    """The parts of a mail, in the shape that stands at the top of this file."""
    html = _readable(mail.letter.html, "html")
    if mail.letter.images:
        html = _multipart("related", html, *(_image(name, image) for name, image in mail.letter.images.items()))
    parts = [_readable(mail.letter.text, "plain"), html]
    if mail.forwarded is not None:
        return _multipart("mixed", _multipart("alternative", *parts), _whole_mail(mail.forwarded), top=True)
    if mail.files:
        return _multipart("mixed", _multipart("alternative", *parts), *map(_file, mail.files), top=True)
    if mail.calendar is None:
        return _multipart("alternative", *parts, top=True)
    parts.append(_encoded("text", "calendar", mail.calendar.content, charset="utf-8", method=mail.calendar.method))
    twin = _encoded("application", "ics", mail.calendar.content, name="invite.ics")
    twin.add_header("Content-Disposition", "attachment", filename="invite.ics")
    return _multipart("mixed", _multipart("alternative", *parts), twin, top=True)


def _multipart(kind: str, *parts: Message, top: bool = False) -> MIMEMultipart:
    whole = MIMEMultipart(kind, boundary=f"{kind}-{secrets.token_hex(12)}", policy=_POLICY)
    for part in parts:
        whole.attach(part)
    if not top:
        del whole["MIME-Version"]
    return whole


def _readable(text: str, kind: str) -> Message:
    part = Message(policy=_POLICY)
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quopri.encodestring(text.encode()).decode())
    return part


def _encoded(main: str, kind: str, content: bytes, **parameters: str) -> Message:
    part = Message(policy=_POLICY)
    part.add_header("Content-Type", f"{main}/{kind}", **parameters)
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(content).decode())
    return part


def _whole_mail(content: bytes) -> Message:
    """Somebody else's mail, as it came; base64 is not allowed for it (RFC 2046 section 5.2.1), so it travels as a file."""
    part = _encoded("application", "octet-stream", content, name="mail.eml")
    part.add_header("Content-Disposition", "attachment", filename="mail.eml")
    return part


def _file(file: SentFile) -> Message:
    main, _, kind = file.kind.partition("/")
    part = _encoded(main, kind, file.content)
    name = clean_header(file.name)
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


def _image(name: str, content: bytes) -> Message:
    kind = "jpeg" if content.startswith(b"\xff\xd8") else "png"
    part = _encoded("image", kind, content)
    part["Content-ID"] = f"<{name}>"
    part.add_header("Content-Disposition", "inline", filename=f"{name}.{kind}")
    return part


def _header_value(text: str) -> Any:
    """An unstructured header, in encoded words when it is more than ASCII (RFC 2047): a Header, of which the types of Message know nothing."""
    text = clean_header(text)
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=76)


def _address_header(name: str, address: str) -> str:
    name, address = clean_header(name), clean_header(address)
    if name.isascii():
        return formataddr((name, address))
    return f"{Header(name, 'utf-8', maxlinelen=60).encode(linesep='')} <{address}>"


def _phrase(name: str) -> str:
    quoted = '"' + clean_header(name).replace("\\", "").replace('"', "") + '"'
    return quoted if quoted.isascii() else Header(quoted, "utf-8", maxlinelen=60).encode(linesep="")
