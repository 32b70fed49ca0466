"""One day of somebody who is enrolled: absent, in the meeting of another edition, or there after all."""

from collections.abc import Collection

from app.breakouts import choices
from app.courses.models import CourseMeeting, EditionState, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, Mode
from app.invitations.models import Answer, Step
from app.registration import (
    course_ledger,
    course_letters,
    course_line,
    course_places,
    course_seats,
    course_wishes,
    seats,
)
from app.registration.course_places import EnrolmentRefused
from app.registration.course_seats import Doer, Moved
from app.registration.course_texts import Why
from app.registration.course_wishes import Wanted
from app.registration.models import Registration
from app.registration.seats import AlreadyThere, ModeFull, ModeNotOffered, RegistrationClosed

PERSON = Doer()
"""The person themselves, on their page."""


def stay_away(enrolment: Enrolment, meeting: CourseMeeting, doer: Doer = PERSON) -> None:
    """Be absent on one day: the seat there is for who catches up. Who comes to no other day leaves the course instead.

    Raises RegistrationClosed, AlreadyThere or EnrolmentRefused.
    """
    moved = Moved()
    day = _lock_day(enrolment, meeting)
    if day.registration is None:
        day.unseated = False
        return
    _demand_changeable(day.registration.invitation.event, doer, gives_up=True)
    if seats.is_there(day.registration.invitation):
        raise AlreadyThere
    if len(events_of(enrolment)) == 1 and not course_places.has_begun(enrolment.edition):
        raise EnrolmentRefused("last_day")
    course_seats.free_day(day, doer, moved)
    _tell_of_day(enrolment, moved, doer)


def come(enrolment: Enrolment, meeting: CourseMeeting, mode: Mode, doer: Doer = PERSON) -> Registration:
    """Come on the day itself after all, or in another mode, where there is room; a seat elsewhere is given up for it.

    Raises RegistrationClosed, ModeNotOffered, ModeFull, AlreadyThere or EnrolmentRefused.
    """
    moved, event = Moved(), meeting.event
    day = _lock_day(enrolment, meeting)
    own = day.registration is not None and day.registration.event_id == event.id
    if day.registration and own and day.registration.mode == mode:
        _take_maybe_back(enrolment, day.registration, doer)
        return day.registration
    _demand_changeable(event, doer)
    if mode not in event.modes:
        raise ModeNotOffered
    ledger = course_ledger.ledger_of(enrolment.edition)
    if own and ledger.free(event, mode) == 0:
        raise ModeFull
    if not own and ledger.free_for_guest(event, mode) == 0:
        raise EnrolmentRefused("day_full")
    step = Step.CHANGED_MODE if own else Step.REGISTERED
    registration = _sit(day, event, mode, enrolment.organisation_id, doer, moved, step)
    day.mode = mode
    _tell_of_day(enrolment, moved, doer)
    return registration


def _take_maybe_back(enrolment: Enrolment, seat: Registration, doer: Doer) -> None:
    """Who said 'maybe' of a day that is theirs, and now yes, comes; they hear so."""
    if seat.invitation.maybe_at is None:
        return
    course_seats.note_answer(seat.invitation, Answer.YES)
    doer.note(seat.invitation, Step.REGISTERED)
    course_letters.plan_letter(course_seats.anchor(enrolment), Why.DAY, **doer.how.details)


def catch_up(enrolment: Enrolment, meeting: CourseMeeting, event_id: int, doer: Doer = PERSON) -> Registration:
    """Have one's day in the same meeting of another edition, instead of one's own, also of a day that was missed.

    Raises RegistrationClosed, AlreadyThere or EnrolmentRefused.
    """
    moved = Moved()
    day = _lock_day(enrolment, meeting, {event_id})
    if day.registration and day.registration.event_id == event_id:
        return day.registration
    if day.registration and not day.registration.invitation.event.over:
        _demand_changeable(day.registration.invitation.event, doer, gives_up=True)
    if not (doer.by or enrolment.edition.state == EditionState.PUBLISHED):
        raise RegistrationClosed
    ledger = course_ledger.ledger_of(enrolment.edition, {event_id})
    event, mode = course_wishes.read_guest(ledger, meeting, event_id, day.mode)
    registration = _sit(day, event, mode, None, doer, moved, Step.REGISTERED)
    _tell_of_day(enrolment, moved, doer)
    return registration


