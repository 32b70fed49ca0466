"""Whom a change of a session concerns, and the mail about it: planned, held back within a minute, sent after all.

A change that mails people is asked about first; the mail then waits a minute, in which an organiser can hold it back.
"""

import json
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from app import clock
from app.database import Condition, db
from app.events import planning
from app.events.models import Event
from app.events.planning import EventDetails, Notice
from app.invitations.invitation_queries import message_rows_for_invitations
from app.invitations.models import Answer, CalendarStatus, Invitation
from app.network.models import Membership, Standing
from app.outbox import message_queue, message_states
from app.outbox.kinds import OF_A_CHANGE, MessageKind
from app.outbox.models import Message, MessageState, Reason
from app.registration.models import Registration, RegistrationState
from app.words import Refusal

HOLD = message_queue.HOLD
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
    """How many mails about the last change are about to leave, and how many were held back."""

    leaving: int
    held: int


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


def plan_notices(event: Event, kind: MessageKind, notice: Notice) -> int:
    """One planned mail for everybody whom it concerns; the key holds SEQUENCE, so each change is told once."""
    message_queue.take_messages_back(MessageState.SUPPRESSED, Reason.OVERTAKEN, *_of(event), _IS_HELD)
    told = message_rows_for_invitations(f"{kind}:{event.id}:{event.sequence}:").where(
        Invitation.event_id == event.id, _concerned(kind)
    )
    return message_queue.plan_messages(
        told,
        kind=kind,
        details={"sequence": event.sequence, "reden": notice.reason},
        network_id=event.network_id,
        event_id=event.id,
        due_at=clock.now() + notice.hold,
        paced=False,
    )


def follow_silent_change(event: Event, *conditions: Condition) -> None:
    """Let a mail about the change before, which has not left yet, tell how it is now."""
    message_queue.write_anew(*_of(event), *conditions)
    unwritten = sa.select(Message.id, Message.details).where(*_of(event), Message.composed_at.is_(None), _UNSENT)
    alike: dict[str, list[int]] = defaultdict(list)
    for message_id, details in db.session.execute(unwritten.where(*conditions)):
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
    wanted = sa.select(*(sa.func.coalesce(sa.func.sum(each), 0) for each in (leaves, held)))
    leaving, kept = db.session.execute(wanted.where(*_caused_by(event), _UNSENT)).one()
    return Waiting(leaving, kept)


def hold_back(event: Event, account_id: int) -> int:
    """Hold back the mails about the last change that have not left. Returns how many."""
    return message_queue.pause_messages(*_caused_by(event), account_id=account_id)


def send_after_all(event: Event, account_id: int) -> int:
    """Let the mails that were held back go, as it is by then. Returns how many."""
    message_queue.write_anew(*_of(event), _IS_HELD)
    return message_queue.resume_messages(clock.now(), *_caused_by(event), account_id=account_id)


def drop(event: Event, account_id: int) -> int:
    """Never send the mails that were held back. Returns how many."""
    return message_queue.take_messages_back(
        MessageState.CANCELLED, Reason.WITHDRAWN, *_caused_by(event), _IS_HELD, account_id=account_id
    )


_IS_HELD = Message.state == MessageState.PAUSED
_UNSENT = Message.state.in_(message_states.UNSENT)


def _of(event: Event) -> tuple[Condition, Condition]:
    return Message.event_id == event.id, Message.kind.in_(_KINDS)


def _caused_by(event: Event) -> tuple[Condition, Condition]:
    return Message.event_id == event.id, Message.kind.in_(OF_A_CHANGE)


def _concerned(kind: MessageKind) -> sa.ColumnElement[bool]:
    if kind == MessageKind.EVENT_CANCELLED:
        return sa.or_(_HAS_IT, _TAKES_PART)
    return sa.or_(_HAS_IT, _REVIVED, _TAKES_PART & _HEARD_OF_CANCELLING) & sa.or_(_TAKES_PART, ~_HAS_LEFT)
