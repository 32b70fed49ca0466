"""The list of people of an event as a spreadsheet."""

from collections.abc import Collection, Iterable, Mapping

from flask_babel import gettext

from app import clock, sheets
from app.breakouts import slot_lists
from app.events import event_days
from app.events.models import Event, Question
from app.registration.cockpit import InvitedLine
from app.sheets import Sheet, TableKind


def write_people_sheet(
    kind: TableKind, event: Event, lines: Iterable[InvitedLine], columns: Collection[int] = ()
) -> bytes:
    """A table with one row per person and these columns of `list_columns`."""
    chosen = slot_lists.titles_chosen(event)
    sheet = Sheet(gettext("Mensen"), (_person_row(event, line, chosen) for line in lines), list_columns(event))
    return sheets.write(kind, sheet.with_columns(columns))


def list_columns(event: Event) -> list[str]:
    """What can stand in the table, with a column per question; what people need stays out (need_lists.py)."""
    return [
        gettext("Naam"),
        gettext("Mailadres"),
        gettext("Organisatie"),
        gettext("Rol"),
        gettext("Functie"),
        gettext("Antwoord"),
        gettext("Doet mee"),
        gettext("Geantwoord op"),
        gettext("Aanwezig"),
        *_headings_of_days(event),
        *(each.title for each in event.rounds),
        *(question.label for question in _questions_of(event)),
    ]


def _person_row(event: Event, line: InvitedLine, chosen: Mapping[int, Mapping[int, str]]) -> list[str]:
    invitation, registration, position = line.invitation, line.registration, line.position
    answers = {answer.question_id: answer.value for answer in registration.answers} if registration else {}
    active = line.standing in {"coming", "waiting"}
    return [
        invitation.person.name,
        invitation.address.address if invitation.address else "",
        position.organisation.name if position else "",
        position.role.name_nl if position and position.role else "",
        (position.title or "") if position else "",
        str(line.standing.past if event.over else line.standing.words),
        str(registration.mode.words) if registration and active else "",
        clock.to_local(invitation.answered_at).strftime("%Y-%m-%d %H:%M") if invitation.answered_at else "",
        str(line.mode_there.words) if line.mode_there else "",
        *_presence_of_days(event, line),
        *(chosen.get(registration.id if registration else 0, {}).get(each.id, "") for each in event.rounds),
        *(answers.get(question.id, "") for question in _questions_of(event)),
    ]


def _headings_of_days(event: Event) -> list[str]:
    """A column a day, for an event of several."""
    dates = event_days.dates_of_event(event)
    return [gettext("Aanwezig %(day)s", day=day.isoformat()) for day in dates] if len(dates) > 1 else []


def _presence_of_days(event: Event, line: InvitedLine) -> list[str]:
    dates, modes = event_days.dates_of_event(event), {each.day: str(each.mode.words) for each in line.attendances}
    return [modes.get(day, "") for day in dates] if len(dates) > 1 else []


def _questions_of(event: Event) -> list[Question]:
    return [question for question in event.questions if not question.preset]
