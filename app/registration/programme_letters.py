"""The mail about somebody's own programme: what they chose, and what became of it. Changes within some minutes are one mail."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.breakouts import choices, dividing, programme_changes, slots_to_choose
from app.breakouts.programme_changes import Details
from app.breakouts.slots_to_choose import Known
from app.database import Condition, db
from app.events.models import Event, Slot
from app.invitations.models import Invitation
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from app.registration import registration_letters
from app.registration.models import Registration

HOLD = timedelta(minutes=10)
"""How long the mail waits for what may follow."""


def wire() -> None:
    choices.came_in.connect(_tell_who_came_in)
    choices.lost.connect(_tell_who_lost)
    slots_to_choose.changed.connect(_tell_who_chose)
    dividing.divided.connect(_tell_of_division)


def note_choice(invitation: Invitation) -> None:
    """Somebody chose: they get their programme by mail, and in their calendar."""
    _plan([invitation], programme_changes.note_choice)


def _tell_who_came_in(registration: Registration, slot: Slot) -> None:
    _plan([registration.invitation], lambda details: programme_changes.note_slot(details, "came_in", slot))


def _tell_who_lost(registration: Registration, slot: Slot) -> None:
    _plan([registration.invitation], lambda details: programme_changes.note_slot(details, "lost", slot))


def _tell_who_chose(slot: Slot, before: Known) -> None:
    """Only who has a place in it, waits for it or wishes it; what was wished before the places were divided is past."""
    told = _invitations(Registration.id.in_(choices.choosers_of(slot)))
    _plan(told, lambda details: programme_changes.note_before(details, slot, before))


def _tell_of_division(event: Event, registration_ids: list[int]) -> None:
    _plan(_invitations(Registration.id.in_(registration_ids)), programme_changes.note_division)


def _invitations(condition: Condition) -> list[Invitation]:
    wanted = (
        sa.select(Invitation)
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(condition)
        .order_by(Invitation.id)
        .options(joinedload(Invitation.address), joinedload(Invitation.person).selectinload(Person.addresses))
        .options(joinedload(Invitation.event))
    )
    return list(db.session.scalars(wanted))


def _plan(invitations: list[Invitation], note: Callable[[Details], Details]) -> None:
    """One mail each, which takes along what is noted before it is written."""
    if not invitations or invitations[0].event.over:
        return
    waiting = _unwritten([each.id for each in invitations])
    for invitation in invitations:
        message = waiting.get(invitation.id)
        if message is not None:
            message.details = note(message.details)
            continue
        planned = registration_letters.plan_registration_letter(MessageKind.OWN_PROGRAMME, invitation, **note({}))
        if planned is not None:
            planned.due_at = clock.now() + HOLD


def _unwritten(invitation_ids: list[int]) -> dict[int | None, Message]:
    """Locked, so that none of them is written meanwhile."""
    db.session.flush()
    wanted = sa.select(Message).where(
        Message.kind == MessageKind.OWN_PROGRAMME,
        Message.invitation_id.in_(invitation_ids),
        Message.state.in_([MessageState.PLANNED, MessageState.PAUSED]),
        Message.composed_at.is_(None),
        Message.claimed_by.is_(None),
    )
    rows = db.session.scalars(wanted.with_for_update(), execution_options={"populate_existing": True})
    return {message.invitation_id: message for message in rows}
