"""A finished mail taken apart again, to show it on a page."""

import base64
from dataclasses import dataclass
from email import message_from_bytes, policy


@dataclass(frozen=True)
class MailParts:
    html: str
    """Images stand in it as data, in place of their Content-ID."""
    text: str
    calendar: str | None


def read_mail_parts(body: bytes) -> MailParts:
    """The readable parts of a mail that mime.write_mail_bytes made."""
    message = message_from_bytes(body, policy=policy.default)
    readable = [part for part in message.walk() if part.get_content_maintype() == "text"]
    found = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in readable}
    html = found["text/html"]
    for part in message.walk():
        if part["Content-ID"]:
            data = base64.b64encode(part.get_content()).decode()
            html = html.replace(
                f"cid:{part['Content-ID'].strip('<>')}", f"data:{part.get_content_type()};base64,{data}"
            )
    return MailParts(html, found["text/plain"], found.get("text/calendar"))


def read_calendar_part(body: bytes) -> tuple[str, str] | None:
    """METHOD and text of the calendar part of such a mail; None when it has none."""
    if b"text/calendar" not in body:
        return None
    for part in message_from_bytes(body, policy=policy.default).walk():
        if part.get_content_type() == "text/calendar":
            return str(part.get_param("method")), str(part.get_content())
    return None


def read_mail_headers(body: bytes) -> list[tuple[str, str]]:
    """Name and decoded value of each header."""
    return [(name, str(value)) for name, value in message_from_bytes(body, policy=policy.default).items()]
