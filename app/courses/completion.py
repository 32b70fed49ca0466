"""Who has completed an edition of a course: the days that somebody was at, held against the rule of the course.

A day counts by presence alone: at the meeting of the edition, or at the meeting of another edition that teaches the same.
So it is of whoever sat there, and handing over a place takes none along. A meeting that is dropped or whose session is
cancelled was never asked of anybody. Nothing is settled as long as the attendance of a meeting is open.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app.attendance.models import Attendance, AttendanceClosing
from app.courses.models import CourseEdition, CourseMeeting, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, EventState
from app.invitations.models import Invitation
from app.network.people.models import Person
from app.registration.models import RegistrationState
from app.words import Worded


class Day(Worded):
    """How it stands with somebody and one meeting. Only what was closed, and where they had a seat, is missed."""

    ATTENDED = "attended", _l("aanwezig"), "green"
    APOLOGISED = "apologised", _l("afgemeld"), "amber"
    MISSED = "missed", _l("gemist"), "red"
    OPEN = "open", _l("nog niet bekend")
    NOT_EXPECTED = "not_expected", _l("niet verwacht")


class Outcome(Worded):
    """How it stands with somebody and the whole course."""

    COMPLETED = "completed", _l("voltooid"), "green"
    OPEN = "open", _l("nog niet bekend")
    NOT_COMPLETED = "not_completed", _l("niet voltooid"), "red"


@dataclass(frozen=True)
class MeetingDay:
    """Somebody at one meeting: where they were, on which days of it."""

    meeting: CourseMeeting
    day: Day
    event: Event | None = None
    """Where they were, or have a seat: the meeting itself or one to catch up at."""
    there: Sequence[Attendance] = ()

    @property
    def elsewhere(self) -> bool:
        """Whether it is at another edition."""
        return self.event is not None and self.event.id != self.meeting.event_id


@dataclass(frozen=True)
class Standing:
    """Somebody who is enrolled, with each meeting that is held."""

    enrolment: Enrolment
    days: list[MeetingDay]
    needed: int
    settled: bool
    """Whether the attendance of every meeting of the edition is closed."""

    def count(self, day: Day) -> int:
        return sum(each.day == day for each in self.days)

    @property
    def attended(self) -> list[MeetingDay]:
        return [each for each in self.days if each.day == Day.ATTENDED]

    @property
    def lacking(self) -> list[CourseMeeting]:
        """Obligatory meetings that they were not at, and will not be."""
        certain = (Day.ATTENDED, Day.OPEN)
        return [each.meeting for each in self.days if each.meeting.obligatory and each.day not in certain]

    @property
    def short(self) -> int:
        """How many meetings they still need to have been at."""
        return max(self.needed - len(self.attended), 0)

    @property
    def outcome(self) -> Outcome:
        """Unknown attendance blocks, unless it cannot be completed any more whatever comes out."""
        if not self.days or self.lacking or self.short > self.count(Day.OPEN):
            return Outcome.NOT_COMPLETED if self.days else Outcome.OPEN
        if not self.settled or self.count(Day.OPEN):
            return Outcome.OPEN
        return Outcome.COMPLETED


@dataclass(frozen=True)
class Completion:
    """An edition with everybody who is enrolled."""

    edition: CourseEdition
    meetings: list[CourseMeeting]
    """Those that count, in the order of the course."""
    needed: int
    closed: frozenset[int]
    """Ids of the events whose attendance is closed."""
    standings: list[Standing]

    @property
    def unsettled(self) -> list[CourseMeeting]:
        """Whose attendance is not closed yet."""
        return [each for each in self.meetings if each.event_id not in self.closed]

    @property
    def settled(self) -> bool:
        return bool(self.meetings) and not self.unsettled

    @property
    def obligatory(self) -> int:
        return sum(each.obligatory for each in self.meetings)

    @cached_property
    def figures(self) -> dict[str, int]:
        """People, each once: enrolled, who were at any meeting, who completed it."""
        return {
            "enrolled": len(self.standings),
            "came": sum(any(each.there for each in standing.days) for standing in self.standings),
            "completed": sum(each.outcome == Outcome.COMPLETED for each in self.standings),
        }


def meetings_that_count(edition: CourseEdition) -> list[CourseMeeting]:
    """Those that were not dropped, and whose session was not cancelled."""
    return [each for each in edition.meetings_held if each.event.state != EventState.CANCELLED]


def count_needed(edition: CourseEdition) -> int:
    """How many meetings somebody must have been at: as many fewer as do not count, and always one."""
    held = len(meetings_that_count(edition))
    needed = edition.course.needed
    if needed is None:
        return held
    return min(max(needed - (len(edition.meetings) - held), 1), held)


def load_completion(edition: CourseEdition, person_ids: Collection[int] | None = None) -> Completion:
    """How it stands with everybody who is enrolled, or with some of them, by name."""
    meetings = meetings_that_count(edition)
    others = _meetings_elsewhere(edition, meetings)
    enrolments = _enrolments(edition, person_ids)
    people = [each.person_id for each in enrolments]
    event_ids = {each.event_id for each in [*meetings, *others]}
    there = _presence(people, event_ids)
    also_in = _other_editions(edition, people)
    seats = {day.registration.event_id for each in enrolments for day in each.days if day.registration}
    closed = _closed(event_ids | seats)
    known = {each.event_id: each.event for each in [*meetings, *others]}
    reading = _Reading(meetings, others, there, also_in, closed, known)
    needed = count_needed(edition)
    settled = bool(meetings) and all(each.event_id in closed for each in meetings)
    standings = [Standing(each, reading.days_of(each), needed, settled) for each in enrolments]
    return Completion(edition, meetings, needed, closed, standings)


def standing_of(edition: CourseEdition, person_id: int) -> Standing | None:
    """How it stands with one person; None when they are not enrolled."""
    return next(iter(load_completion(edition, [person_id]).standings), None)


@dataclass(frozen=True)
class _Reading:
    meetings: list[CourseMeeting]
    others: list[CourseMeeting]
    there: dict[tuple[int, int], list[Attendance]]
    also_in: set[tuple[int, int]]
    closed: frozenset[int]
    known: dict[int, Event]

    def days_of(self, enrolment: Enrolment) -> list[MeetingDay]:
        days = {each.meeting_id: each for each in enrolment.days}
        return [self._day(enrolment, meeting, days.get(meeting.id)) for meeting in self.meetings]

    def _day(self, enrolment: Enrolment, meeting: CourseMeeting, day: EnrolmentDay | None) -> MeetingDay:
        seat = self._seat(day)
        for event_id in self._where(enrolment, meeting, seat):
            if there := self.there.get((enrolment.person_id, event_id)):
                state = Day.ATTENDED if event_id in self.closed else Day.OPEN
                return MeetingDay(meeting, state, self.known[event_id], there)
        if day is None or enrolment.created_at >= meeting.event.ends_at:
            return MeetingDay(meeting, Day.NOT_EXPECTED)
        if seat is None:
            return MeetingDay(meeting, Day.APOLOGISED)
        return MeetingDay(meeting, Day.MISSED if seat in self.closed else Day.OPEN, self.known[seat])

    def _seat(self, day: EnrolmentDay | None) -> int | None:
        """The event of the seat; none once it was given up, or is at a session that is not held."""
        seat = day.registration if day else None
        if seat is None or seat.state != RegistrationState.CONFIRMED or seat.event_id not in self.known:
            return None
        return seat.event_id

    def _where(self, enrolment: Enrolment, meeting: CourseMeeting, seat: int | None) -> list[int]:
        """Where presence counts for a meeting: there, where the seat is, and where else the same is taught.

        Not at an edition that the person is enrolled in as well: what they attend there is of that enrolment.
        """
        elsewhere = [
            each.event_id
            for each in self.others
            if each.place == meeting.place and (enrolment.person_id, each.edition_id) not in self.also_in
        ]
        return list(dict.fromkeys([meeting.event_id, *([seat] if seat else []), *elsewhere]))


def _enrolments(edition: CourseEdition, person_ids: Collection[int] | None) -> list[Enrolment]:
    wanted = (
        sa.select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.CONFIRMED)
        .options(
            joinedload(Enrolment.person).selectinload(Person.addresses),
            selectinload(Enrolment.days).joinedload(EnrolmentDay.registration),
        )
        .order_by(Person.sort_name, Person.id)
        .execution_options(populate_existing=True)
    )
    if person_ids is not None:
        wanted = wanted.where(Enrolment.person_id.in_(person_ids))
    return list(db.session.scalars(wanted))


def _meetings_elsewhere(edition: CourseEdition, meetings: Sequence[CourseMeeting]) -> list[CourseMeeting]:
    """The meetings of other editions of the course that teach the same."""
    wanted = (
        sa.select(CourseMeeting)
        .join(CourseEdition, CourseEdition.id == CourseMeeting.edition_id)
        .join(Event, Event.id == CourseMeeting.event_id)
        .where(
            CourseEdition.course_id == edition.course_id,
            CourseEdition.id != edition.id,
            CourseMeeting.place.in_([each.place for each in meetings]),
            CourseMeeting.dropped_at.is_(None),
            Event.state != EventState.CANCELLED,
        )
        .options(joinedload(CourseMeeting.event))
        .order_by(CourseMeeting.id)
    )
    return list(db.session.scalars(wanted))


def _presence(person_ids: Sequence[int], event_ids: Collection[int]) -> dict[tuple[int, int], list[Attendance]]:
    """Everybody's days at each of these events, by person and event."""
    wanted = (
        sa.select(Invitation.person_id, Attendance)
        .join(Attendance, Attendance.invitation_id == Invitation.id)
        .where(Attendance.event_id.in_(event_ids), Invitation.person_id.in_(person_ids))
        .order_by(Attendance.day)
    )
    found: dict[tuple[int, int], list[Attendance]] = {}
    for person_id, attendance in db.session.execute(wanted):
        found.setdefault((person_id, attendance.event_id), []).append(attendance)
    return found


def _other_editions(edition: CourseEdition, person_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Of these people, in which other editions of the course they are enrolled too."""
    wanted = (
        sa.select(Enrolment.person_id, Enrolment.edition_id)
        .join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
        .where(
            CourseEdition.course_id == edition.course_id,
            Enrolment.edition_id != edition.id,
            Enrolment.person_id.in_(person_ids),
            Enrolment.state == EnrolmentState.CONFIRMED,
        )
    )
    return {(person_id, edition_id) for person_id, edition_id in db.session.execute(wanted)}


def _closed(event_ids: Collection[int]) -> frozenset[int]:
    wanted = sa.select(AttendanceClosing.event_id).where(AttendanceClosing.event_id.in_(event_ids))
    return frozenset(db.session.scalars(wanted))
