"""What becomes of enrolments when a person is erased: those in what is still going on are given up, what was stays counted."""

import sqlalchemy as sa

from app import clock
from app.courses.models import CourseMeeting, Enrolment, EnrolmentState
from app.database import db
from app.events.models import Event
from app.network.people.models import Person


def erase_enrolments(person: Person) -> None:
    """Their seats in the meetings to come go with their registrations (registration/erasure.py)."""
    ahead = (
        sa.select(CourseMeeting.id)
        .join(Event, Event.id == CourseMeeting.event_id)
        .where(
            CourseMeeting.edition_id == Enrolment.edition_id,
            CourseMeeting.dropped_at.is_(None),
            Event.ends_at > clock.now(),
        )
    )
    going_on = sa.or_(ahead.exists(), Enrolment.state == EnrolmentState.WAITING)
    theirs = sa.select(Enrolment).where(Enrolment.person_id == person.id, going_on)
    for enrolment in db.session.scalars(theirs):
        enrolment.state, enrolment.waiting_number = EnrolmentState.CANCELLED, None
    db.session.flush()
