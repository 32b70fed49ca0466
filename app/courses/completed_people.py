"""Who completed a course, over all its editions: for what counts people who were taught."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.attendance.models import Attendance
from app.courses import completion
from app.courses.completion import Outcome, Standing
from app.courses.models import CourseEdition, CourseMeeting
from app.database import Condition, db
from app.events.models import Event


@dataclass(frozen=True)
class Completed:
    """Somebody who completed an edition, on the last day that they were there for it."""

    person_id: int
    day: date
    organisation_id: int | None
    """Where they worked on that day."""


def find_completed(
    first: date, last: date, of_meetings: Sequence[Condition], never: Condition | None = None
) -> Iterator[Completed]:
    """Who completed an edition from `first` up to and including `last`, once for each that they completed.

    The conditions are on Event: those that hold of one of its meetings, and one that may hold of none.
    """
    for edition in db.session.scalars(_select_editions(first, last, of_meetings, never)).all():
        for standing in completion.load_completion(edition).standings:
            if standing.outcome == Outcome.COMPLETED:
                at_last = _last_day(standing)
                if first <= at_last.day <= last:
                    yield Completed(standing.enrolment.person_id, at_last.day, at_last.organisation_id)


def _select_editions(
    first: date, last: date, of_meetings: Sequence[Condition], never: Condition | None
) -> sa.Select[CourseEdition]:
    """Those of courses at which somebody was in these days: a day may be caught up in another edition."""
    meetings = sa.select(CourseMeeting.edition_id).join(Event, Event.id == CourseMeeting.event_id)
    taught = (
        sa.select(CourseEdition.course_id)
        .join(CourseMeeting, CourseMeeting.edition_id == CourseEdition.id)
        .join(Attendance, Attendance.event_id == CourseMeeting.event_id)
        .where(Attendance.day.between(first, last))
    )
    wanted = sa.select(CourseEdition).where(
        CourseEdition.course_id.in_(taught), CourseEdition.id.in_(meetings.where(*of_meetings))
    )
    if never is not None:
        wanted = wanted.where(CourseEdition.id.not_in(meetings.where(never)))
    return wanted.order_by(CourseEdition.id)


def _last_day(standing: Standing) -> Attendance:
    """On which they were there, of the days that count."""
    there = [each for day in standing.attended for each in day.there]
    return max(there, key=lambda each: (each.day, each.id))
