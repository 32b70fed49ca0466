"""Planning editions of a course: their meetings, which are events, from draft to published or cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.certificates.models import Certificate
from app.courses import courses, meetings
from app.courses.meetings import EditionRefused, MeetingDetails, MeetingRefused
from app.courses.models import Course, CourseEdition, CourseMeeting, EditionState, Enrolment, EnrolmentState
from app.database import add_once, db
from app.events import planning
from app.events.hanging import Move
from app.events.models import Event
from app.events.planning import AT_ONCE, Notice
from app.invitations.models import Invitation
from app.network import archiving
from app.network.models import Network
from app.registration import course_places, enrolments
from app.words import Refusal

CLOSES_BEFORE = timedelta(weeks=1)
"""How long before the first meeting enrolling closes, unless somebody chose otherwise."""


class EditionKnown(Refusal):
    """The course has an edition that is called so."""

    says = _l("Deze leergang heeft al een uitvoering die zo heet. Kies een andere naam.")
    field = "title"


class SeatsTaken(Refusal):
    """More people are enrolled than there would be seats."""

    says = _l("Er zijn al %(taken)s mensen ingeschreven. Kies minstens zoveel plekken.")
    field = "seats"


class QuotaTaken(Refusal):
    """More people of one organisation are enrolled than it would have seats."""

    says = _l("Van één organisatie zijn er al %(taken)s mensen ingeschreven. Kies minstens zoveel.")
    field = "seats_per_organisation"


class ClosesLate(Refusal):
    """Enrolling would close after the first meeting begins."""

    says = _l("Inschrijven kan tot uiterlijk het begin van de eerste bijeenkomst. Kies een eerder moment.")
    field = "closes_on"


@dataclass(frozen=True)
class EditionDetails:
    """What holds for all of an edition; `closes_at` of None: a week before the first meeting, or when that begins."""

    title: str
    seats: int | None = None
    seats_per_organisation: int | None = None
    closes_at: datetime | None = None


def find_edition(network: Network, edition_id: int) -> CourseEdition | None:
    wanted = sa.select(CourseEdition).join(Course).where(CourseEdition.id == edition_id)
    return db.session.scalar(wanted.where(Course.network_id == network.id).options(*_WHOLE))


def find_meeting(network: Network, edition_id: int, meeting_id: int) -> CourseMeeting | None:
    edition = find_edition(network, edition_id)
    return next((each for each in edition.meetings if each.id == meeting_id), None) if edition else None


def plan_edition(course: Course, details: EditionDetails, wanted: Sequence[MeetingDetails]) -> CourseEdition:
    """A draft with its meetings, numbered by when they begin.

    Raises archiving.Archived, MeetingRefused, EditionKnown, ClosesLate or courses.AsksTooMuch.
    """
    archiving.demand_open(course.network)
    days = sorted(wanted, key=lambda each: each.starts_at)
    meetings.demand_meetings(days)
    courses.demand_enough(details.title, course.needed, len(days))
    edition = _start_edition(course, details, closing_for(details.closes_at, days[0].starts_at))
    for place, day in enumerate(days, 1):
        meetings.add_day(edition, place, day)
    return edition


def copy_edition(edition: CourseEdition, title: str, starts: Mapping[int, datetime]) -> CourseEdition:
    """A draft like this edition, by the beginning of each of its meetings by id; programme, questions and mails go along.

    Raises archiving.Archived, MeetingRefused or EditionKnown.
    """
    archiving.demand_open(edition.course.network)
    held = [meeting for meeting in edition.meetings_held if meeting.id in starts]
    if not held:
        raise MeetingRefused("none")
    spans = [(starts[each.id], starts[each.id] + (each.event.ends_at - each.event.starts_at)) for each in held]
    meetings.demand_apart(sorted(spans))
    moved_first = min(starts[each.id] for each in held)
    as_before = Move.of(held[0].event, moved_first).keep_hour(edition.closes_at)
    closes_at = max(as_before, min(clock.now() + timedelta(days=1), moved_first))
    details = EditionDetails(title, edition.seats, edition.seats_per_organisation)
    twin = _start_edition(edition.course, details, min(closes_at, moved_first))
    for meeting in held:
        event = planning.copy_event(meeting.event, starts[meeting.id], by_course=True)
        meetings.keep_meeting(twin, event, meeting.place, obligatory=meeting.obligatory)
    _close_with_edition(twin)
    return twin


def change_edition(edition: CourseEdition, details: EditionDetails, notice: Notice = AT_ONCE) -> None:
    """Who waits comes in when there are more seats. Raises SeatsTaken, QuotaTaken, ClosesLate or EditionKnown."""
    course_places.lock_course(edition)
    _demand_seats(edition, details)
    first = edition.meetings_held[0].event
    closes_at = closing_for(details.closes_at, first.starts_at)
    more = (edition.seats, edition.seats_per_organisation) != (details.seats, details.seats_per_organisation)
    try:
        with db.session.begin_nested():
            edition.title, edition.closes_at = details.title, closes_at
            edition.seats, edition.seats_per_organisation = details.seats, details.seats_per_organisation
    except IntegrityError as error:
        raise EditionKnown from error
    _close_with_edition(edition)
    if more:
        enrolments.let_in_line(edition, notice)


def publish_edition(edition: CourseEdition) -> None:
    """Show all its meetings to the world. Raises archiving.Archived or EditionRefused."""
    course_places.lock_course(edition)
    if edition.state != EditionState.DRAFT:
        raise EditionRefused("state")
    if edition.meetings_held[0].event.begun:
        raise EditionRefused("begun")
    edition.state, edition.published_at = EditionState.PUBLISHED, clock.now()
    for meeting in edition.meetings_held:
        planning.publish_event(meeting.event, by_course=True)


def withdraw_edition(edition: CourseEdition) -> None:
    """Make it a draft again, as long as it concerns nobody. Raises EditionRefused."""
    course_places.lock_course(edition)
    if edition.state != EditionState.PUBLISHED:
        raise EditionRefused("state")
    if concerns_people(edition):
        raise EditionRefused("people")
    edition.state, edition.published_at = EditionState.DRAFT, None
    for meeting in edition.meetings_held:
        planning.withdraw_event(meeting.event, by_course=True)


def cancel_edition(edition: CourseEdition, reason: str, notice: Notice = AT_ONCE) -> None:
    """All its meetings that are still to come are off; everybody is told once. Raises EditionRefused."""
    course_places.lock_course(edition)
    if edition.state != EditionState.PUBLISHED:
        raise EditionRefused("state")
    if edition.meetings_held[-1].event.over:
        raise EditionRefused("over")
    enrolments.cancel_edition(edition, replace(notice, reason=reason))


def days_that_can_go_on(edition: CourseEdition) -> list[CourseMeeting]:
    """What of a cancelled edition is still to come."""
    if edition.state != EditionState.CANCELLED:
        return []
    return [each for each in edition.meetings_held if each.event.cancelled and not each.event.begun]


def revive_edition(edition: CourseEdition, notice: Notice = AT_ONCE) -> None:
    """It takes place after all, as far as it is still to come; everybody is told once. Raises archiving.Archived or EditionRefused."""
    archiving.demand_open(edition.course.network)
    course_places.lock_course(edition)
    if edition.state != EditionState.CANCELLED:
        raise EditionRefused("state")
    if not days_that_can_go_on(edition):
        raise EditionRefused("passed")
    enrolments.revive_edition(edition, notice)
    meetings.open_first_day(edition)


def delete_edition(edition: CourseEdition) -> None:
    """Take a draft away for good, with its meetings. Raises EditionRefused or planning.NotEmpty."""
    if edition.state != EditionState.DRAFT:
        raise EditionRefused("state")
    if concerns_people(edition):
        raise EditionRefused("people")
    events = [meeting.event for meeting in edition.meetings]
    for meeting in edition.meetings:
        db.session.delete(meeting)
    db.session.flush()
    drafts = [event for event in events if not event.cancelled]
    planning.delete_drafts(drafts)
    db.session.delete(edition)


def closing_for(wanted: datetime | None, first: datetime) -> datetime:
    """When enrolling closes: as was chosen, or a week before the first meeting if that is still to come. Raises ClosesLate."""
    if wanted is not None:
        if wanted > first:
            raise ClosesLate
        return wanted
    wall = clock.to_local(first, clock.AMSTERDAM)
    week_before = clock.moment_on_wall(wall.date() - CLOSES_BEFORE, wall.time(), clock.AMSTERDAM)
    return week_before if week_before > clock.now() else first


def concerns_people(edition: CourseEdition) -> bool:
    """Whether anybody was invited to one of its meetings, enrolled, or has a certificate of it."""
    event_ids = [meeting.event_id for meeting in edition.meetings]
    invited = sa.select(Invitation.id).where(Invitation.event_id.in_(event_ids)).limit(1)
    enrolled = sa.select(Enrolment.id).where(Enrolment.edition_id == edition.id).limit(1)
    certified = sa.select(Certificate.id).where(Certificate.course_edition_id == edition.id).limit(1)
    return any(db.session.scalar(each) is not None for each in (invited, enrolled, certified))


def count_enrolled(edition: CourseEdition) -> dict[EnrolmentState, int]:
    """How many are enrolled, wait and left."""
    counted = sa.select(Enrolment.state, sa.func.count()).where(Enrolment.edition_id == edition.id)
    found = dict(db.session.execute(counted.group_by(Enrolment.state)).all())
    return {state: found.get(state, 0) for state in EnrolmentState}


def follow_first_day(event: Event, **_: object) -> None:
    """When the first day of an edition is moved, enrolling closes as that session does by then."""
    wanted = sa.select(CourseMeeting).where(CourseMeeting.event_id == event.id)
    meeting = db.session.scalar(wanted.options(joinedload(CourseMeeting.edition)))
    held = meeting.edition.meetings_held if meeting else []
    if meeting and held and held[0] is meeting:
        meeting.edition.closes_at = min(event.closes_at, event.starts_at)


def _start_edition(course: Course, details: EditionDetails, closes_at: datetime) -> CourseEdition:
    edition = CourseEdition(
        course_id=course.id,
        title=details.title,
        seats=details.seats,
        seats_per_organisation=details.seats_per_organisation,
        closes_at=closes_at,
    )
    if not add_once(edition):
        raise EditionKnown
    db.session.expire(course, ["editions"])
    return edition


def _demand_seats(edition: CourseEdition, details: EditionDetails) -> None:
    enrolled = (Enrolment.edition_id == edition.id) & (Enrolment.state == EnrolmentState.CONFIRMED)
    taken = db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment).where(enrolled)) or 0
    if details.seats is not None and details.seats < taken:
        raise SeatsTaken(taken=taken)
    of_one = sa.select(sa.func.count().label("people")).where(enrolled, Enrolment.organisation_id.is_not(None))
    counted = of_one.group_by(Enrolment.organisation_id).subquery()
    most = db.session.scalar(sa.select(sa.func.max(counted.c.people))) or 0
    if details.seats_per_organisation is not None and details.seats_per_organisation < most:
        raise QuotaTaken(taken=most)


def _close_with_edition(edition: CourseEdition) -> None:
    """The session by which people come in is open as long as its edition."""
    edition.meetings_held[0].event.closes_at = edition.closes_at


_WHOLE = (
    joinedload(CourseEdition.course).joinedload(Course.network),
    selectinload(CourseEdition.meetings).joinedload(CourseMeeting.event),
)
