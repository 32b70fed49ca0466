"""What the page of somebody's place in a course has to know, in a fixed number of queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.attendance.models import Attendance
from app.courses.models import Course, CourseEdition, CourseMeeting, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, Mode
from app.invitations.models import Answer, Invitation
from app.network.people import job_positions
from app.registration import answer_page, course_ledger, course_places, course_wishes, enrolments
from app.registration.course_ledger import CourseLedger
from app.registration.course_places import CoursePlace
from app.registration.course_wishes import ABSENT, Wanted
from app.registration.models import Registration


@dataclass(frozen=True)
class DayOfCourse:
    """One meeting as one person sees it."""

    meeting: CourseMeeting
    registration: Registration | None
    full: dict[Mode, bool]
    """By the modes that are offered; of who has no place as it is for them."""
    elsewhere: list[Event]
    """Where there is room to catch up."""
    there: bool = False
    """Whether they were checked in where they were to be."""
    stands: str = ""
    """The choice that stands for who has none of their own here yet: what they wish who wait, what a colleague had who hands over."""
    wish: Event | None = None
    """Where it would be caught up, if that stands."""
    unseated: bool = False
    """Whether they are enrolled and found no seat, so that the next one is theirs."""

    @property
    def event(self) -> Event:
        """Where they are to be on this day."""
        return self.registration.invitation.event if self.registration else self.meeting.event

    @property
    def catches_up(self) -> bool:
        return self.event.id != self.meeting.event_id

    @property
    def begun(self) -> bool:
        return min(self.event.starts_at, self.meeting.event.starts_at) <= clock.now()

    @property
    def changeable(self) -> bool:
        """Whether who is enrolled can still say where they will be: there, elsewhere or nowhere."""
        return not self.event.begun

    @property
    def can_catch_up_late(self) -> bool:
        """Whether it was, without them, and there is another where they can still be."""
        return self.event.over and not self.there and bool(self.elsewhere)

    @property
    def chosen(self) -> str:
        """The choice that holds, for who is enrolled."""
        if self.registration is None:
            return ABSENT
        return str(self.event.id) if self.catches_up else self.registration.mode.value

    @property
    def is_full(self) -> bool:
        """Whether nobody new can have a seat here, in any way."""
        return all(self.full.values())

    @property
    def proposed(self) -> str:
        """What the form has chosen for who is not enrolled: what stands, else a way in which there is room, else the first."""
        if self.stands:
            return self.stands
        free = [mode for mode, full in self.full.items() if not full]
        return (free or list(self.full) or [Mode.ON_SITE])[0].value


@dataclass(frozen=True)
class CoursePage:
    """One person's situation in one edition of a course."""

    invitation: Invitation
    place: CoursePlace
    days: list[DayOfCourse]
    place_in_line: int | None
    edition_full: bool
    """No place for this person, whatever the days say."""
    colleague: str | None

    @classmethod
    def for_place(cls, invitation: Invitation, place: CoursePlace) -> "CoursePage":
        edition = place.meeting.edition
        elsewhere = course_places.list_elsewhere(edition)
        ledger = course_ledger.ledger_of(edition, {each.id for events in elsewhere.values() for each in events})
        giver = enrolments.giver_of(invitation, place) if invitation.substitute_for_id else None
        given = course_wishes.wanted_by(giver) if giver else None
        has_place = giver is not None and giver.state == EnrolmentState.CONFIRMED
        days = _days_of(place)
        there = _events_attended(invitation.person_id, edition) if course_places.has_begun(edition) else set()
        return cls(
            invitation=invitation,
            place=place,
            days=[
                _day(each, days.get(each.id), elsewhere, ledger, place, there, given, has_place)
                for each in edition.meetings_held
            ],
            place_in_line=course_places.place_in_line(place.enrolment) if place.enrolment and place.waits else None,
            edition_full=not has_place and _is_full_for(invitation.person_id, ledger),
            colleague=answer_page.asked_colleague(invitation) if invitation.answer == Answer.SUBSTITUTE else None,
        )

    @property
    def edition(self) -> CourseEdition:
        return self.place.meeting.edition

    @property
    def course(self) -> Course:
        return self.edition.course

    @property
    def begun(self) -> bool:
        return course_places.has_begun(self.edition)

    @property
    def over(self) -> bool:
        return all(each.event.over for each in self.days)

    @property
    def can_enrol(self) -> bool:
        return self.edition.open and any(not each.begun for each in self.days)

    @property
    def can_leave(self) -> bool:
        """By link: until the first meeting begins."""
        return self.place.stands and not self.begun and self.edition.state == self.edition.state.PUBLISHED

    @property
    def declined(self) -> bool:
        return not self.place.stands and self.invitation.answer == Answer.NO

    @property
    def handed_over(self) -> bool:
        return not self.place.stands and self.invitation.answer == Answer.SUBSTITUTE and self.colleague is None

    @property
    def blocking(self) -> list[DayOfCourse]:
        """The days that are full, which is why somebody waits: of who does, those to which they want to come."""
        waits = self.place.waits
        return [
            each for each in self.days if not each.begun and each.is_full and (not waits or each.stands in list(Mode))
        ]

    @property
    def waits_for_nothing(self) -> bool:
        """Whether they stand in line, and no day is left to which they want to come."""
        return self.place.enrolment is not None and course_wishes.waits_for_nothing(self.place.enrolment)

    @property
    def can_skip_the_line(self) -> bool:
        """Whether who waits can have a place at once, with each day that blocks in another edition."""
        return bool(self.blocking) and not self.edition_full and all(each.elsewhere for each in self.blocking)


