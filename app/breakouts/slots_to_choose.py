"""Slots that people choose: changing one that some have chosen, cancelling it, and what is wrong with its room."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.breakouts import choices, rounds
from app.database import db
from app.events import capacity, planning, programme
from app.events.models import Event, Mode, Slot
from app.events.programme import PLENARY, Choosing
from app.places import places
from app.signals import Signal
from app.words import Refusal

changed = Signal(
    "A slot that people chose moved, is cancelled or takes place after all; sent with what they knew of it."
)


class SlotChosen(Refusal):
    """People chose this slot, so it cannot become that."""

    says = {
        "rounds": _l("Mensen kozen dit al. In welke ronde het valt, blijft daarom zo."),
        "removed": _l("Mensen kozen dit onderdeel al. Laat het vervallen, dan horen zij het en kiezen ze opnieuw."),
    }
    field = "chosen_in"


class SpeakerAsked(Refusal):
    """Somebody was asked to speak in this slot."""

    says = _l("%(name)s is gevraagd om hier te spreken. Trek eerst die uitnodiging in.")


class TooFewSeats(Refusal):
    """More people have a place in the slot than it would have."""

    says = _l("Zoveel plekken zijn al bezet: %(num)s. Minder kan daarom niet.")
    field = "seats_on_site"


class TooFewSeatsOnline(TooFewSeats):
    says = _l("Zoveel plekken online zijn al bezet: %(num)s. Minder kan daarom niet.")
    field = "seats_online"


class Known(NamedTuple):
    """What people who chose a slot plan by."""

    starts_at: datetime
    ends_at: datetime | None
    departs_at: datetime | None
    room: str
    cancelled: bool

    @classmethod
    def of(cls, slot: Slot) -> "Known":
        return cls(*(getattr(slot, name) for name in cls._fields))


def save_slot(event: Event, slot: Slot | None, *, choosing: Choosing = PLENARY, **values: Any) -> Slot:
    """Change a slot, or add one; with more places who waits comes in. Raises SlotOutsideRound, SlotChosen, TooFewSeats, MixedRounds or programme.SpeakerStays."""
    capacity.lock_event(event.id)
    rounds.demand_within(event, choosing.rounds, values["starts_at"], values["ends_at"])
    rounds.demand_one_way(choosing.rounds, values["title"])
    before = Known.of(slot) if slot else None
    if slot:
        _demand_room_for_takers(slot, choosing)
    saved = programme.save_slot(event, slot, choosing=choosing, **values)
    db.session.flush()
    if saved.rounds:
        choices.let_in(event, [saved])
    if before and before != Known.of(saved):
        changed.send(saved, before=before)
    return saved


def remove_slot(event: Event, slot: Slot) -> None:
    """Raises SlotChosen or SpeakerAsked."""
    capacity.lock_event(event.id)
    if choices.is_chosen(slot):
        raise SlotChosen("removed")
    if asked := programme.asked_speakers(slot):
        raise SpeakerAsked(name=asked[0].name)
    programme.remove_slot(event, slot)


def cancel_slot(event: Event, slot: Slot, cancelled: bool = True) -> None:
    """It does not take place, and who chose it chooses again; or it does after all, and who did not choose again has it."""
    capacity.lock_event(event.id)
    if slot.cancelled == cancelled:
        return
    before, slot.cancelled = Known.of(slot), cancelled
    planning.note_calendar_change(event)
    db.session.flush()
    changed.send(slot, before=before)
    choices.let_in(event, [slot])


def _demand_room_for_takers(slot: Slot, choosing: Choosing) -> None:
    if {each.id for each in slot.rounds} != {each.id for each in choosing.rounds} and choices.is_chosen(slot):
        raise SlotChosen("rounds")
    takers = choices.count_takers(slot.event)
    for mode, offered, seats, refusal in (
        (Mode.ON_SITE, choosing.on_site, choosing.seats_on_site, TooFewSeats),
        (Mode.ONLINE, choosing.online, choosing.seats_online, TooFewSeatsOnline),
    ):
        held = takers.held[slot.id, mode]
        if held and (not offered or (seats is not None and seats < held)):
            raise refusal(num=held)


def list_warnings(slot: Slot) -> Iterator[str]:
    """What whoever saved a slot has to know of its room: that it is too small, that another part is in it then."""
    event = slot.event
    room = places.find_room(places.find_place(event.venue, event.town), slot.room) if event.on_site else None
    too_many = slot.seats_on_site is None or (room and room.capacity and slot.seats_on_site > room.capacity)
    if slot.rounds and slot.on_site and room and room.capacity and too_many:
        yield ngettext(
            "In %(room)s past %(num)s mens. Geef dit onderdeel niet meer plekken.",
            "In %(room)s passen %(num)s mensen. Geef dit onderdeel niet meer plekken.",
            room.capacity,
            room=room.name,
        )
    for other in event.slots:
        if other is not slot and _share_room(slot, other):
            yield gettext("‘%(title)s’ is op dat moment ook in %(room)s.", title=other.title, room=slot.room)


def _share_room(slot: Slot, other: Slot) -> bool:
    same = slot.room and places.fold_name(slot.room) == places.fold_name(other.room)
    if not same or slot.cancelled or other.cancelled or slot.ends_at is None or other.ends_at is None:
        return False
    return slot.starts_at < other.ends_at and other.starts_at < slot.ends_at
