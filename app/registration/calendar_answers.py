"""Answers that people give in their calendar: in which order they count, what they change, and how they are undone.

An answer on the page counts as one of now. Of two answers from calendars the later one holds, whichever arrives last.
When it was given (DTSTAMP) decides: programs of one person keep SEQUENCE each in their own way, so that it tells only
which date was answered, and which of two answers in one second is the newer (RFC 5546 section 2.1.5 orders by it first).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Account
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event, Mode
from app.invitations import invitation_history
from app.invitations.models import Answer, Invitation, Step
from app.outbox.kinds import MessageKind
from app.registration import answers, course_places, question_answers, registration_letters, seats
from app.registration.answers import FROM_CALENDAR, AnswerSource
from app.registration.course_places import EnrolmentRefused
from app.registration.models import CalendarAnswer, CalendarReply, Registration, RegistrationState

CLOCKS_DIFFER = timedelta(minutes=2)
"""How far a calendar's clock may be ahead: within it, an answer on the page goes before."""


@dataclass(frozen=True)
class ReceivedAnswer:
    """One answer as the calendar sent it."""

    answer: CalendarAnswer
    sequence: int
    stamp: datetime
    """When it was given by that calendar's clock; never later than now."""
    starts_at: datetime | None = None
    """The beginning that they answered to, as far as the calendar says."""
    how: AnswerSource = FROM_CALENDAR


class AnswerVerdict(StrEnum):
    """What became of an answer."""

    APPLIED = "applied"
    SAME = "same"
    """It said what already held, or came twice."""
    OLDER = "older"
    ASKED_AGAIN = "asked_again"
    """They said yes to a date that has moved."""
    TOO_LATE = "too_late"
    OVER = "over"


def apply_calendar_answer(invitation: Invitation, given: ReceivedAnswer) -> AnswerVerdict:
    """Take an answer over, if it is the latest one; the person hears what holds. One transaction with the event locked.

    Raises RegistrationClosed for somebody who was erased since their mail was read: it is read again, as a stranger's.
    """
    event = seats.lock_for_answer(invitation)
    last_given, mode, is_there = _read_what_holds(invitation)
    if event.over:
        return AnswerVerdict.OVER
    if _is_older(invitation, given, last_given):
        if _is_known(invitation, given):
            return AnswerVerdict.SAME
        _keep_reply(invitation, given)
        return AnswerVerdict.OLDER
    in_time = event.takes_no if given.answer == CalendarAnswer.DECLINED else _is_open(invitation, event)
    if not in_time or is_there:
        return AnswerVerdict.TOO_LATE
    if _holds_already(invitation, mode, given.answer):
        _keep_reply(invitation, given)
        return AnswerVerdict.SAME
    if given.answer != CalendarAnswer.DECLINED and _is_of_an_old_date(invitation, event, given):
        _keep_reply(invitation, given)
        return AnswerVerdict.ASKED_AGAIN
    before = {"before_answer": invitation.answer, "before_mode": mode or _waited_for(invitation)}
    try:
        answer_as_asked(invitation, given.answer, given.how, present=mode)
    except EnrolmentRefused:
        return AnswerVerdict.TOO_LATE
    _keep_reply(invitation, given, applied_at=invitation.answered_at, **before)
    return AnswerVerdict.APPLIED


def _is_open(invitation: Invitation, event: Event) -> bool:
    """Whether a yes is taken: of who is not enrolled in a course, as long as that is open."""
    place = course_places.find_place(invitation)
    return event.open if place is None or place.confirmed else place.meeting.edition.open


def _waited_for(invitation: Invitation) -> Mode | None:
    """How somebody would take part who waits for a course: of them there is no registration."""
    place = course_places.find_place(invitation)
    if place is None or place.enrolment is None or not place.waits:
        return None
    return next((each.mode for each in place.enrolment.days if each.meeting_id == place.meeting.id), None)


def _read_what_holds(invitation: Invitation) -> tuple[tuple[datetime, int] | None, Mode | None, bool]:
    """The answer anew, and beside it stamp and sequence of the calendar's newest, how they take part, whether they are there."""
    *answer, stamp, sequence, mode, attendance = db.session.execute(_WHAT_HOLDS, {"invitation_id": invitation.id}).one()
    for name, value in zip(_ANSWER, answer, strict=True):
        set_committed_value(invitation, name, value)
    return (stamp, sequence) if stamp else None, mode, attendance is not None


def answer_as_asked(
    invitation: Invitation,
    wanted: CalendarAnswer,
    how: AnswerSource,
    by: Account | None = None,
    *,
    present: Mode | None,
) -> None:
    """Do what an answer asks of who takes part in the `present` mode or not; `by` when an organiser takes it over by hand.

    Raises RegistrationClosed.
    """
    if wanted == CalendarAnswer.ACCEPTED:
        # A calendar has one button for yes: as they take part already, else in the room when there is one.
        modes = invitation.event.modes
        mode = present if present in modes else modes[0]
        registration = answers.accept_invitation(invitation, mode, by, how)
        if registration is not None:
            question_answers.fill_in_remembered(registration, invitation)
    elif wanted == CalendarAnswer.DECLINED:
        answers.decline_invitation(invitation, by, how)
    else:
        answers.answer_maybe(invitation, how)


