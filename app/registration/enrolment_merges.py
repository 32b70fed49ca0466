"""Two people who become one may both be enrolled in an edition of a course: one enrolment stays, with its days."""

from collections.abc import Collection

import sqlalchemy as sa

from app.courses.models import CourseEdition, CourseMeeting, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events import capacity
from app.network.people.models import Person
from app.registration import course_days, course_ledger, course_places, course_seats, enrolments
from app.registration.models import Registration, RegistrationState
from app.row_journal import RowJournal, references_to

_RANK = {EnrolmentState.CONFIRMED: 2, EnrolmentState.WAITING: 1, EnrolmentState.CANCELLED: 0}
_DAYS, _SEATS = EnrolmentDay.__table__, Registration.__table__


def combine_enrolments(kept: Person, gone: Person, journal: RowJournal) -> list[CourseEdition]:
    """Keep one enrolment in each edition of the two that these people have, who is enrolled before who waits.

    Returns the editions in which a place came free.
    """
    theirs = {each.edition_id: each for each in _enrolments(gone)}
    freed = []
    for own in _enrolments(kept):
        other = theirs.get(own.edition_id)
        if other is not None:
            caught_up = course_days.events_of(own) | course_days.events_of(other)
            freed.append(course_places.lock_course(own.edition, caught_up))
            stays, goes = sorted((own, other), key=lambda each: _RANK[each.state], reverse=True)
            freed += _drop(goes, stays, journal)
    db.session.flush()
    return freed


def let_in(editions: list[CourseEdition]) -> None:
    """Give the places that came free to who waits."""
    for edition in editions:
        enrolments.let_in_line(edition)


def combine_days(first: int, second: int, journal: RowJournal) -> None:
    """The seat that goes was a day's: that day has the seat that stays, which is one as long as any of the two was.

    Where one of the two would catch up for another edition, and the other is enrolled, it is the day of who is enrolled.
    """
    column = _DAYS.c.registration_id
    own_first = CourseMeeting.event_id != Registration.event_id
    wanted = sa.select(EnrolmentDay.id).join(EnrolmentDay.meeting).join(EnrolmentDay.registration)
    days = db.session.scalars(wanted.where(column.in_([first, second])).order_by(own_first, EnrolmentDay.id)).all()
    if not days:
        return
    for caught_up in days[1:]:
        journal.update(_DAYS, {"id": caught_up}, registration_id=None)
    journal.update(_DAYS, {"id": days[0]}, registration_id=first)
    held = db.session.scalar(sa.select(_SEATS.c.state).where(_SEATS.c.id == first))
    if held != RegistrationState.CONFIRMED:
        journal.update(_SEATS, {"id": first}, state=RegistrationState.CONFIRMED, waiting_number=None)


def has_day(registration: Registration) -> bool:
    """Whether a seat is somebody's day in a course."""
    wanted = sa.select(EnrolmentDay.id).where(EnrolmentDay.registration_id == registration.id)
    return db.session.scalar(wanted) is not None


def keep_places_after_undo(returned: Collection[int]) -> None:
    """An enrolment that came back with an undone merge waits when its place has been given away; a seat to catch up is lost by itself."""
    wanted = sa.select(Enrolment).where(Enrolment.id.in_(returned), Enrolment.state == EnrolmentState.CONFIRMED)
    for enrolment in db.session.scalars(wanted.order_by(Enrolment.id)).all():
        caught_up = course_days.events_of(enrolment)
        ledger = course_ledger.ledger_of(course_places.lock_course(enrolment.edition, caught_up))
        too_many = enrolment.edition.seats is not None and ledger.enrolled.total() > enrolment.edition.seats
        quota, place = enrolment.edition.seats_per_organisation, enrolment.organisation_id
        at_quota = quota is not None and place is not None and ledger.enrolled[place] > quota
        overdrawn = [day for day in enrolment.days if _is_overdrawn(day)]
        own = [day for day in overdrawn if day.registration and day.registration.event_id == day.meeting.event_id]
        if too_many or at_quota or own:
            enrolments.back_in_line(enrolment)
        elif overdrawn:
            enrolments.lose_catch_up(enrolment, overdrawn)


def _is_overdrawn(day: EnrolmentDay) -> bool:
    seat = day.registration
    if seat is None or course_seats.is_kept(seat):
        return False
    outlook = capacity.ledger(seat.invitation.event).outlook(seat.mode)
    return outlook.seats is not None and outlook.confirmed > outlook.seats


def _enrolments(person: Person) -> list[Enrolment]:
    wanted = sa.select(Enrolment).where(Enrolment.person_id == person.id)
    return list(db.session.scalars(wanted.order_by(Enrolment.id)))


def _drop(goes: Enrolment, stays: Enrolment, journal: RowJournal) -> list[CourseEdition]:
    """Let one enrolment go. On a day from which the other is absent its seat holds; a second seat to come is given up.

    Returns the other editions in which such a seat came free.
    """
    freed = []
    mine = {each.registration.event_id for each in stays.days if each.registration}
    absent = {each.meeting_id: each.id for each in stays.days if each.registration is None}
    for day in list(goes.days):
        seat = day.registration
        journal.delete(_DAYS, {"id": day.id})
        if seat is not None and stays.state == EnrolmentState.CONFIRMED and day.meeting_id in absent:
            journal.update(_DAYS, {"id": absent[day.meeting_id]}, registration_id=seat.id)
        elif seat is not None and seat.event_id not in mine and not seat.invitation.event.begun:
            journal.update(_SEATS, {"id": seat.id}, state=RegistrationState.CANCELLED, waiting_number=None)
            if there := course_places.meeting_of(seat.invitation.event):
                freed.append(there.edition)
        db.session.expunge(day)
    for column in references_to("enrolments"):
        if column.table is not _DAYS:
            journal.move(column, goes.id, stays.id)
    number = goes.id
    db.session.expunge(goes)
    journal.delete(Enrolment.__table__, {"id": number})
    db.session.expire(stays)
    return freed
