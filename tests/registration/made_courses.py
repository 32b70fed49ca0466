"""Courses for tests: an edition of several days, each an event."""

from datetime import timedelta
from itertools import count

from app import slugs
from app.courses.models import Course, CourseEdition, CourseMeeting, EditionState
from app.database import db
from app.events.models import Event, EventFormat
from app.registration import enrolments
from tests import factories

_numbers = count(1)


def course(network=None) -> Course:
    number = next(_numbers)
    title = f"Leergang {number}"
    made = Course(
        network=network or factories.network(), title=title, slug=slugs.free_slug(Course.slug, title, "leergang")
    )
    db.session.add(made)
    db.session.flush()
    return made


def edition(of: Course | None = None, days: int = 3, *, event=None, begins: int = 21, **values) -> CourseEdition:
    """An edition of so many days, a week apart; `event` are details of each of its events."""
    of = of or course()
    made = CourseEdition(
        course=of,
        title=f"Editie {next(_numbers)}",
        state=EditionState.PUBLISHED,
        closes_at=factories.start(begins),
        **values,
    )
    db.session.add(made)
    for place in range(1, days + 1):
        add_meeting(made, place, begins=begins + 7 * (place - 1), **(event or {}))
    db.session.flush()
    return made


def add_meeting(of: CourseEdition, place: int, begins: int = 60, **values) -> CourseMeeting:
    starts_at = factories.start(begins)
    details = {
        "starts_at": starts_at,
        "closes_at": starts_at - timedelta(hours=1),
        "title": f"{of.course.title}, dag {place}",
    }
    held = factories.event(of.course.network, format=EventFormat.COURSE_MEETING, **details | values)
    made = CourseMeeting(edition=of, event=held, place=place)
    db.session.add(made)
    db.session.flush()
    return made


def events(of: CourseEdition) -> list[Event]:
    return [each.event for each in of.meetings]


def invited(of: CourseEdition, who=None, day: int = 1):
    return factories.invitation(of.meetings[day - 1].event, who)


def enrolled(of: CourseEdition, who=None, **values):
    """Somebody who enrols by the rules: confirmed, or waiting."""
    made = enrolments.enrol(invited(of, who), {}, **values)
    db.session.flush()
    return made
