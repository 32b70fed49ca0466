"""When an event moves, is cancelled or gets more seats: everybody concerned is told, once a change.

The mails are planned in the transaction of the change and written by the clockwork, so
that saving a session with a thousand invitations takes no longer than with one.
"""

import sqlalchemy as sa

from app import clock
from app.events import planning
from app.events.models import Event, Mode
from app.invitations import wave_letters, waves
from app.invitations.models import Answer, CalendarStatus, Invitation, WaveKind
from app.invitations.queries import mail_rows
from app.outbox import composing, queue
from app.outbox.models import Message, MessageState, Priority
from app.registration import answers, capacity, letters
from app.registration.models import LetterKind

_REVIVED = (Invitation.calendar_status == CalendarStatus.CANCELLED) & sa.or_(
    Invitation.answer.is_(None), Invitation.answer == Answer.YES
)
"""Whose calendar lost the event because it was cancelled, not because they do not come."""


def connect() -> None:
    """Listen to what happens to events, and write the mails that follow from it."""
    planning.moved.connect(_moved)
    planning.cancelled.connect(_cancelled)
    planning.seats_changed.connect(_seats_changed)
    for kind in LetterKind:
        composing.register(kind, letters.compose)
    for mailing in WaveKind:
        composing.register(mailing, wave_letters.compose, wave_letters.last_look)


def _moved(event: Event, told: bool) -> None:
    waves.reschedule(event)
    if told:
        _plan(event, LetterKind.EVENT_CHANGED)


def _cancelled(event: Event) -> None:
    queue.take_back(
        MessageState.CANCELLED, "event cancelled", Message.event_id == event.id, Message.priority == Priority.MAILING
    )
    waves.abandon(event)
    _plan(event, LetterKind.EVENT_CANCELLED)


def _seats_changed(event: Event) -> None:
    capacity.lock_event(event.id)
    for mode in Mode:
        answers.promote(event, mode)


def _plan(event: Event, kind: LetterKind) -> int:
    """One planned mail for everybody whom it concerns; the key holds SEQUENCE, so each change is told once."""
    concerned: sa.ColumnElement[bool] = Invitation.calendar_status.in_(
        [CalendarStatus.TENTATIVE, CalendarStatus.CONFIRMED]
    )
    if kind == LetterKind.EVENT_CHANGED:
        concerned = sa.or_(concerned, _REVIVED)
    told = mail_rows(f"{kind}:{event.id}:{event.sequence}:").where(Invitation.event_id == event.id, concerned)
    return queue.plan(
        told,
        kind=kind.value,
        details={"sequence": event.sequence},
        priority=int(Priority.CHANGE),
        network_id=event.network_id,
        event_id=event.id,
        due_at=clock.now(),
        paced=False,
    )
