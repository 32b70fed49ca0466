"""When an event moves, is cancelled or gets more seats: everybody concerned is told, once a change.

The mails are planned in the transaction of the change and written by the clockwork, so
that saving a session with a thousand invitations takes no longer than with one.
"""

import sqlalchemy as sa

from app import clock
from app.database import db
from app.events import planning
from app.events.models import Event, Mode
from app.invitations import waves
from app.invitations.models import Answer, CalendarStatus, Invitation
from app.invitations.queries import loaded
from app.network.models import EmailAddress
from app.outbox import composing, queue
from app.outbox.composing import Suppressed
from app.outbox.mime import Mail
from app.outbox.models import Message, Priority
from app.registration import answers, capacity, letters
from app.registration.models import Registration, RegistrationState

CHANGED, CANCELLED = "event_changed", "event_cancelled"


_REVIVED = (Invitation.calendar_status == CalendarStatus.CANCELLED) & sa.or_(
    Invitation.answer.is_(None), Invitation.answer == Answer.YES
)
"""Whose calendar lost the event because it was cancelled, not because they do not come."""


def connect() -> None:
    """Listen to what happens to events, and write the mails that follow from it."""
    planning.moved.connect(_moved)
    planning.cancelled.connect(_cancelled)
    planning.seats_changed.connect(_seats_changed)
    composing.register(CHANGED, compose)
    composing.register(CANCELLED, compose)
    for kind in waves.WaveKind:
        composing.register(kind, waves.compose)


def _moved(event: Event, told: bool) -> None:
    waves.reschedule(event)
    if told:
        _plan(event, CHANGED)


def _cancelled(event: Event) -> None:
    queue.suppress("event cancelled", Message.event_id == event.id, Message.priority == Priority.MAILING)
    waves.abandon(event)
    _plan(event, CANCELLED)


def _seats_changed(event: Event) -> None:
    capacity.lock_event(event.id)
    for mode in Mode:
        answers.promote(event, mode)


def _plan(event: Event, kind: str) -> int:
    """One planned mail for everybody whom it concerns; the key holds SEQUENCE, so each change is told once."""
    concerned = Invitation.calendar_status.in_([CalendarStatus.TENTATIVE, CalendarStatus.CONFIRMED])
    if kind == CHANGED:
        concerned = sa.or_(concerned, _REVIVED)
    told = (
        sa.select(
            (sa.literal(f"{kind}:{event.id}:{event.sequence}:") + sa.cast(Invitation.id, sa.String)).label("key"),
            Invitation.person_id,
            Invitation.id.label("invitation_id"),
            EmailAddress.address.label("recipient"),
            EmailAddress.domain,
        )
        .join(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(Invitation.event_id == event.id)
        .where(concerned)
        .order_by(Invitation.id)
    )
    return queue.plan(
        told,
        kind=kind,
        priority=int(Priority.CHANGE),
        network_id=event.network_id,
        event_id=event.id,
        due_at=clock.now(),
        paced=False,
    )


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write the mails of a batch about changed and cancelled events."""
    ids = [message.invitation_id for message in messages]
    invitations = loaded(ids)
    active = sa.select(Registration).where(
        Registration.invitation_id.in_(ids), Registration.state != RegistrationState.CANCELLED
    )
    registrations = {registration.invitation_id: registration for registration in db.session.scalars(active)}
    return [
        _write(message, invitations[message.invitation_id], registrations.get(message.invitation_id))
        for message in messages
    ]


def _write(message: Message, invitation: Invitation, registration: Registration | None) -> Mail | Suppressed:
    if message.kind == CANCELLED:
        return (
            letters.event_cancelled(invitation)
            if invitation.event.cancelled
            else Suppressed("the event takes place after all")
        )
    if invitation.answer not in {None, Answer.YES} and registration is None:
        return Suppressed("no longer comes")
    if not invitation.event.published:
        return Suppressed("the event is cancelled")
    if int(message.key.split(":")[2]) < invitation.event.sequence:
        return Suppressed("overtaken by a later change")
    return letters.event_changed(invitation, registration)
