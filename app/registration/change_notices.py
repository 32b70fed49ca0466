"""Whom a change of a session concerns, and the mail about it: planned, held back within a minute, sent after all.

A change that mails people is asked about first; the mail then waits a minute, in which an organiser can hold it back.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import clock
from app.database import Condition, db
from app.events import planning
from app.events.models import Event
from app.events.planning import EventDetails, Notice
from app.invitations.invitation_queries import message_rows_for_invitations
from app.invitations.models import Answer, CalendarStatus, Invitation
from app.network.models import Membership, Standing
from app.outbox import errands, mass_moves, message_queue, message_states
from app.outbox.kinds import OF_A_CHANGE, MessageKind
from app.outbox.models import Errand, ErrandKind, Message, MessageState, Reason
from app.registration.models import Registration, RegistrationState
from app.words import Refusal

HOLD = message_queue.HOLD


def wire() -> None:
    errands.register_errand(ErrandKind.TELL_CHANGE, _tell_change)
    errands.register_errand(ErrandKind.FOLLOW_CHANGE, _follow_change)
    errands.register_errand(ErrandKind.SEND_AFTER_ALL, _send_after_all)


_KINDS = (MessageKind.EVENT_CHANGED, MessageKind.EVENT_CANCELLED)
_HAS_IT = Invitation.calendar_status.in_([CalendarStatus.TENTATIVE, CalendarStatus.CONFIRMED])
_REVIVED = (Invitation.calendar_status == CalendarStatus.CANCELLED) & sa.or_(
    Invitation.answer.is_(None), Invitation.answer == Answer.YES
)
"""Whose calendar lost the event because it was cancelled, not because they do not come."""
_TAKES_PART = (
    sa.select(Registration.id)
    .where(Registration.invitation_id == Invitation.id, Registration.state != RegistrationState.CANCELLED)
    .exists()
)
"""Who said yes a moment ago, too: no mail has told their calendar yet."""
_HAS_LEFT = (
    sa.select(Membership.id)
    .join(Event, Event.network_id == Membership.network_id)
    .where(Event.id == Invitation.event_id, Membership.person_id == Invitation.person_id)
    .where(Membership.standing == Standing.LEFT)
    .exists()
)
"""Their calendar lost the event because they left its network; who takes part in what had begun by then still does."""
_HEARD_OF_CANCELLING = (
    sa.select(Message.id)
    .where(
        Message.invitation_id == Invitation.id,
        Message.kind == MessageKind.EVENT_CANCELLED,
        Message.sent_at.is_not(None),
    )
    .exists()
)


@dataclass(frozen=True)
class Concerned:
    """How many people hear of a change: who have a place, and who were asked or wait."""

    coming: int
    asked: int

    @property
    def total(self) -> int:
        return self.coming + self.asked


@dataclass(frozen=True)
class Waiting:
    """How many mails about the last change are about to leave, how many were held back, and whether that changes right now."""

    leaving: int
    held: int
    under_way: bool


def count_concerned(event: Event, kind: MessageKind = MessageKind.EVENT_CHANGED) -> Concerned:
    """Whom a mail of this kind would go to."""
    comes = sa.case((Invitation.answer == Answer.YES, 1), else_=0)
    wanted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(comes), 0))
    total, coming = db.session.execute(wanted.where(Invitation.event_id == event.id, _concerned(kind))).one()
    return Concerned(coming, total - coming)


def count_let_in(event: Event, details: EventDetails) -> int:
    """How many of those who wait would get a place if an event became like this: it is tried, and taken back."""
    waits = sa.select(Registration.id).where(Registration.event_id == event.id)
    waiting = list(db.session.scalars(waits.where(Registration.state == RegistrationState.WAITING)))
    if not waiting or not planning.changes_room(event, details):
        return 0
    trial = db.session.begin_nested()
    try:
        planning.change_event(event, details, Notice(send=False))
        come = sa.select(sa.func.count()).where(
            Registration.id.in_(waiting), Registration.state == RegistrationState.CONFIRMED
        )
        return db.session.scalars(come).one()
    except Refusal:
        return 0
    finally:
        trial.rollback()


def plan_notices(event: Event, kind: MessageKind, notice: Notice, heard_of: int | None = None) -> int:
    """One planned mail for everybody whom it concerns; the key holds SEQUENCE, so each change is told once.

    With `heard_of` only for who was mailed that it was off, by the SEQUENCE of that.
    """
    mass_moves.take_all_back(event.id, MessageState.SUPPRESSED, Reason.OVERTAKEN, _IS_OF_CHANGE, _IS_HELD)
    told = sa.select(Invitation.id).where(Invitation.event_id == event.id, _concerned(kind, heard_of))
    due_at = (clock.now() + notice.hold).isoformat()
    details = {"kind": kind.name, "reden": notice.reason, "due_at": due_at, "sequence": event.sequence}
    return errands.carry_out(
        ErrandKind.TELL_CHANGE,
        db.session.scalars(told.order_by(Invitation.id)).all(),
        event_id=event.id,
        details=details | ({} if heard_of is None else {"heard_of": heard_of}),
    )


def undo_cancelling(event: Event, sequence: int, notice: Notice, publish: Callable[[Notice], None]) -> None:
    """Let an event go on that was cancelled a moment ago, with this SEQUENCE, and did not change since.

    Who was mailed that it is off hears so; of the others no mail leaves.
    """
    errands.finish_earlier(event.id)
    off = Message.kind == MessageKind.EVENT_CANCELLED
    mass_moves.take_all_back(event.id, MessageState.SUPPRESSED, Reason.NO_LONGER_HOLDS, off)
    publish(Notice(send=False))
    if notice.send:
        plan_notices(event, MessageKind.EVENT_CHANGED, notice, sequence)


def _tell_change(errand: Errand, invitation_ids: Sequence[int]) -> None:
    """As far as the change still concerns them: who was told meanwhile, or has no place any more, hears nothing.

    With the number of this change: the next one, which finishes this first, has mails of its own.
    """
    event, kind = db.session.get_one(Event, errand.event_id), MessageKind[errand.details["kind"]]
    sequence = errand.details["sequence"]
    told = message_rows_for_invitations(f"{kind}:{event.id}:{sequence}:")
    message_queue.plan_messages(
        told.where(Invitation.id.in_(invitation_ids), _concerned(kind, errand.details.get("heard_of"))),
        kind=kind,
        details={"sequence": sequence, "reden": errand.details["reden"]},
        network_id=event.network_id,
        event_id=event.id,
        due_at=datetime.fromisoformat(errand.details["due_at"]),
        paced=False,
    )


def follow_silent_change(event: Event, *conditions: Condition) -> None:
    """Let a mail about the change before, which has not left yet, tell how it is now."""
    mass_moves.move_all(ErrandKind.FOLLOW_CHANGE, event.id, _IS_OF_CHANGE, _UNSENT, *conditions)


def _follow_change(errand: Errand, message_ids: Sequence[int]) -> None:
    event, these = db.session.get_one(Event, errand.event_id), Message.id.in_(message_ids)
    message_queue.write_anew(these)
    unwritten = sa.select(Message.id, Message.details).where(these, Message.composed_at.is_(None), _UNSENT)
    alike: dict[str, list[int]] = defaultdict(list)
    for message_id, details in db.session.execute(unwritten):
        alike[json.dumps(details | {"sequence": event.sequence})].append(message_id)
    for details, message_ids in alike.items():
        changed = sa.update(Message).where(Message.id.in_(message_ids)).values(details=json.loads(details))
        db.session.execute(changed)


def tell_of_cancelling(event: Event, notice: Notice) -> None:
    """What was held back is overtaken by the mail that it is off; a mail that is about to leave stays, and tells so."""
    if not notice.send:
        follow_silent_change(event)
        return
    follow_silent_change(event, ~_IS_HELD)
    plan_notices(event, MessageKind.EVENT_CANCELLED, notice)


def count_waiting(event: Event) -> Waiting:
    held, leaves = sa.case((_IS_HELD, 1), else_=0), sa.case((~_IS_HELD & (Message.due_at > clock.now()), 1), else_=0)
    wanted = sa.select(
        sa.func.coalesce(sa.func.sum(leaves), 0), sa.func.coalesce(sa.func.sum(held), 0), errands.is_under_way(event.id)
    )
    found = db.session.execute(wanted.where(Message.event_id == event.id, _IS_CAUSED, _UNSENT)).one()
    return Waiting(*found)


def hold_back(event: Event, account_id: int) -> int:
    """Hold back the mails about the last change that have not left. Returns how many."""
    errands.finish_earlier(event.id)
    return mass_moves.pause_all(event.id, _IS_CAUSED, account_id=account_id)


def send_after_all(event: Event, account_id: int) -> int:
    """Let the mails that were held back go, as it is by then. Returns how many."""
    errands.finish_earlier(event.id)
    return mass_moves.move_all(ErrandKind.SEND_AFTER_ALL, event.id, _IS_CAUSED, _IS_HELD, account_id=account_id)


def _send_after_all(errand: Errand, message_ids: Sequence[int]) -> None:
    these = Message.id.in_(message_ids)
    message_queue.write_anew(these, _IS_OF_CHANGE, _IS_HELD)
    message_queue.resume_messages(clock.now(), these, account_id=errand.account_id)


def drop(event: Event, account_id: int) -> int:
    """Never send the mails that were held back. Returns how many."""
    errands.finish_earlier(event.id)
    return mass_moves.take_all_back(
        event.id, MessageState.CANCELLED, Reason.WITHDRAWN, _IS_CAUSED, _IS_HELD, account_id=account_id
    )


_IS_HELD = Message.state == MessageState.PAUSED
_UNSENT = Message.state.in_(message_states.UNSENT)
_IS_OF_CHANGE, _IS_CAUSED = Message.kind.in_(_KINDS), Message.kind.in_(OF_A_CHANGE)


def _concerned(kind: MessageKind, heard_of: int | None = None) -> sa.ColumnElement[bool]:
    if kind == MessageKind.EVENT_CANCELLED:
        return sa.or_(_HAS_IT, _TAKES_PART)
    stays = sa.or_(_TAKES_PART, ~_HAS_LEFT)
    if heard_of is not None:
        may_come = sa.or_(_TAKES_PART, Invitation.answer.is_(None), Invitation.answer == Answer.YES)
        return _was_mailed_that_it_is_off(heard_of) & may_come & stays
    return sa.or_(_HAS_IT, _REVIVED, _TAKES_PART & _HEARD_OF_CANCELLING) & stays


def _was_mailed_that_it_is_off(sequence: int) -> sa.ColumnElement[bool]:
    mailed = sa.select(Message.id).where(
        Message.invitation_id == Invitation.id,
        Message.kind == MessageKind.EVENT_CANCELLED,
        Message.details["sequence"].as_integer() == sequence,
        Message.state.not_in([*message_states.UNSENT, *message_states.NEVER_LEFT]),
    )
    return mailed.exists()
