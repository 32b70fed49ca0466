"""The waiting line of an edition: who waits longest comes in first, of those for whom everything has a place."""

import sqlalchemy as sa

from app.courses.models import CourseEdition, EditionState, Enrolment, EnrolmentState
from app.database import db
from app.events.planning import AT_ONCE, Notice
from app.invitations.models import Answer, Invitation, Step
from app.registration import course_letters, course_places, course_seats
from app.registration.course_places import CourseLedger, Modes
from app.registration.course_seats import Doer, Moved
from app.registration.course_texts import Why


def let_in_line(edition: CourseEdition, notice: Notice = AT_ONCE) -> list[Enrolment]:
    """Give free places to those who wait longest and can have one in everything they come to. Returns who came in.

    Once a meeting has begun nobody comes in any more.
    """
    edition = course_places.lock_course(edition)
    if edition.state != EditionState.PUBLISHED or course_places.has_begun(edition):
        return []
    wanted = sa.select(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.WAITING)
    waiting = db.session.scalars(wanted.order_by(Enrolment.waiting_number)).all()
    ledger = course_places.ledger_of(edition) if waiting else None
    return [each for each in waiting if ledger and _come_in(each, ledger, notice)]


def let_in_elsewhere(moved: Moved) -> None:
    """Let people into the editions in whose meetings a seat came free that had been taken to catch up."""
    for edition in moved.freed.values():
        let_in_line(edition)


def wait(enrolment: Enrolment, wanted: Modes, invitation: Invitation, doer: Doer) -> None:
    """A place in line, behind everybody, or the one that they have; the days are what they want to be at."""
    _drop_wishes(enrolment)
    for meeting in enrolment.edition.meetings_held:
        if meeting.id in wanted:
            course_seats.new_day(enrolment, meeting, wanted[meeting.id])
    course_seats.note_answer(invitation, Answer.YES)
    if enrolment.state != EnrolmentState.WAITING:
        last = sa.select(sa.func.max(Enrolment.waiting_number)).where(Enrolment.edition_id == enrolment.edition_id)
        number = (db.session.scalar(last) or 0) + 1
        enrolment.state, enrolment.waiting_number = EnrolmentState.WAITING, number
        doer.note(invitation, Step.WAITING)
        course_letters.plan_letter(invitation, Why.WAITING, **doer.how.details)
    db.session.flush()


def _drop_wishes(enrolment: Enrolment) -> None:
    for day in [each for each in enrolment.days if each.registration is None]:
        enrolment.days.remove(day)
        db.session.delete(day)
    db.session.flush()


def leave_other_lines(enrolment: Enrolment) -> None:
    """Who has a place waits no more for one in another edition of the course, also by their calendar."""
    others = sa.select(Enrolment).join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
    mine = others.where(Enrolment.person_id == enrolment.person_id, Enrolment.state == EnrolmentState.WAITING)
    for each in db.session.scalars(mine.where(CourseEdition.course_id == enrolment.edition.course_id)).all():
        _leave_line(each)


def _leave_line(enrolment: Enrolment) -> None:
    _drop_wishes(enrolment)
    enrolment.state, enrolment.waiting_number = EnrolmentState.CANCELLED, None
    waited = course_seats.anchor(enrolment)
    course_seats.note_answer(waited, Answer.NO)
    Doer().note(waited, Step.CANCELLED)
    course_letters.plan_days([waited])


def _come_in(enrolment: Enrolment, ledger: CourseLedger, notice: Notice) -> bool:
    """Give somebody from the line a place, if there is one in everything they come to."""
    wanted = course_places.wishes_of(enrolment, ledger)
    if not wanted or not ledger.can_enter(enrolment.organisation_id, wanted):
        return False
    if course_places.edition_elsewhere(enrolment.edition, enrolment.person_id):
        _leave_line(enrolment)  # as two people who became one may have done
        return False
    ledger.enter(enrolment.organisation_id, wanted)
    origin = course_seats.anchor(enrolment).origin
    moved = course_seats.seat_in_all(enrolment, wanted, {}, origin, Doer(), Step.PROMOTED)
    leave_other_lines(enrolment)
    if notice.send:
        course_letters.plan_letter(course_seats.anchor(enrolment), Why.PROMOTED, hold=notice.hold)
        course_letters.plan_days(moved.told, hold=notice.hold)
    return True