def _is_full_for(person_id: int, ledger: CourseLedger) -> bool:
    """Whether the edition has no place for somebody; where they work is asked where that matters alone."""
    if ledger.free_in_edition == 0 or ledger.edition.seats_per_organisation is None:
        return ledger.free_in_edition == 0
    return ledger.at_quota(job_positions.workplace_id(person_id))


def _days_of(place: CoursePlace) -> dict[int, EnrolmentDay]:
    """By the id of a meeting what somebody who is enrolled or waits does on it."""
    if place.enrolment is None or not place.stands:
        return {}
    found = {}
    for day, seat, invitation, elsewhere in db.session.execute(_DAYS, {"enrolment_id": place.enrolment.id}):
        found[day.meeting_id] = day
        set_committed_value(day, "registration", seat)
        if seat is not None:
            set_committed_value(seat, "invitation", invitation)
        if elsewhere is not None:
            set_committed_value(invitation, "event", elsewhere)
    return found


_DAYS = (
    sa.select(EnrolmentDay, Registration, Invitation, Event)
    .join(EnrolmentDay.meeting)
    .outerjoin(EnrolmentDay.registration)
    .outerjoin(Registration.invitation)
    .outerjoin(Event, sa.and_(Event.id == Invitation.event_id, Event.id != CourseMeeting.event_id))
    .where(EnrolmentDay.enrolment_id == sa.bindparam("enrolment_id"))
)
"""Somebody's days with their seats; with the event where that is another than the meeting's own, which is read already."""


def _day(
    meeting: CourseMeeting,
    day: EnrolmentDay | None,
    elsewhere: Mapping[int, list[Event]],
    ledger: CourseLedger,
    place: CoursePlace,
    there: Collection[int],
    given: Wanted | None,
    has_place: bool,
) -> DayOfCourse:
    registration, event = day.registration if day else None, meeting.event
    where = registration.event_id if registration else event.id
    free = ledger.free_for_guest if place.confirmed or has_place else ledger.free
    theirs = given.modes.get(meeting.id) if given and has_place else None
    stands, offered = _stands(meeting, day, place, given), elsewhere.get(meeting.place, [])
    wish = next((each for each in offered if str(each.id) == stands), None)
    return DayOfCourse(
        meeting=meeting,
        registration=registration,
        full={mode: free(event, mode) == 0 and mode != theirs for mode in event.modes},
        elsewhere=[
            each
            for each in offered
            if ledger.mode_for_guest(each, meeting.event.modes[0] if meeting.event.modes else Mode.ON_SITE)
        ],
        there=where in there or event.id in there,
        stands=ABSENT if stands.isdecimal() and wish is None else stands,
        wish=wish,
        unseated=day is not None and day.unseated and registration is None,
    )


def _stands(meeting: CourseMeeting, day: EnrolmentDay | None, place: CoursePlace, given: Wanted | None) -> str:
    if place.waits:
        return ABSENT if day is None else str(day.catch_up_event_id or day.mode.value)
    return given.choice(meeting.id) if given else ""


def _events_attended(person_id: int, edition: CourseEdition) -> set[int]:
    """Ids of the events at which somebody was checked in: meetings of any edition of the course."""
    wanted = (
        sa.select(Attendance.event_id)
        .join(Invitation, Invitation.id == Attendance.invitation_id)
        .join(CourseMeeting, CourseMeeting.event_id == Attendance.event_id)
        .join(CourseEdition, CourseEdition.id == CourseMeeting.edition_id)
        .where(Invitation.person_id == person_id, CourseEdition.course_id == edition.course_id)
    )
    return set(db.session.scalars(wanted))
