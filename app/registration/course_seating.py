"""Seats on one day for who is enrolled already: on a day that is added, and the next that comes free for who found none there."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.courses.models import CourseEdition, CourseMeeting, EditionState, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, Mode
from app.events.planning import AT_ONCE, Notice
from app.invitations.models import Step
from app.outbox import errands
from app.outbox.models import Errand, ErrandKind
from app.registration import course_ledger, course_letters, course_places, course_seats
from app.registration.course_ledger import CourseLedger
from app.registration.course_seats import Doer
from app.registration.course_texts import Why


def details_of(edition: CourseEdition, notice: Notice, **more: Any) -> dict[str, Any]:
    """What an errand has to know that seats people of an edition, for `notice_of`."""
    return {"edition": edition.id, "send": notice.send, "hold": notice.hold.total_seconds()} | more


def notice_of(errand: Errand) -> Notice:
    return Notice(errand.details["send"], hold=timedelta(seconds=errand.details["hold"]))


def edition_of(errand: Errand) -> CourseEdition | None:
    """The edition in which an errand seats people, locked; None when it is not held any more."""
    edition = db.session.get(CourseEdition, errand.details["edition"])
    if edition is None:
        return None
    course_places.lock_course(edition)
    return edition if edition.state == EditionState.PUBLISHED else None


def seat_everybody(meeting: CourseMeeting, enrolled: Sequence[Enrolment], notice: Notice) -> list[Enrolment]:
    """A day is new to these people, who are enrolled: each has a seat there as long as there is one, the others hear so.

    Returns who gets none: the next that comes free there is theirs.
    """
    days = [course_seats.new_day(each, meeting, meeting.event.modes[0]) for each in enrolled]
    for day in days:
        day.unseated = True
    db.session.flush()
    unseated = _count_out(days, course_ledger.ledger_of(meeting.edition))
    _carry_out(meeting.edition, days, notice, new=True)
    return [each.enrolment for each in unseated]


def seat_who_found_none(edition: CourseEdition, notice: Notice = AT_ONCE) -> None:
    """Give the seats that came free on a coming day to who is enrolled and found none there, and tell them."""
    days = db.session.scalars(_select_unseated(edition).order_by(EnrolmentDay.id)).all()
    if days:
        none = set(_count_out(days, course_ledger.ledger_of(edition)))
        _carry_out(edition, [each for each in days if each not in none], notice, new=False)


def seat_some(errand: Errand, day_ids: Collection[int]) -> None:
    """Give them their seat on that day, as far as there is one still; who gets none hears so if the day is new to them."""
    edition = edition_of(errand)
    if edition is not None:
        wanted = _select_unseated(edition).where(EnrolmentDay.id.in_(day_ids))
        days = db.session.scalars(wanted.order_by(EnrolmentDay.id)).all()
        _seat(edition, days, notice_of(errand), new=errand.details["new"])


def _select_unseated(edition: CourseEdition) -> sa.Select[EnrolmentDay]:
    coming = [each.id for each in course_places.coming_meetings(edition)]
    wanted = sa.select(EnrolmentDay).join(EnrolmentDay.enrolment)
    return wanted.where(
        EnrolmentDay.unseated,
        EnrolmentDay.registration_id.is_(None),
        EnrolmentDay.meeting_id.in_(coming),
        Enrolment.state == EnrolmentState.CONFIRMED,
    )


def _carry_out(edition: CourseEdition, days: Sequence[EnrolmentDay], notice: Notice, *, new: bool) -> None:
    if len(days) <= course_places.FEW:
        _seat(edition, days, notice, new=new)
    else:
        details = details_of(edition, notice, new=new)
        errands.carry_out(ErrandKind.SEAT, [each.id for each in days], details=details)


def _seat(edition: CourseEdition, days: Sequence[EnrolmentDay], notice: Notice, *, new: bool) -> None:
    ledger = course_ledger.ledger_of(edition) if days else None
    for day in days:
        mode = _free_mode(ledger, day.meeting.event) if ledger else None
        if notice.send and (mode is None) == new:
            course_letters.plan_letter(course_seats.anchor(day.enrolment), Why.DAY, hold=notice.hold)
        if ledger and mode:
            ledger.taken[day.meeting.event_id, mode] += 1
            _take(day, mode, notice)
    db.session.flush()


def _take(day: EnrolmentDay, mode: Mode, notice: Notice) -> None:
    invitation = course_seats.invitation_to_day(day, day.meeting.event)
    day.mode, day.unseated = mode, False
    day.registration = course_seats.take_seat(invitation, mode, day.enrolment.organisation_id, day)
    Doer().note(invitation, Step.REGISTERED)
    if notice.send:
        course_letters.plan_days([invitation], hold=notice.hold)


def _count_out(days: Sequence[EnrolmentDay], ledger: CourseLedger) -> list[EnrolmentDay]:
    """Those of them for whom there is no seat, when the first have theirs."""
    out = []
    for day in days:
        mode = _free_mode(ledger, day.meeting.event)
        if mode is None:
            out.append(day)
        else:
            ledger.taken[day.meeting.event_id, mode] += 1
    return out


def _free_mode(ledger: CourseLedger, event: Event) -> Mode | None:
    """In which mode there is a seat for who comes there after all: also one that somebody skips."""
    return next((each for each in event.modes if ledger.free_for_guest(event, each) != 0), None)
