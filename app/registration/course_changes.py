"""What organisers change in an edition that has people: a meeting comes or goes, or the whole edition is cancelled."""

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

_SYSTEM = Doer()


def seat_meeting(meeting: CourseMeeting, notice: Notice = AT_ONCE) -> list[Enrolment]:
    """A published meeting was added: everybody who is enrolled has a seat in it. Returns whom it cannot seat, who are absent there."""
    edition = course_places.lock_course(meeting.edition, {meeting.event_id})
    ledger, unseated = course_places.ledger_of(edition), []
    for enrolment in _select_standing(edition, EnrolmentState.CONFIRMED):
        if not any(each.meeting_id == meeting.id for each in enrolment.days):
            day = course_seats.new_day(enrolment, meeting, meeting.event.modes[0])
            if not _seat(day, ledger, notice):
                unseated.append(enrolment)
    for enrolment in _select_standing(edition, EnrolmentState.WAITING):
        course_seats.new_day(enrolment, meeting, meeting.event.modes[0])
    db.session.flush()
    return unseated


def drop_meeting(meeting: CourseMeeting, notice: Notice = AT_ONCE) -> None:
    """A meeting is not held: its event is cancelled, with a mail of its own, and who came to catch up is absent in their edition.

    Who waited for a seat in it may come in. Raises planning.EventOver.
    """
    edition = course_places.lock_course(meeting.edition, {meeting.event_id})
    planning.cancel_event(meeting.event, notice.reason, notice, by_course=True)
    meeting.dropped_at = clock.now()
    guests = sa.select(EnrolmentDay).join(EnrolmentDay.registration)
    theirs = guests.where(
        EnrolmentDay.meeting_id != meeting.id, EnrolmentDay.registration.has(event_id=meeting.event_id)
    )
    for day in db.session.scalars(theirs.order_by(EnrolmentDay.id)).all():
        course_seats.free_day(day, _SYSTEM, Moved())
        if notice.send:
            course_letters.plan_letter(course_seats.anchor(day.enrolment), Why.DAY, hold=notice.hold)
    db.session.flush()
    course_line.let_in_line(edition, notice)


def cancel_edition(edition: CourseEdition, notice: Notice = AT_ONCE) -> None:
    """Cancel all that is to come of an edition: everybody whom it concerns gets one letter, and their calendar loses each day.

    Enrolments stay as they are, as registrations do at an event that is cancelled.
    """
    course_places.lock_course(edition)
    events = {each.event_id: each for each in edition.meetings_held if each.event.published and not each.event.over}
    for meeting in events.values():
        planning.cancel_event(meeting.event, notice.reason, Notice(send=False), by_course=True)
    edition.state, edition.cancel_reason = EditionState.CANCELLED, notice.reason
    db.session.flush()
    if not notice.send:
        return
    told = db.session.execute(_select_concerned(set(events), edition)).all()
    firsts = {person_id: invitation_id for invitation_id, person_id in reversed(told)}
    course_letters.plan_cancelling(edition, firsts.values(), [invitation_id for invitation_id, _ in told], notice)


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
    day.registration = course_seats.take_seat(invitation, mode, day.enrolment.organisation_id)
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
