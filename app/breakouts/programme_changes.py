"""What a mail about somebody's own programme has to say: noted where it happens, and compared with how it is when it is written.

So a slot that moved and moved back is told nobody, and several changes in a row are one mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.breakouts import own_programme
from app.breakouts.slots_to_choose import Known
from app.events.models import Slot
from app.invitations.models import Invitation

Details = dict[str, Any]
CHOSE, CAME_IN, LOST, WAS, DIVIDED = "chose", "came_in", "lost", "was", "divided"


@dataclass(frozen=True)
class Changes:
    """What became of the slots that somebody chose, as it stands now."""

    chose: bool = False
    """Whether they chose themselves, and only want to read it."""
    divided: bool = False
    """Whether places were divided by wishes."""
    came_in: list[Slot] = field(default_factory=list)
    lost: list[Slot] = field(default_factory=list)
    cancelled: list[Slot] = field(default_factory=list)
    revived: list[Slot] = field(default_factory=list)
    moved: list[Slot] = field(default_factory=list)

    @property
    def told(self) -> bool:
        """Whether there is anything to tell."""
        return self.chose or self.divided or any((self.came_in, self.lost, self.cancelled, self.revived, self.moved))


def note_choice(details: Details) -> Details:
    return details | {CHOSE: True}


def note_division(details: Details) -> Details:
    return details | {DIVIDED: True}


def note_slot(details: Details, what: str, slot: Slot) -> Details:
    """Note that somebody came in (CAME_IN) or LOST their place."""
    return details | {what: sorted({*details.get(what, []), slot.id})}


def note_before(details: Details, slot: Slot, before: Known) -> Details:
    """Note what somebody knew of a slot, unless an earlier change says what they knew before."""
    told = {str(slot.id): [_plain(value) for value in before]}
    return details | {WAS: told | details.get(WAS, {})}


def read_changes(invitation: Invitation, details: Details) -> Changes:
    """What there is to tell of what was noted, by how it is now."""
    own = own_programme.of_invitation(invitation)
    slots = {slot.id: slot for slot in invitation.event.slots}
    before = {int(slot_id): told for slot_id, told in details.get(WAS, {}).items()}
    other = [slot for slot in _of(before, slots) if [_plain(value) for value in Known.of(slot)] != before[slot.id]]
    chosen = [slot for slot in other if slot.id in own.held | own.waiting]
    revived = [slot for slot in chosen if before[slot.id][-1] and not slot.cancelled]
    return Changes(
        chose=bool(details.get(CHOSE)),
        divided=bool(details.get(DIVIDED)),
        came_in=[slot for slot in _of(details.get(CAME_IN, []), slots) if slot.id in own.held and not slot.cancelled],
        lost=[slot for slot in _of(details.get(LOST, []), slots) if slot.id not in own.held],
        cancelled=[slot for slot in other if slot.cancelled and not before[slot.id][-1]],
        revived=revived,
        moved=[slot for slot in chosen if not slot.cancelled and slot not in revived],
    )


def _of(ids: Iterable[int], slots: dict[int, Slot]) -> list[Slot]:
    return [slots[each] for each in ids if each in slots]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
