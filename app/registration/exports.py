"""The list of people of an event as a spreadsheet."""

import io
from collections.abc import Iterable

from flask_babel import gettext
from openpyxl import Workbook

from app import clock
from app.events.models import Event
from app.registration.cockpit import Line
from app.sheets import cell
from app.web.labels import label


def people(event: Event, lines: Iterable[Line]) -> bytes:
    """An XLSX with a row a person, their answers in columns of their own."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("Mensen"))
    sheet.freeze_panes = "A2"
    heading = [
        gettext("Naam"),
        gettext("Mailadres"),
        gettext("Organisatie"),
        gettext("Rol"),
        gettext("Functie"),
        gettext("Antwoord"),
        gettext("Doet mee"),
        gettext("Geantwoord op"),
        gettext("Aanwezig"),
    ]
    sheet.append(
        [cell(sheet, text, bold=True) for text in [*heading, *(question.label for question in event.questions)]]
    )
    for line in lines:
        sheet.append([cell(sheet, text) for text in _row(event, line)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(event: Event, line: Line) -> list[str]:
    invitation, registration, position = line.invitation, line.registration, line.position
    answers = {answer.question_id: answer.value for answer in registration.answers} if registration else {}
    active = line.standing in {"coming", "waiting"}
    return [
        invitation.person.name,
        invitation.address.address if invitation.address else "",
        position.organisation.name if position else "",
        position.role.name_nl if position and position.role else "",
        (position.title or "") if position else "",
        label(line.standing),
        label(registration.mode) if registration and active else "",
        clock.local(invitation.answered_at).strftime("%Y-%m-%d %H:%M") if invitation.answered_at else "",
        label(line.attendance.mode) if line.attendance else "",
        *(answers.get(question.id, "") for question in event.questions),
    ]
