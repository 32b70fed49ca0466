"""What organisers change in an edition that has people: a meeting comes or goes, or the whole edition is cancelled."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

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
from app.registration import (
    course_ledger,
    course_letters,
    course_line,
    course_places,
    course_seating,
    course_seats,
    course_wishes,
)
from app.registration.course_seats import Doer, Moved
from app.registration.course_texts import Why
from app.registration.models import Registration, RegistrationState

_SYSTEM = Doer()


def seat_meeting(
    meeting: CourseMeeting, notice: Notice = AT_ONCE, *, dropped_at: datetime | None = None, undone: bool = False
) -> list[Enrolment]:
    """A published meeting was added, or comes back: everybody who is enrolled has a seat in it, then who would catch up there.

    Returns who is enrolled and finds no seat there: they are absent, and the next that comes free is theirs. `undone` says
    that it was dropped a moment ago: who did not hear of that hears nothing.
    """
    edition = course_places.lock_course(meeting.edition, {meeting.event_id})
    new = [each for each in _select_standing(edition, EnrolmentState.CONFIRMED) if not _has_day(each, meeting)]
    unseated = course_seating.seat_everybody(meeting, new, notice)
    for enrolment in _select_standing(edition, EnrolmentState.WAITING):
        if not _has_day(enrolment, meeting):
            course_seats.new_day(enrolment, meeting, meeting.event.modes[0])
    db.session.flush()
    if dropped_at is not None:
        returned = _let_guests_return(meeting, dropped_at)
        if notice.send:
            _tell_who_returned(returned, notice, undone=undone)
    return unseated


def drop_meeting(meeting: CourseMeeting, notice: Notice = AT_ONCE) -> None:
    """A meeting is not held: its event is cancelled, with a mail of its own, and who came to catch up is absent in their edition.

    Who waited for a seat in it may come in; who waited for nothing else hears that. Raises planning.EventOver.
    """
    edition = course_places.lock_course(meeting.edition, {meeting.event_id})
    planning.cancel_event(meeting.event, notice.reason, notice, by_course=True)
    meeting.dropped_at = clock.now()
    _send_guests_home([meeting], notice)
    course_line.let_in_line(edition, notice)
    for enrolment in course_line.waiting_in(edition) if notice.send else ():
        if course_wishes.waits_for_nothing(enrolment) and _has_day(enrolment, meeting):
            course_letters.plan_letter(course_seats.anchor(enrolment), Why.NO_DAY, hold=notice.hold)


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
    days = [invitation_id for invitation_id, _ in told]
    course_letters.plan_for_all(edition, Why.CANCELLED, firsts.values(), days, notice)


def revive_edition(edition: CourseEdition, notice: Notice = AT_ONCE) -> None:
    """What was cancelled takes place: whoever had a place has it still, in all that is to come; everybody is told once.

    A day that passed meanwhile falls away. Who has a place in another edition by now keeps that one alone. Then who waits
    comes in.
    """
    course_places.lock_course(edition)
    for meeting in [each for each in edition.meetings_held if each.event.cancelled]:
        if meeting.event.begun:
            meeting.dropped_at = clock.now()
        else:
            planning.publish_event(meeting.event, Notice(send=False), by_course=True)
    edition.state, edition.cancel_reason = EditionState.PUBLISHED, ""
    db.session.flush()
    gone = _leave_for_other_edition(edition)
    if notice.send:
        _tell_that_it_goes_on(edition, gone, notice)
    course_line.let_in_line(edition, notice)


def _tell_that_it_goes_on(edition: CourseEdition, gone: Collection[int], notice: Notice) -> None:
    """A letter to everybody who heard that it was off, but these people, and a mail for each day in their calendar."""
    coming = [each.event_id for each in course_places.coming_meetings(edition)]
    passed = [each.event_id for each in edition.meetings if each.event_id not in coming]
    days = db.session.execute(_select_concerned(coming, edition, lost=True)).all()
    before = db.session.execute(_select_concerned(passed, edition, lost=True)).all()
    firsts = {person_id: number for number, person_id in (*before, *reversed(days)) if person_id not in gone}
    told = [number for number, person_id in days if person_id not in gone]
    course_letters.plan_for_all(edition, Why.REVIVED, firsts.values(), told, notice)


def _leave_for_other_edition(edition: CourseEdition) -> set[int]:
    """Who found a place in another edition while this one was off keeps that. Returns their ids."""
    standing = _select_standing(edition, EnrolmentState.CONFIRMED, EnrolmentState.WAITING)
    elsewhere = course_places.people_elsewhere(edition, [each.person_id for each in standing])
    for enrolment in [each for each in standing if each.person_id in elsewhere]:
        course_seats.free_all(enrolment, _SYSTEM, Moved())
        enrolment.state, enrolment.waiting_number = EnrolmentState.CANCELLED, None
    stays = [each.person_id for each in standing if each.state == EnrolmentState.CONFIRMED]
    course_line.leave_lines(edition, stays)
    db.session.flush()
    return elsewhere


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


def _let_guests_return(meeting: CourseMeeting, since: datetime) -> list[tuple[Enrolment, Invitation]]:
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
    ledger, returned = course_ledger.ledger_of(meeting.edition, {meeting.event_id}), []
    for day, invitation in db.session.execute(wanted.order_by(EnrolmentDay.id)).all():
        mode = ledger.mode_for_guest(meeting.event, day.mode)
        if mode is not None:
            ledger.taken[meeting.event_id, mode] += 1
            day.registration = course_seats.take_seat(invitation, mode, None, day)
            _SYSTEM.note(invitation, Step.REGISTERED)
            returned.append((day.enrolment, invitation))
    db.session.flush()
    return returned


def _tell_who_returned(returned: Sequence[tuple[Enrolment, Invitation]], notice: Notice, *, undone: bool) -> None:
    """That they catch up there after all; nothing to whom the letter that they would not, is not mailed yet."""
    anchors = [course_seats.anchor(enrolment).id for enrolment, _ in returned]
    unaware = course_letters.take_letters_back(anchors) if undone else set()
    for anchor_id, (enrolment, invitation) in zip(anchors, returned, strict=True):
        if anchor_id not in unaware:
            _tell_of_days(enrolment, notice)
            course_letters.plan_days([invitation], hold=notice.hold)


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


def _select_standing(edition: CourseEdition, *states: EnrolmentState) -> list[Enrolment]:
    wanted = sa.select(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.state.in_(states))
    return list(db.session.scalars(wanted.order_by(Enrolment.id).options(selectinload(Enrolment.days))))


def _select_concerned(events: Collection[int], edition: CourseEdition, *, lost: bool = False) -> sa.Select[int, int]:
    """The invitations to what was cancelled, by when that was, of who has or waits for a place, or has one of the days in
    their calendar, or `lost` it from there while they had not said no; with the id of the person."""
    has_it: sa.ColumnElement[bool] = Invitation.calendar_status.in_(
        [CalendarStatus.TENTATIVE, CalendarStatus.CONFIRMED]
    )
    if lost:
        has_it = (Invitation.calendar_status == CalendarStatus.CANCELLED) & Invitation.answer.is_(None)
    stands = sa.select(Enrolment.id).where(
        Enrolment.edition_id == edition.id,
        Enrolment.person_id == Invitation.person_id,
        Enrolment.state != EnrolmentState.CANCELLED,
    )
    concerned = sa.or_(has_it, stands.exists())
    wanted = sa.select(Invitation.id, Invitation.person_id).join(Event, Event.id == Invitation.event_id)
    return wanted.where(Invitation.event_id.in_(events), concerned).order_by(Event.starts_at, Invitation.id)
