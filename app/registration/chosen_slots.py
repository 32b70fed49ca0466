"""What somebody chooses in the programme on their own page."""

from collections.abc import Mapping

from app.breakouts import choices, wishes
from app.breakouts.choices import ChoiceRefused
from app.breakouts.wishes import Pair
from app.events.models import Event, Slot
from app.invitations.models import Invitation
from app.registration import programme_letters, seats
from app.registration.models import Registration, RegistrationState

Wanted = Mapping[int, int | None]
"""By the id of a round the id of the slot, or None for nothing."""


def choose(invitation: Invitation, wanted: Wanted) -> list[Slot]:
    """Choose in these rounds; returns the slots for which there is no place now, so that they wait. Raises ChoiceRefused.

    All or nothing: what is refused leaves every round as it was.
    """
    event = seats.lock_for_answer(invitation)
    registration = _seat_of(invitation)
    targets = {each: _slot_in_round(event, each, slot_id) if slot_id else None for each, slot_id in wanted.items()}
    _demand_one_for_all_rounds(targets)
    waits: list[Slot] = []
    for round_id, slot in targets.items():
        if slot is None:
            choices.leave_round(registration, round_id)
        elif not choices.choose_slot(registration, slot) and slot not in waits:
            waits.append(slot)
    if wanted:
        programme_letters.note_choice(invitation)
    return waits


def wish(invitation: Invitation, wanted: Mapping[int, Pair]) -> None:
    """Say one's wishes for these rounds. Raises ChoiceRefused or WishRefused."""
    event = seats.lock_for_answer(invitation)
    wishes.save_wishes(event, _seat_of(invitation), wanted)


def leave_line(invitation: Invitation, slot_id: int) -> None:
    """Wait no more for a slot."""
    seats.lock_for_answer(invitation)
    choices.leave_line(_seat_of(invitation), slot_id)


def _seat_of(invitation: Invitation) -> Registration:
    registration = seats.registration_of(invitation)
    if registration is None or registration.state != RegistrationState.CONFIRMED:
        raise ChoiceRefused("no_seat")
    return registration


def _slot_in_round(event: Event, round_id: int, slot_id: int) -> Slot:
    for slot in event.slots:
        if slot.id == slot_id and any(each.id == round_id for each in slot.rounds):
            return slot
    raise ChoiceRefused("gone")


def _demand_one_for_all_rounds(targets: Mapping[int, Slot | None]) -> None:
    """A slot that takes several rounds goes with nothing else in those."""
    for slot in filter(None, targets.values()):
        if any(targets.get(each.id, slot) is not slot for each in slot.rounds):
            raise ChoiceRefused("both", title=slot.title)
