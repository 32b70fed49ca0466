"""The mails of an event as a spreadsheet."""

import io
from collections.abc import Iterable

from flask_babel import gettext

from app import clock
from app.network import people
from app.outbox.models import Message
from app.sheets import cell, new_book


def sheet(messages: Iterable[Message]) -> bytes:
    """An XLSX with a row a message."""
    book = new_book()
    page = book.create_sheet(gettext("Mails"))
    page.freeze_panes = "A2"
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
    page.append([cell(page, text, bold=True) for text in heading])
    for message in messages:
        page.append([cell(page, text) for text in _row(message)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


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
