"""The mails of an event as a spreadsheet."""

from collections.abc import Iterable

from flask_babel import gettext

from app import clock, sheets
from app.network import people
from app.outbox.models import Message
from app.sheets import Sheet


def sheet(messages: Iterable[Message]) -> bytes:
    """An XLSX with a row a message."""
    heading = [
        gettext("Naam"),
        gettext("Organisatie"),
        gettext("Mailadres"),
        gettext("Mail"),
        gettext("Wat ermee gebeurde"),
        gettext("Wanneer"),
        gettext("Laatste woorden"),
        gettext("Kenmerk"),
    ]
    return sheets.write(Sheet(gettext("Mails"), map(_row, messages), heading))


def _row(message: Message) -> list[str]:
    position = people.current(message.person) if message.person else None
    return [
        message.person.name if message.person else "",
        position.organisation.name if position else "",
        message.recipient,
        str(message.kind.words),
        str(message.state.words),
        clock.local(message.sent_at or message.due_at).strftime("%Y-%m-%d %H:%M"),
        message.last_words,
        message.message_id or "",
    ]
