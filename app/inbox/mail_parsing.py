"""An incoming mail taken apart: headers as text, parts within limits, where it was sent to, what our tokens in it mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr

from flask import current_app

from app import tokens, urls
from app.plain_text import storable_text
from app.tokens import Purpose

MOST_PARTS = 256
DEEPEST = 16
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "Resent-To")
"""Headers with the address that a mail arrived at, the most reliable first."""
_PURPOSES = (
    Purpose.BOUNCE,
    Purpose.REPLY,
    Purpose.POLL_REPLY,
    Purpose.UNSUBSCRIBE,
    Purpose.DIGEST_STOP,
    Purpose.NEXT_EDITION,
    Purpose.QUESTION_REPLY,
    Purpose.MAIL_TEST,
)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass(frozen=True)
class AddressToken:
    """A token of ours in an address that a mail was sent to."""

    purpose: Purpose
    row_id: int
    version: int
    text: str


def parse_mail(content: bytes) -> Message:
    """The mail by the older policy of the standard library: the newer one raises on broken headers."""
    return message_from_bytes(content, policy=policy.compat32)


def parse_head(content: bytes) -> Message:
    """The headers alone, for whoever needs no more; what comes after them stays text."""
    return BytesHeaderParser(policy=policy.compat32).parsebytes(content)


def header_text(message: Message, name: str) -> str:
    """A header in plain text, on one line; empty when there is none."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(_as_written(message, name) or str(value))))
    except (LookupError, ValueError, MessageError):
        text = str(value)
    return " ".join(_storable_text(text).split())


def _as_written(message: Message, name: str) -> str | None:
    """A header that holds letters with accents as they are, which some mail servers write; None when it is plain."""
    raw = next((value for each, value in message.raw_items() if each.lower() == name.lower()), None)
    if not isinstance(raw, str) or raw.isascii():
        return None
    content = raw.encode("utf-8", "surrogateescape")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _storable_text(text: str) -> str:
    """Text that can be stored; halves of a pair (surrogates), which a strange charset gives, become question marks."""
    return storable_text(text.encode("utf-8", "replace").decode("utf-8"))


def sender_of(message: Message) -> tuple[str, str]:
    """Name and address in From; the address in lower case."""
    name, address = parseaddr(header_text(message, "From"))
    return name, address.lower()


def recipients_of(message: Message) -> list[str]:
    """Every address it was sent to, in lower case, the most reliable first."""
    found = [
        address.lower()
        for name in _DELIVERED
        for _, address in getaddresses([_storable_text(str(value)) for value in message.get_all(name, [])])
        if address
    ]
    return list(dict.fromkeys(found))


def token_of(message: Message) -> AddressToken | None:
    """What the first of our tokens among the recipients means."""
    return next((found for address in recipients_of(message) if (found := read_address_token(address))), None)


def read_address_token(address: str) -> AddressToken | None:
    """The token in an address like antwoord+<token>@…, whatever its domain: mail servers rewrite those."""
    text = address.partition("@")[0].partition("+")[2]
    for purpose in _PURPOSES if text else ():
        if found := tokens.read_token(purpose, text):
            return AddressToken(purpose, *found, text)
    return None


def is_for_us(message: Message, domain: str) -> bool:
    """Whether a mail in a mailbox that others use too concerns this program: by address, or as an answer to our mail."""
    own = {urls.reply_address().lower(), f"bounce@{domain}", current_app.config["MAIL_DEFAULT_SENDER"].lower()}
    plain = {re.sub(r"\+[^@]*@", "@", address) for address in recipients_of(message)}
    answers = f"{header_text(message, 'In-Reply-To')} {header_text(message, 'References')}"
    return bool(own & plain) or f"@{domain}>" in answers or token_of(message) is not None


def message_ids_in(message: Message, *names: str) -> list[str]:
    """Message-IDs in these headers, each with its angle brackets."""
    return [found for name in names for found in message_ids_of(header_text(message, name))]


def message_ids_of(text: str) -> list[str]:
    """Message-IDs in a text, each with its angle brackets."""
    return _MESSAGE_ID.findall(text)


def mail_parts(message: Message) -> Iterator[Message]:
    """The parts of a mail itself, not of mails inside it; within limits, so that no mail is too deep or wide to look at."""
    seen = 0
    waiting = [(message, 0)]
    while waiting and seen < MOST_PARTS:
        part, depth = waiting.pop(0)
        seen += 1
        yield part
        if depth < DEEPEST and not part.get_content_type().startswith("message/"):
            waiting[:0] = [(child, depth + 1) for child in children(part)]


def children(part: Message) -> list[Message]:
    """What a part is made of; nothing when it is text or a file."""
    inside = part.get_payload()
    return [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []


def part_text(part: Message) -> str:
    """The text of a part, whatever it says its characters are."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        inner = part.get_payload()
        return "\n".join(str(each) for each in inner) if isinstance(inner, list) else str(inner or "")
    for charset in (part.get_content_charset(), "utf-8", "cp1252"):
        try:
            return _storable_text(raw.decode(charset or "utf-8")).lstrip("\ufeff")
        except (LookupError, UnicodeError):
            continue
    return _storable_text(raw.decode("utf-8", "replace")).lstrip("\ufeff")


def text_of_kind(message: Message, kind: str) -> str:
    """The text of the first part of this type; empty when there is none."""
    part = next((part for part in mail_parts(message) if part.get_content_type() == kind), None)
    return part_text(part) if part is not None else ""


def written_text(message: Message) -> str:
    """What a person wrote: the plain text, else the words of the HTML."""
    plain = next((part for part in mail_parts(message) if part.get_content_type() == "text/plain"), None)
    if plain is not None:
        return part_text(plain).replace("\r\n", "\n").strip()
    html = next((part for part in mail_parts(message) if part.get_content_type() == "text/html"), None)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"<[^<>]+>", "", part_text(html))).strip() if html is not None else ""
