"""The mails of an event as a spreadsheet."""

from collections.abc import Collection, Iterable

from flask_babel import gettext

from app import clock, sheets
from app.network.people import job_positions
from app.outbox.models import Message
from app.sheets import Sheet, TableKind


def list_columns() -> list[str]:
    """What can stand in the table, in its order."""
    return [
        gettext("Naam"),
        gettext("Organisatie"),
        gettext("Mailadres"),
        gettext("Mail"),
        gettext("Wat ermee gebeurde"),
        gettext("Wanneer"),
        gettext("Antwoord van de mailserver"),
        gettext("Kenmerk"),
    ]


def write_message_sheet(kind: TableKind, messages: Iterable[Message], columns: Collection[int] = ()) -> bytes:
    """A table with one row per message, and these columns of `list_columns`."""
    sheet = Sheet(gettext("Mails"), map(_message_row, messages), list_columns())
    return sheets.write(kind, sheet.with_columns(columns))


def _message_row(message: Message) -> list[str]:
    position = job_positions.current_position(message.person) if message.person else None
    return [
        message.person.name if message.person else "",
        position.organisation.name if position else "",
        message.recipient,
        str(message.kind.words),
        str(message.state.words),
        clock.to_local(message.sent_at or message.due_at).strftime("%Y-%m-%d %H:%M"),
        message.last_words,
        message.message_id or "",
    ]