HOLDS = sa.and_(CalendarReply.invitation_id == Invitation.id, CalendarReply.applied_at == Invitation.answered_at)
"""Whether the answer of an invitation is one of the calendar's."""
_LAST_APPLIED = (
    sa.select(CalendarReply)
    .join(Invitation, HOLDS)
    .where(Invitation.id == sa.bindparam("invitation_id"))
    .order_by(CalendarReply.id.desc())
    .limit(1)
)

_STANDS = sa.and_(Registration.invitation_id == Invitation.id, Registration.state != RegistrationState.CANCELLED)
_PRESENT_MODE = (
    sa.select(Registration.mode).join(Invitation, _STANDS).where(Invitation.id == sa.bindparam("invitation_id"))
)
_ANSWER = ("answer", "answered_at", "maybe_at", "calendar_sequence")
_WHAT_HOLDS = (
    sa.select(
        *(getattr(Invitation, name) for name in _ANSWER),
        CalendarReply.stamp,
        CalendarReply.sequence,
        Registration.mode,
        Attendance.id,
    )
    .select_from(Invitation)
    .outerjoin(Registration, _STANDS)
    .outerjoin(Attendance, Attendance.invitation_id == Invitation.id)
    .outerjoin(CalendarReply, CalendarReply.invitation_id == Invitation.id)
    .where(Invitation.id == sa.bindparam("invitation_id"))
    .order_by(CalendarReply.stamp.desc(), CalendarReply.sequence.desc())
    .limit(1)
)


def last_applied_reply(invitation: Invitation) -> CalendarReply | None:
    """The calendar's answer that holds now; None when the last answer was given elsewhere."""
    return db.session.scalar(_LAST_APPLIED, {"invitation_id": invitation.id})


def undo_calendar_answer(invitation: Invitation) -> bool:
    """Go back to what held before the calendar's last answer; False when there is none. Raises what answers raise."""
    seats.lock_for_answer(invitation)
    db.session.refresh(invitation, ["answer", "answered_at"])
    reply = last_applied_reply(invitation)
    if reply is None:
        return False
    invitation_history.note_invitation_step(invitation, Step.UNDONE)
    if reply.before_mode is not None:
        answers.accept_invitation(invitation, reply.before_mode)
    elif reply.before_answer == Answer.NO:
        answers.decline_invitation(invitation)
    else:
        answers.take_answer_back(invitation)
    reply.applied_at = None
    return True


def plan_reply_letter(kind: MessageKind, invitation: Invitation, **details: Any) -> None:
    """Answer a calendar's message that changed nothing."""
    registration_letters.plan_registration_letter(kind, invitation, **details)


def _is_older(invitation: Invitation, given: ReceivedAnswer, last: tuple[datetime, int] | None) -> bool:
    """Whether a later answer is known: from a calendar, or on the page."""
    if last and (given.stamp, given.sequence) <= last:
        return True
    if invitation.answered_at is None or last_applied_reply(invitation) is not None:
        return False
    return given.stamp < invitation.answered_at + CLOCKS_DIFFER


def _holds_already(invitation: Invitation, mode: Mode | None, wanted: CalendarAnswer) -> bool:
    takes_part = mode is not None
    match wanted:
        case CalendarAnswer.ACCEPTED:
            return takes_part and invitation.maybe_at is None
        case CalendarAnswer.DECLINED:
            return invitation.answer == Answer.NO and not takes_part
        case CalendarAnswer.TENTATIVE:
            return invitation.maybe_at is not None


def _is_of_an_old_date(invitation: Invitation, event: Event, given: ReceivedAnswer) -> bool:
    if given.starts_at is not None:
        return given.starts_at != event.starts_at
    return given.sequence < (invitation.calendar_sequence or 0)


def present_mode(invitation: Invitation) -> Mode | None:
    """How they take part; None when they do not."""
    return db.session.scalar(_PRESENT_MODE, {"invitation_id": invitation.id})


def _is_known(invitation: Invitation, given: ReceivedAnswer) -> bool:
    """Whether this very answer came before; one that is newer than all others did not."""
    same = {"sequence": given.sequence, "stamp": given.stamp, "answer": given.answer}
    return db.session.scalar(sa.select(CalendarReply.id).filter_by(invitation_id=invitation.id, **same)) is not None


def _keep_reply(invitation: Invitation, given: ReceivedAnswer, **became: Any) -> None:
    """Remember an answer, and what held before it when it was applied."""
    same = {"sequence": given.sequence, "stamp": given.stamp, "answer": given.answer}
    db.session.add(CalendarReply(invitation_id=invitation.id, **same, **became))
