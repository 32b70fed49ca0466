"""Somebody's own programme: what is for everybody with what they chose, to be read on their page, in mails and calendars."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext

from app import wording
from app.breakouts.models import Choice
from app.database import db
from app.events import event_days
from app.events.models import Event, Round, Slot
from app.invitations.models import Invitation
from app.registration.models import Registration, RegistrationState

_CHOSEN = (
    sa.select(Registration.id, Choice.slot_id, Choice.waiting_number)
    .outerjoin(Choice, Choice.registration_id == Registration.id)
    .where(
        Registration.invitation_id == sa.bindparam("invitation_id"), Registration.state == RegistrationState.CONFIRMED
    )
)


@dataclass(frozen=True)
class OwnProgramme:
    """What somebody goes to, and what they still can choose."""

    slots: list[Slot]
    unchosen: list[Round]
    """Open rounds in which they have nothing that takes place."""
    held: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()
    """Ids of the slots in which they have a place, and for which they wait; of cancelled ones too."""


def of_invitation(invitation: Invitation) -> OwnProgramme:
    """Of somebody without a place at the event: the whole programme, with nothing to choose."""
    event = invitation.event
    standing = [slot for slot in event.slots if not slot.cancelled]
    if not any(slot.rounds for slot in event.slots):
        return OwnProgramme(standing, [])
    chosen = db.session.execute(_CHOSEN, {"invitation_id": invitation.id}).all()
    if not chosen:
        return OwnProgramme(standing, [])
    held = frozenset(slot_id for _, slot_id, number in chosen if slot_id and number is None)
    waiting = frozenset(slot_id for _, slot_id, number in chosen if slot_id and number is not None)
    own = [slot for slot in standing if not slot.rounds or slot.id in held]
    return OwnProgramme(own, _unchosen_rounds(event, own), held, waiting)


def _unchosen_rounds(event: Event, own: list[Slot]) -> list[Round]:
    taken = {each.id for slot in own for each in slot.rounds}
    offered = {each.id: each for slot in event.slots if not slot.cancelled for each in slot.rounds}
    free = [each for each in offered.values() if each.id not in taken and each.open and not each.takes_wishes]
    return sorted(free, key=lambda each: (each.starts_at, each.id))


def describe_chosen(invitation: Invitation) -> str:
    """What somebody chose, as plain text for their calendar; nothing of a confidential session, whose calendar names nothing."""
    if invitation.event.confidential:
        return ""
    own = of_invitation(invitation)
    lines = [describe_slot(slot) for slot in own.slots if slot.id in own.held]
    return "\n".join([gettext("Jouw keuze:"), *lines]) if lines else ""


def describe_slot(slot: Slot) -> str:
    """'10.30–11.30 uur Water in de wijk, Statenzaal'."""
    zone = slot.event.zone
    hours = wording.format_hour(slot.starts_at, zone)
    if slot.ends_at:
        hours = f"{hours}–{wording.format_hour(slot.ends_at, zone)}"
    if event_days.takes_several_days(slot.event):
        hours = f"{wording.format_short_day(slot.starts_at, zone)} {hours}"
    said = [f"{hours} {slot.title}", slot.room]
    if slot.departs_at:
        said.append(gettext("vertrek %(hour)s", hour=wording.format_hour(slot.departs_at, zone)))
    return ", ".join(filter(None, said))
