"""An edition of a course with its meetings and who is enrolled, for tests of what becomes of that."""

from datetime import timedelta

from app import clock
from app.attendance import closing, presence
from app.attendance.models import Entry
from app.courses.models import (
    Course,
    CourseEdition,
    CourseMeeting,
    EditionState,
    Enrolment,
    EnrolmentDay,
    EnrolmentState,
)
from app.database import db
from app.events.models import Event, EventFormat, Mode
from app.invitations import inviting
from app.invitations.models import Answer, Origin
from app.network.models import Network
from app.network.people.models import Person
from app.registration.models import Registration, RegistrationState
from tests import factories


def course(of: Network | None = None, title: str = "Vergroting weerbaarheid", *, needed: int | None = None) -> Course:
    made = Course(
        network=of or factories.network(), title=title, slug=f"leergang-{clock.now():%f}-{title[:9]}", needed=needed
    )
    db.session.add(made)
    db.session.flush()
    return made


def edition(
    of: Course | None = None, title: str = "Voorjaar", *, meetings: int = 3, days_ago: int = 3, obligatory=(), **values
) -> CourseEdition:
    """One with meetings of three hours a week apart, the last so many days ago."""
    of = of or course()
    made = CourseEdition(course=of, title=title, state=EditionState.PUBLISHED, closes_at=clock.now(), **values)
    db.session.add(made)
    db.session.flush()
    for place in range(1, meetings + 1):
        event = factories.event(of.network, title=f"{of.title}, dag {place}", format=EventFormat.COURSE_MEETING)
        factories.move(event, hours=-24 * (days_ago + 7 * (meetings - place)))
        db.session.add(CourseMeeting(edition=made, event=event, place=place, obligatory=place in obligatory))
    db.session.flush()
    db.session.refresh(made, ["meetings"])
    made.created_at = clock.now() - timedelta(days=400)
    return made


def enrol(of: CourseEdition, who: Person | None = None, *, absent=(), catch_up=None) -> Enrolment:
    """Somebody with a place in every meeting, but for those at the places that they are absent from or catch up elsewhere."""
    who = who or factories.person()
    made = Enrolment(edition=of, person=who, state=EnrolmentState.CONFIRMED)
    made.created_at = clock.now() - timedelta(days=300)
    db.session.add(made)
    db.session.flush()
    for meeting in of.meetings_held:
        seat = None if meeting.place in absent else _seat((catch_up or {}).get(meeting.place, meeting.event), who)
        db.session.add(EnrolmentDay(enrolment=made, meeting=meeting, registration=seat))
    db.session.flush()
    db.session.refresh(made, ["days"])
    return made


def _seat(event: Event, who: Person) -> Registration:
    invitation = inviting.find_invitation(event, who) or inviting.add_invitation(event, who, Origin.ORGANISER)
    invitation.answer, invitation.answered_at = Answer.YES, clock.now()
    db.session.flush()
    seat = Registration(event_id=event.id, invitation=invitation, state=RegistrationState.CONFIRMED, mode=Mode.ON_SITE)
    db.session.add(seat)
    db.session.flush()
    return seat


def present(who: Person, *events: Event, mode: Mode = Mode.ON_SITE) -> None:
    for event in events:
        invitation = inviting.find_invitation(event, who) or inviting.add_invitation(event, who, Origin.WALK_IN)
        db.session.flush()
        presence.check_in_invitation(invitation, Entry.LIST, mode)


def close(*events: Event) -> None:
    """Settle who was there; somebody was, at each."""
    for event in events:
        present(factories.person("Toehoorder"), event)
        closing.close_attendance(event, None)
    db.session.flush()


def days(of: CourseEdition) -> list[Event]:
    return [each.event for each in of.meetings]


def completed(name: str = "Sanne de Vries", of: CourseEdition | None = None, **values) -> Enrolment:
    """Somebody who was at every meeting of an edition, all of them closed."""
    of = of or edition(**values)
    made = enrol(of, factories.person(name))
    present(made.person, *days(of))
    close(*days(of))
    return made
