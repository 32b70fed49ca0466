"""Who is enrolled in an edition, waits or left, and what each does on every day; for who may know who takes part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from app import clock, sheets
from app.courses.models import CourseEdition, CourseMeeting, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event
from app.network import seeing
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.registration.models import RegistrationState
from app.sheets import Sheet, TableKind
from app.words import Worded


class DayOf(Worded):
    """What somebody who is enrolled does on a day."""

    COMES = "comes", _l("komt"), "green"
    CATCHES_UP = "catches_up", _l("haalt in"), "accent"
    ABSENT = "absent", _l("afwezig"), "amber"
    NONE = "none", _l("nog niet zeker")


@dataclass(frozen=True)
class EnrolledLine:
    """A person in the list, with what they do on each of the days that are held."""

    enrolment: Enrolment
    person: Person
    organisation: Organisation | None
    days: Sequence[DayOf]


def may_see(edition: CourseEdition, viewer: Viewer) -> bool:
    """Whether the viewer may know who takes part: in all its days, since it is the same people."""
    return all(viewer.may_see_people(meeting.event) for meeting in edition.meetings)


def list_enrolled(edition: CourseEdition, viewer: Viewer) -> list[EnrolledLine]:
    """First who is in, by name, then who waits, in the order of the line; nobody for who may not know."""
    if not may_see(edition, viewer):
        return []
    seen = sa.select(CourseMeeting.id).join(Event).where(CourseMeeting.edition_id == edition.id, seeing.events(viewer))
    wanted = (
        sa.select(Enrolment, Person, Organisation)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Organisation, Organisation.id == Enrolment.organisation_id)
        .where(Enrolment.edition_id == edition.id, seen.exists())
        .order_by(_rank(), Enrolment.waiting_number, Person.sort_name, Enrolment.id)
        .options(selectinload(Enrolment.days).joinedload(EnrolmentDay.registration))
    )
    held = edition.meetings_held
    return [
        EnrolledLine(enrolment, person, organisation, [_day_of(enrolment, meeting) for meeting in held])
        for enrolment, person, organisation in db.session.execute(wanted)
    ]


def write_enrolled_sheet(kind: TableKind, edition: CourseEdition, lines: Iterable[EnrolledLine]) -> bytes:
    """A row per person, with a column per day."""
    days = [clock.to_local(each.event.starts_at, each.event.zone).date().isoformat() for each in edition.meetings_held]
    heading = [gettext("Naam"), gettext("Organisatie"), gettext("Inschrijving"), gettext("Plaats in de rij"), *days]
    return sheets.write(kind, Sheet(gettext("Deelnemers"), (_row(line) for line in lines), heading))


def _row(line: EnrolledLine) -> list[str]:
    number = line.enrolment.waiting_number
    return [
        line.person.name,
        line.organisation.name if line.organisation else "",
        str(line.enrolment.state.words),
        str(number) if number is not None else "",
        *(str(each.words) for each in line.days),
    ]


def _day_of(enrolment: Enrolment, meeting: CourseMeeting) -> DayOf:
    day = next((each for each in enrolment.days if each.meeting_id == meeting.id), None)
    if enrolment.state != EnrolmentState.CONFIRMED or day is None:
        return DayOf.NONE
    seat = day.registration
    if seat is None or seat.state == RegistrationState.CANCELLED:
        return DayOf.ABSENT
    return DayOf.COMES if seat.event_id == meeting.event_id else DayOf.CATCHES_UP


def _rank() -> sa.ColumnElement[int]:
    ranks = {state: number for number, state in enumerate(EnrolmentState)}
    return sa.case(*((Enrolment.state == state, number) for state, number in ranks.items()))
