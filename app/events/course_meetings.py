"""Sessions that are a meeting of a course: what is done with all of an edition at once is not done with one of them."""

from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app.courses.models import CourseEdition, CourseMeeting
from app.database import db
from app.events.models import Event, EventFormat
from app.words import Refusal


class PartOfCourse(Refusal):
    """The session is a meeting of a course, of which an edition is published, cancelled, copied or deleted as a whole."""

    says = _l("Deze sessie hoort bij een leergang. Doe dit op de pagina van de uitvoering.")


class MeetingOfCourse(Refusal):
    """A meeting of a course stays one: rules and pages know it by its kind."""

    says = _l("Deze sessie is een bijeenkomst van een leergang, en blijft dat.")
    field = "format"


class QuotaOfCourse(Refusal):
    """How many people of one organisation come is said of an edition; its days count nothing by organisation."""

    says = _l("Deze sessie hoort bij een leergang. Plekken per organisatie stel je in bij de uitvoering.")
    field = "seats_per_organisation"


def find_meeting(event: Event) -> CourseMeeting | None:
    """The meeting that a session is, with its edition and course."""
    wanted = sa.select(CourseMeeting).where(CourseMeeting.event_id == event.id)
    return db.session.scalar(wanted.options(joinedload(CourseMeeting.edition).joinedload(CourseEdition.course)))


def meeting_shown(event: Event) -> CourseMeeting | None:
    """The same for pages of sessions, which look only where the kind of session says so."""
    return find_meeting(event) if event.format == EventFormat.COURSE_MEETING else None


def find_first_day(event: Event) -> Event | None:
    """Of a later meeting the session by which people are invited to its edition; None for that one, and for any other session."""
    meeting = find_meeting(event)
    held = meeting.edition.meetings_held if meeting else []
    return held[0].event if held and held[0].event_id != event.id else None


def list_meetings_among(events: Collection[Event]) -> set[int]:
    """Ids of those of these events that are a meeting of a course."""
    wanted = sa.select(CourseMeeting.event_id).where(CourseMeeting.event_id.in_([event.id for event in events]))
    return set(db.session.scalars(wanted)) if events else set()


def demand_kind(event: Event, wanted: EventFormat) -> None:
    """Raises MeetingOfCourse when a meeting would be called something else."""
    if wanted != event.format == EventFormat.COURSE_MEETING and find_meeting(event):
        raise MeetingOfCourse


def demand_no_meeting(event: Event) -> None:
    """Raises QuotaOfCourse."""
    if meeting_shown(event):
        raise QuotaOfCourse


def demand_single(event: Event) -> None:
    """Raises PartOfCourse."""
    if event.id is not None and list_meetings_among([event]):
        raise PartOfCourse
