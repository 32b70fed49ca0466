"""The waiting line of an edition: who waits longest comes in first, of those for whom everything has a place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.courses.models import CourseEdition, CourseMeeting, EditionState, Enrolment, EnrolmentState
from app.database import db
from app.events import capacity
from app.events.models import Event, Mode
from app.events.planning import AT_ONCE, Notice
from app.invitations.models import Answer, Invitation, Step
from app.outbox import errands
from app.outbox.models import Errand, ErrandKind
from app.registration import course_ledger, course_letters, course_places, course_seating, course_seats, course_wishes
from app.registration.course_ledger import CourseLedger
from app.registration.course_places import Modes
from app.registration.course_seats import Doer, Guests, Moved
from app.registration.course_texts import Why


@dataclass(frozen=True)
class ComesIn:
    """Somebody in line for whom everything has a place, and what they get."""

    enrolment: Enrolment
    modes: Modes
    guests: Guests
    missed: bool
    """Whether they cannot have a day elsewhere that they wished."""


def let_in_line(edition: CourseEdition, notice: Notice = AT_ONCE) -> int:
    """Give free places to those who wait longest and can have one in everything they come to. Returns how many come in.

    The first of them within this act, the others by and by: till then nobody new passes them (`go_first`). Once a meeting
    has begun nobody comes in any more; who is enrolled and found no seat on a day has the first that comes free there.
    """
    edition = course_places.lock_course(edition)
    if edition.state != EditionState.PUBLISHED:
        return 0
    course_seating.seat_who_found_none(edition, notice)
    if course_places.has_begun(edition):
        return 0
    chosen = _choose(edition)
    if len(chosen) > course_places.FEW:
        details = course_seating.details_of(edition, notice)
        errands.carry_out(ErrandKind.LET_IN, [each.enrolment.id for each in chosen], details=details)
    else:
        for each in chosen:
            _let_in(each, notice)
    return len(chosen)


def let_some_in(errand: Errand, enrolment_ids: Collection[int]) -> None:
    """Let those of them in who wait still, as far as there is room still."""
    edition = course_seating.edition_of(errand)
    if edition is not None and not course_places.has_begun(edition):
        for each in _choose(edition, enrolment_ids):
            _let_in(each, course_seating.notice_of(errand))


def let_in_elsewhere(moved: Moved) -> None:
    """Let people into the editions in whose meetings a seat came free that had been taken to catch up."""
    for edition in moved.freed.values():
        let_in_line(edition)


def wait(enrolment: Enrolment, wanted: Modes, catch_up: Mapping[int, int], invitation: Invitation, doer: Doer) -> None:
    """A place in line, behind everybody, or the one that they have; the days are what they wish of each."""
    waited = enrolment.state == EnrolmentState.WAITING
    _drop_wishes(enrolment)
    if not waited:
        last = sa.select(sa.func.max(Enrolment.waiting_number)).where(Enrolment.edition_id == enrolment.edition.id)
        with db.session.no_autoflush:  # so that it is written once
            number = (db.session.scalar(last) or 0) + 1
        enrolment.state, enrolment.waiting_number = EnrolmentState.WAITING, number
    course_seats.note_answer(invitation, Answer.YES)
    db.session.flush()
    _keep_wishes(enrolment, wanted, catch_up)
    if not waited:
        doer.note_all([invitation], Step.WAITING)
        course_letters.plan_letter_and_days(invitation, Why.WAITING, [], **doer.how.details)


def _keep_wishes(enrolment: Enrolment, wanted: Modes, catch_up: Mapping[int, int]) -> None:
    """A day without a seat for each that they want to be at, here or elsewhere; in one statement."""
    days = [
        {
            "meeting_id": meeting.id,
            "mode": wanted.get(meeting.id) or (meeting.event.modes or [Mode.ON_SITE])[0],
            "catch_up_event_id": None if meeting.id in wanted else catch_up[meeting.id],
        }
        for meeting in enrolment.edition.meetings_held
        if meeting.id in wanted or meeting.id in catch_up
    ]
    kept = {each.meeting_id for each in enrolment.days}
    course_seats.write_days(enrolment, [each for each in days if each["meeting_id"] not in kept])


def go_first(ledger: CourseLedger, person_id: int) -> None:
    """Leave of the free places what remains once everybody in line ahead of somebody had theirs."""
    for each in waiting_in(ledger.edition):
        if each.person_id == person_id:
            return
        _goes_first(each, ledger)


def count_waiting(event: Event) -> int:
    """How many wait for a place in the course of which a session is a meeting."""
    wanted = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .join(CourseMeeting, CourseMeeting.edition_id == Enrolment.edition_id)
    )
    mine = wanted.where(CourseMeeting.event_id == event.id, Enrolment.state == EnrolmentState.WAITING)
    return db.session.scalars(mine).one()


def count_passed(event: Event, person_id: int) -> int:
    """How many wait ahead of somebody for a place that there is, in a course that has begun: nobody lets them in by itself."""
    meeting = course_places.meeting_of(event)
    if meeting is None or not course_places.has_begun(meeting.edition):
        return 0
    ledger, passed = course_ledger.ledger_of(meeting.edition), 0
    for each in waiting_in(meeting.edition) if ledger.waiting else ():
        if each.person_id == person_id:
            break
        passed += _goes_first(each, ledger)
    return passed


def _goes_first(enrolment: Enrolment, ledger: CourseLedger) -> bool:
    """Count somebody in line as in, if everything has a place for them."""
    wanted = course_ledger.wishes_of(enrolment, ledger)
    enters = bool(wanted) and ledger.can_enter(enrolment.organisation_id, wanted)
    if enters:
        ledger.enter(enrolment.organisation_id, wanted)
    return enters


def waiting_in(edition: CourseEdition) -> Sequence[Enrolment]:
    """Who waits, longest first, with the days that they wish."""
    wanted = sa.select(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.WAITING)
    found = wanted.order_by(Enrolment.waiting_number).options(selectinload(Enrolment.days))
    return db.session.scalars(found, execution_options={"populate_existing": True}).all()


def _choose(edition: CourseEdition, among: Collection[int] | None = None) -> list[ComesIn]:
    """Who comes in, longest waiting first; `among` are ids of enrolments. Who has a place elsewhere by now leaves the line."""
    waiting = [each for each in waiting_in(edition) if among is None or each.id in among]
    if not waiting:
        return []
    wishes = {event_id for each in waiting for event_id in course_wishes.elsewhere_of(each).values()}
    capacity.lock_events(wishes)
    ledger, chosen = course_ledger.ledger_of(edition, wishes), []
    elsewhere = course_places.people_elsewhere(edition, [each.person_id for each in waiting])
    for enrolment in waiting:
        comes = _find_place(enrolment, ledger)
        if comes and enrolment.person_id in elsewhere:
            _leave_line(enrolment)  # as two people who became one may have done
        elif comes:
            ledger.enter(enrolment.organisation_id, comes.modes, comes.guests)
            chosen.append(comes)
    return chosen


def _find_place(enrolment: Enrolment, ledger: CourseLedger) -> ComesIn | None:
    """What somebody in line gets, if there is a place in everything they come to."""
    wanted, catch_up = course_ledger.wishes_of(enrolment, ledger), course_wishes.elsewhere_of(enrolment)
    if not (wanted or catch_up) or not ledger.can_enter(enrolment.organisation_id, wanted):
        return None
    guests = course_wishes.read_guests(ledger, catch_up, catch_up) if catch_up else {}
    return ComesIn(enrolment, wanted, guests, missed=len(guests) < len(catch_up)) if wanted or guests else None


def _let_in(comes: ComesIn, notice: Notice) -> None:
    origin = course_seats.anchor(comes.enrolment).origin
    moved = course_seats.seat_in_all(comes.enrolment, comes.modes, comes.guests, origin, Doer(), Step.PROMOTED)
    leave_other_lines(comes.enrolment)
    if notice.send:
        details = {"inhalen_vol": True} if comes.missed else {}
        course_letters.plan_letter_and_days(moved.first, Why.PROMOTED, moved.told, hold=notice.hold, **details)


def _drop_wishes(enrolment: Enrolment) -> None:
    wishes = [each for each in enrolment.days if each.registration is None]
    for day in wishes:
        enrolment.days.remove(day)
        db.session.delete(day)
    if wishes:
        db.session.flush()


def leave_other_lines(enrolment: Enrolment) -> None:
    """Who has a place waits no more for one in another edition of the course, also by their calendar."""
    leave_them(course_places.enrolments_elsewhere(enrolment.edition, enrolment.person_id))


def leave_them(enrolments: Iterable[Enrolment]) -> None:
    """Who waits in these lines waits there no more."""
    for each in enrolments:
        if each.state == EnrolmentState.WAITING:
            _leave_line(each)


def leave_lines(edition: CourseEdition, person_ids: Collection[int]) -> None:
    """The same of several, who have a place in this edition."""
    others = sa.select(Enrolment).join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
    wait = others.where(Enrolment.person_id.in_(person_ids), Enrolment.state == EnrolmentState.WAITING)
    leave_them(db.session.scalars(wait.where(CourseEdition.course_id == edition.course_id)).all())


def _leave_line(enrolment: Enrolment) -> None:
    _drop_wishes(enrolment)
    enrolment.state, enrolment.waiting_number = EnrolmentState.CANCELLED, None
    waited = course_seats.anchor(enrolment)
    course_seats.note_answer(waited, Answer.NO)
    Doer().note(waited, Step.CANCELLED)
    course_letters.plan_days([waited])