def choose(enrolment: Enrolment, wanted: Wanted, doer: Doer) -> None:
    """Let each coming day be as somebody wants it. Raises what the change of a day raises."""
    before = course_wishes.wanted_by(enrolment)
    for meeting in course_places.coming_meetings(enrolment.edition):
        mode, event_id = wanted.modes.get(meeting.id), wanted.catch_up.get(meeting.id)
        if mode and mode != before.modes.get(meeting.id):
            come(enrolment, meeting, mode, doer)
        elif event_id and event_id != before.catch_up.get(meeting.id):
            catch_up(enrolment, meeting, event_id, doer)
    for meeting_id in wanted.absent:
        if meeting_id not in before.absent:
            stay_away(enrolment, _meeting(enrolment, meeting_id), doer)


def _meeting(enrolment: Enrolment, meeting_id: int) -> CourseMeeting:
    return next(each for each in enrolment.edition.meetings_held if each.id == meeting_id)


def _lock_day(enrolment: Enrolment, meeting: CourseMeeting, also: Collection[int] = ()) -> EnrolmentDay:
    """The day of somebody who is enrolled, under all locks that a change of it needs. Raises RegistrationClosed."""
    seats.keep_living(enrolment.person_id)
    course_places.lock_course(enrolment.edition, {*events_of(enrolment), *also})
    db.session.refresh(enrolment)
    for day in enrolment.days:
        db.session.refresh(day)
        if day.meeting_id == meeting.id and enrolment.state == EnrolmentState.CONFIRMED:
            return day
    raise RegistrationClosed


def events_of(enrolment: Enrolment) -> set[int]:
    """Ids of the events in which somebody has a seat by this enrolment."""
    return {each.registration.event_id for each in enrolment.days if each.registration}


def _demand_changeable(event: Event, doer: Doer, *, gives_up: bool = False) -> None:
    """By link as at any session, by an organiser until it is over. Raises RegistrationClosed."""
    late = doer.by is not None and event.published and not event.over
    if not (late or (event.takes_no if gives_up else event.open)):
        raise RegistrationClosed


def _sit(
    day: EnrolmentDay,
    event: Event,
    mode: Mode,
    organisation_id: int | None,
    doer: Doer,
    moved: Moved,
    step: Step,
) -> Registration:
    """Take the new seat before the old one is left: where that does not go the old one stays. Raises AlreadyThere."""
    invitation = course_seats.invitation_to_day(day, event)
    old = day.registration
    if old is not None and old.event_id != event.id:
        _leave_seat(day, old, doer, moved)
    day.registration, day.unseated = course_seats.take_seat(invitation, mode, organisation_id, day), False
    db.session.flush()
    if old is day.registration:
        choices.follow_seat(day.registration)
    doer.note(invitation, step)
    moved.told.append(invitation)
    return day.registration


def _leave_seat(day: EnrolmentDay, seat: Registration, doer: Doer, moved: Moved) -> None:
    """Leave a seat for one elsewhere; one at what has begun stays counted there. Raises AlreadyThere."""
    if seats.is_there(seat.invitation):
        raise AlreadyThere
    if seat.invitation.event.begun:
        day.registration = None
        db.session.flush()
    else:
        course_seats.free_day(day, doer, moved)


def _tell_of_day(enrolment: Enrolment, moved: Moved, doer: Doer) -> None:
    if doer.writes:
        course_letters.plan_letter(course_seats.anchor(enrolment), Why.DAY, **doer.how.details)
    course_letters.plan_days(moved.told)
    course_line.let_in_line(enrolment.edition)
    course_line.let_in_elsewhere(moved)
