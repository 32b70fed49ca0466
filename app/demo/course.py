"""The course of the demo: an edition that is full, with a day skipped and one caught up, and a next one."""

from datetime import time, timedelta

import sqlalchemy as sa

from app import clock
from app.courses import courses, editions
from app.courses.courses import CourseDetails
from app.courses.editions import EditionDetails
from app.courses.meetings import MeetingDetails
from app.courses.models import Course, CourseEdition, Enrolment
from app.database import db
from app.demo import invited, working_days
from app.network.models import Network
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import course_days, enrolments

_COURSE = CourseDetails(
    "Vergroting weerbaarheid",
    "Medewerkers van gemeenten, provincie en waterschappen die te maken krijgen met ondermijning.",
    "- Signalen herkennen en melden\n- Veilig werken met mensen die druk uitoefenen\n"
    "- Afspraken maken met politie, Openbaar Ministerie en buurgemeenten",
    needed=2,
)
SEATS = 16
_DAYS = (("Provinciehuis", "'s-Hertogenbosch"), ("Het Duvelhok", "Tilburg"), ("Provinciehuis", "'s-Hertogenbosch"))
"""Where each day is; the last one is obligatory."""


def add_course(network: Network) -> None:
    """Once: three days in two editions, of which the first has two people more than seats."""
    if courses.list_courses(network):
        return
    course = courses.create_course(network, _COURSE)
    soon, later = _publish(course, "Groep 1", 38), _publish(course, "Groep 2", 129)
    for edition, invitations, answered in ((soon, 36, SEATS + 2), (later, 12, 4)):
        sent_at = clock.now() - timedelta(days=8)
        for invitation in invited.add_invited(edition.meetings[0].event, invitations, sent_at)[:answered]:
            enrolments.enrol(invitation, {})
    _miss_day_two(soon, later)
    letters = sa.update(Message).where(Message.kind.in_((MessageKind.COURSE, MessageKind.COURSE_DAY)))
    db.session.execute(letters.values(due_at=clock.now()))  # or they leave minutes after the demo was made


def _publish(course: Course, title: str, begins: int) -> CourseEdition:
    """Days of six hours, two weeks apart, the first about so many days from today."""
    wanted = []
    for number, (venue, town) in enumerate(_DAYS):
        day = working_days.working_day(begins + 14 * number)
        begin, end = (clock.utc_moment(day, at) for at in (time(9, 30), time(15, 30)))
        wanted.append(MeetingDetails(begin, end, venue=venue, town=town, obligatory=number == len(_DAYS) - 1))
    edition = editions.plan_edition(course, EditionDetails(title, SEATS, 3), wanted)
    editions.publish_edition(edition)
    return edition


def _miss_day_two(soon: CourseEdition, later: CourseEdition) -> None:
    """One comes on another edition's second day instead, another stays at home."""
    wanted = sa.select(Enrolment).where(Enrolment.edition_id == soon.id).order_by(Enrolment.id)
    catches_up, stays_away = db.session.scalars(wanted.limit(2))
    course_days.catch_up(catches_up, soon.meetings[1], later.meetings[1].event_id)
    course_days.stay_away(stays_away, soon.meetings[1])
