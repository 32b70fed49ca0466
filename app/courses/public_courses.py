"""What everybody may know of a course: its editions that were published, none of whose days is confidential."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.courses.models import Course, CourseEdition, CourseMeeting, EditionState
from app.database import db
from app.events import event_days
from app.events.models import Event
from app.network.models import Network
from app.registration import course_ledger


@dataclass(frozen=True)
class ShownEdition:
    """An edition as its page tells of it."""

    edition: CourseEdition
    events: Sequence[Event]
    """Its days, by when they are."""
    full: bool = False
    """Whether whoever enrols now waits."""

    @property
    def first(self) -> Event:
        """By which people come in."""
        return self.edition.meetings_held[0].event

    @property
    def open(self) -> bool:
        return self.edition.state == EditionState.PUBLISHED and self.first.open

    @property
    def over(self) -> bool:
        return self.events[-1].over

    @property
    def cancelled(self) -> bool:
        return self.edition.state == EditionState.CANCELLED

    @property
    def minutes(self) -> int:
        """How long its days are together."""
        spans = [span for event in self.events for span in event_days.days_of_event(event)]
        return sum(int((end - begin) / timedelta(minutes=1)) for begin, end in spans)


def find_public_course(slug: str) -> Course | None:
    """A course of which something is for everybody to see who may know of its network."""
    wanted = sa.select(Course).where(Course.slug == slug, _is_public())
    meetings = selectinload(Course.editions).selectinload(CourseEdition.meetings)
    options = (joinedload(Course.network), meetings.joinedload(CourseMeeting.event))
    return db.session.scalar(wanted.options(*options))


def list_public_courses(network: Network) -> list[Course]:
    """Those with a page, by title."""
    wanted = sa.select(Course).where(Course.network_id == network.id, _is_public())
    return list(db.session.scalars(wanted.order_by(Course.title, Course.id)))


def select_listed_slugs() -> sa.Select[str]:
    """Where the courses are that everybody may see and know of."""
    listed = sa.select(Network.id).where(Network.listed)
    return sa.select(Course.slug).where(Course.network_id.in_(listed), _is_public()).order_by(Course.id)


def has_public_page(course: Course) -> bool:
    return db.session.scalar(sa.select(Course.id).where(Course.id == course.id, _is_public())) is not None


def list_editions(course: Course) -> list[ShownEdition]:
    """Those that everybody may see, the last one first."""
    shown = [_show(each) for each in course.editions if _may_show(each)]
    return sorted(shown, key=lambda each: (each.events[0].starts_at, each.edition.id), reverse=True)


def _show(edition: CourseEdition) -> ShownEdition:
    events = sorted((meeting.event for meeting in edition.meetings_held), key=lambda event: event.starts_at)
    coming = edition.state == EditionState.PUBLISHED and not events[0].begun
    return ShownEdition(edition, events, coming and _is_full(edition))


def _may_show(edition: CourseEdition) -> bool:
    return edition.state != EditionState.DRAFT and not any(each.event.confidential for each in edition.meetings_held)


def _is_full(edition: CourseEdition) -> bool:
    """Whether its own places are taken, or one of its days has no room, by the rule that lets people in."""
    ledger = course_ledger.ledger_of(edition)
    days = ((meeting.event, meeting.event.modes) for meeting in ledger.meetings)
    return ledger.free_in_edition == 0 or any(
        all(ledger.free(event, mode) == 0 for mode in modes) for event, modes in days
    )


def is_shown() -> sa.ColumnElement[bool]:
    """The condition on CourseEdition that it is for everybody to see."""
    hidden = (
        sa.select(CourseMeeting.id)
        .join(Event, Event.id == CourseMeeting.event_id)
        .where(CourseMeeting.edition_id == CourseEdition.id, CourseMeeting.dropped_at.is_(None), Event.confidential)
    )
    return sa.and_(CourseEdition.state != EditionState.DRAFT, ~hidden.exists())


def _is_public() -> sa.ColumnElement[bool]:
    """The condition on Course that it is on offer, or one of its editions is for everybody to see."""
    shown = sa.select(CourseEdition.id).where(CourseEdition.course_id == Course.id, is_shown()).exists()
    return sa.or_(Course.offered_at.is_not(None), shown)
