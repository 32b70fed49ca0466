"""A finished mail taken apart again, to show it on a page."""

from dataclasses import dataclass
from email import message_from_bytes, policy


@dataclass(frozen=True)
class Parts:
    html: str
    text: str
    calendar: str | None


def parts(body: bytes) -> Parts:
    """The readable parts of a mail that mime.build made."""
    message = message_from_bytes(body, policy=policy.default)
    readable = [part for part in message.walk() if part.get_content_maintype() == "text"]
    found = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in readable}
    return Parts(found["text/html"], found["text/plain"], found.get("text/calendar"))


def headers(body: bytes) -> list[tuple[str, str]]:
    """Name and decoded value of each header."""
    return [(name, str(value)) for name, value in message_from_bytes(body, policy=policy.default).items()]
