"""What organisers change in an edition that has people: a meeting comes or goes, or the whole edition is cancelled."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from app import clock
from app.courses.models import (
    CourseEdition,
    CourseMeeting,
    EditionState,
    Enrolment,
    EnrolmentDay,
    EnrolmentState,
)
from app.database import db
from app.events import planning
from app.events.models import Event
from app.events.planning import AT_ONCE, Notice
from app.invitations.models import CalendarStatus, Invitation, Step
from app.registration import course_letters, course_line, course_places, course_seats
from app.registration.course_places import CourseLedger
from app.registration.course_seats import Doer, Moved
from app.registration.course_texts import Why
from app.registration.models import Registration, RegistrationState

_SYSTEM = Doer()


def seat_meeting(
    meeting: CourseMeeting, notice: Notice = AT_ONCE, *, dropped_at: datetime | None = None
) -> list[Enrolment]:
    """A published meeting was added, or comes back: everybody who is enrolled has a seat in it, then who would catch up there.

    Returns who is enrolled and cannot be seated, so that they are absent there.
    """
    edition = course_places.lock_course(meeting.edition, {meeting.event_id})
    ledger, unseated = course_places.ledger_of(edition), []
    for enrolment in _select_standing(edition, EnrolmentState.CONFIRMED):
        if not _has_day(enrolment, meeting):
            day = course_seats.new_day(enrolment, meeting, meeting.event.modes[0])
            if not _seat(day, ledger, notice):
                unseated.append(enrolment)
                _tell_of_days(enrolment, notice)
    for enrolment in _select_standing(edition, EnrolmentState.WAITING):
        if not _has_day(enrolment, meeting):
            course_seats.new_day(enrolment, meeting, meeting.event.modes[0])
    db.session.flush()
    if dropped_at is not None:
        _let_guests_return(meeting, ledger, dropped_at, notice)
    return unseated


def drop_meeting(meeting: CourseMeeting, notice: Notice = AT_ONCE) -> None:
    """A meeting is not held: its event is cancelled, with a mail of its own, and who came to catch up is absent in their edition.

    Who waited for a seat in it may come in. Raises planning.EventOver.
    """
    edition = course_places.lock_course(meeting.edition, {meeting.event_id})
    planning.cancel_event(meeting.event, notice.reason, notice, by_course=True)
    meeting.dropped_at = clock.now()
    _send_guests_home([meeting], notice)
    course_line.let_in_line(edition, notice)


def cancel_edition(edition: CourseEdition, notice: Notice = AT_ONCE) -> None:
    """Cancel all that is to come of an edition: everybody whom it concerns gets one letter, and their calendar loses each day.

    Enrolments stay as they are, as registrations do at an event that is cancelled. Seats to catch up are given up: those
    that its people have elsewhere, and those that people of other editions have here, who are absent in theirs.
    """
    course_places.lock_course(edition, _seats_elsewhere(edition))
    events = {each.event_id: each for each in edition.meetings_held if each.event.published and not each.event.over}
    for meeting in events.values():
        planning.cancel_event(meeting.event, notice.reason, Notice(send=False), by_course=True)
    edition.state, edition.cancel_reason = EditionState.CANCELLED, notice.reason
    db.session.flush()
    guests = _send_guests_home(events.values(), notice)
    _give_back_seats_elsewhere(edition, notice)
    if not notice.send:
        return
    told = db.session.execute(_select_concerned(set(events), edition)).all()
    firsts = {person_id: invitation_id for invitation_id, person_id in reversed(told) if person_id not in guests}
    course_letters.plan_cancelling(edition, firsts.values(), [invitation_id for invitation_id, _ in told], notice)


def _send_guests_home(meetings: Collection[CourseMeeting], notice: Notice) -> set[int]:
    """Who came to catch up at these meetings is absent on that day of their own edition, and hears so. Returns ids of people."""
    own = sa.select(CourseMeeting.id).where(CourseMeeting.event_id == Registration.event_id)
    guests = (
        sa.select(EnrolmentDay)
        .join(EnrolmentDay.registration)
        .where(
            Registration.event_id.in_([each.event_id for each in meetings]),
            EnrolmentDay.meeting_id.not_in(own),
        )
    )
    found = db.session.scalars(guests.order_by(EnrolmentDay.id)).all()
    for day in found:
        course_seats.free_day(day, _SYSTEM, Moved())
        _tell_of_days(day.enrolment, notice)
    db.session.flush()
    return {day.enrolment.person_id for day in found}


def _let_guests_return(meeting: CourseMeeting, ledger: CourseLedger, since: datetime, notice: Notice) -> None:
    """Who had a seat to catch up at a meeting when it was dropped has it again, where they came to no other and there is room."""
    own = sa.select(CourseMeeting.id).join(CourseEdition, CourseEdition.id == CourseMeeting.edition_id)
    alike = own.where(CourseEdition.course_id == meeting.edition.course_id, CourseMeeting.place == meeting.place)
    wanted = (
        sa.select(EnrolmentDay, Invitation)
        .join(Enrolment, Enrolment.id == EnrolmentDay.enrolment_id)
        .join(Invitation, Invitation.person_id == Enrolment.person_id)
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(
            EnrolmentDay.meeting_id.in_(alike.where(CourseMeeting.id != meeting.id)),
            EnrolmentDay.registration_id.is_(None),
            Enrolment.state == EnrolmentState.CONFIRMED,
            Registration.event_id == meeting.event_id,
            Registration.state == RegistrationState.CANCELLED,
            Registration.changed_at >= since,
        )
    )
    for day, invitation in db.session.execute(wanted.order_by(EnrolmentDay.id)).all():
        mode = ledger.mode_for_guest(meeting.event, day.mode)
        if mode is not None:
            ledger.taken[meeting.event_id, mode] += 1
            day.registration = course_seats.take_seat(invitation, mode, None, day)
            _SYSTEM.note(invitation, Step.REGISTERED)
            _tell_of_days(day.enrolment, notice)
            if notice.send:
                course_letters.plan_days([invitation], hold=notice.hold)
    db.session.flush()


def _seats_elsewhere(edition: CourseEdition) -> set[int]:
    """Ids of the events of other editions in which people of this one catch up."""
    own = [each.event_id for each in edition.meetings]
    theirs = sa.select(Registration.event_id).join(EnrolmentDay, EnrolmentDay.registration_id == Registration.id)
    mine = theirs.join(Enrolment, Enrolment.id == EnrolmentDay.enrolment_id).where(Enrolment.edition_id == edition.id)
    return set(db.session.scalars(mine.where(Registration.event_id.not_in(own))))


def _give_back_seats_elsewhere(edition: CourseEdition, notice: Notice) -> None:
    """Seats to come in which people of an edition would catch up are for others."""
    moved = Moved()
    for enrolment in _select_standing(edition, EnrolmentState.CONFIRMED):
        for day in enrolment.days:
            seat = day.registration
            if seat and seat.event_id != day.meeting.event_id and not course_seats.is_kept(seat):
                course_seats.free_day(day, _SYSTEM, moved)
    if notice.send:
        course_letters.plan_days(moved.told, hold=notice.hold)
    course_line.let_in_elsewhere(moved)


def _tell_of_days(enrolment: Enrolment, notice: Notice) -> None:
    if notice.send:
        course_letters.plan_letter(course_seats.anchor(enrolment), Why.DAY, hold=notice.hold)


def _has_day(enrolment: Enrolment, meeting: CourseMeeting) -> bool:
    return any(each.meeting_id == meeting.id for each in enrolment.days)


def _seat(day: EnrolmentDay, ledger: CourseLedger, notice: Notice) -> bool:
    """Give somebody their seat in a meeting that was added, where there is one."""
    event = day.meeting.event
    mode = next((each for each in event.modes if ledger.free(event, each) != 0), None)
    if mode is None:
        ledger.skipped[event.id, day.mode] += 1
        return False
    day.mode = mode
    ledger.taken[event.id, mode] += 1
    invitation = course_seats.invitation_to_day(day, event)
    day.registration = course_seats.take_seat(invitation, mode, day.enrolment.organisation_id, day)
    _SYSTEM.note(invitation, Step.REGISTERED)
    if notice.send:
        course_letters.plan_days([invitation], hold=notice.hold)
    return True


def _select_standing(edition: CourseEdition, state: EnrolmentState) -> list[Enrolment]:
    wanted = sa.select(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.state == state)
    return list(db.session.scalars(wanted.order_by(Enrolment.id)))


def _select_concerned(events: set[int], edition: CourseEdition) -> sa.Select[int, int]:
    """The invitations to what was cancelled, by when that was, of who has or waits for a place, or has one of the days in
    their calendar; with the id of the person."""
    has_it = Invitation.calendar_status.in_([CalendarStatus.TENTATIVE, CalendarStatus.CONFIRMED])
    stands = sa.select(Enrolment.id).where(
        Enrolment.edition_id == edition.id,
        Enrolment.person_id == Invitation.person_id,
        Enrolment.state != EnrolmentState.CANCELLED,
    )
    concerned = sa.or_(has_it, stands.exists())
    wanted = sa.select(Invitation.id, Invitation.person_id).join(Event, Event.id == Invitation.event_id)
    return wanted.where(Invitation.event_id.in_(events), concerned).order_by(Event.starts_at, Invitation.id)
