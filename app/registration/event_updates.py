"""When an event moves, is cancelled or gets more seats: everybody concerned is told, once a change.

The mails are planned in the transaction of the change and written by the clockwork, so
that saving a session with a thousand invitations takes no longer than with one.
"""

import sqlalchemy as sa

from app import clock
from app.events import capacity, planning
from app.events.models import Event
from app.invitations import check_in_codes
from app.invitations.invitation_queries import message_rows_for_invitations
from app.invitations.models import Answer, CalendarStatus, Invitation
from app.invitations.waves import waves
from app.outbox import message_queue, message_writing
from app.outbox.kinds import MessageKind
from app.registration import answers, registration_letters

_REVIVED = (Invitation.calendar_status == CalendarStatus.CANCELLED) & sa.or_(
    Invitation.answer.is_(None), Invitation.answer == Answer.YES
)
"""Whose calendar lost the event because it was cancelled, not because they do not come."""


def connect_event_updates() -> None:
    """Listen to what happens to events, and write the mails that follow from it."""
    planning.moved.connect(_event_moved)
    planning.cancelled.connect(_plan_cancelled_letters)
    planning.withdrawn.connect(waves.hold_waves)
    planning.seats_changed.connect(_seats_changed)
    for kind in registration_letters.FORMS:
        draw = check_in_codes.draw_codes_ahead if registration_letters.holds_code(kind) else None
        message_writing.register_writer(kind, registration_letters.write_registration_letters, draw_ahead=draw)


def _event_moved(event: Event, told: bool) -> None:
    """Who waits comes in too: while it was cancelled, or had begun, nobody did."""
    if event.published:
        waves.revive_waves(event)
    waves.reschedule_waves(event)
    _seats_changed(event)
    if told:
        _plan_letters(event, MessageKind.EVENT_CHANGED)


def _plan_cancelled_letters(event: Event) -> None:
    waves.abandon_waves(event)
    _plan_letters(event, MessageKind.EVENT_CANCELLED)


def _seats_changed(event: Event) -> None:
    capacity.lock_event(event.id)
    answers.let_in_waiting(event)


def _plan_letters(event: Event, kind: MessageKind) -> int:
    """One planned mail for everybody whom it concerns; the key holds SEQUENCE, so each change is told once."""
    concerned: sa.ColumnElement[bool] = Invitation.calendar_status.in_(
        [CalendarStatus.TENTATIVE, CalendarStatus.CONFIRMED]
    )
    if kind == MessageKind.EVENT_CHANGED:
        concerned = sa.or_(concerned, _REVIVED)
    told = message_rows_for_invitations(f"{kind}:{event.id}:{event.sequence}:").where(
        Invitation.event_id == event.id, concerned
    )
    return message_queue.plan_messages(
        told,
        kind=kind,
        details={"sequence": event.sequence},
        network_id=event.network_id,
        event_id=event.id,
        due_at=clock.now(),
        paced=False,
    )
