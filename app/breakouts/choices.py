"""Choosing a slot in a round: a place in it or in its line, giving it up, and who comes in then.

Every rule here is for who holds the lock of the event (capacity.lock_event). Only who has a seat at the event chooses; who
gives that up gives up their choices (`follow_seat`).
"""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from app import clock
from app.breakouts.models import Choice, Wish
from app.database import db
from app.events.models import Event, Mode, Round, Slot
from app.registration.models import Registration, RegistrationState
from app.signals import Signal
from app.words import Refusal

came_in = Signal("Somebody who waited for a slot has a place in it; sent with the registration and the slot.")
lost = Signal("Somebody lost a place in a slot by taking part in another way; sent with the registration and the slot.")


class ChoiceRefused(Refusal):
    """This slot cannot be chosen, or left."""

    says = {
        "no_seat": _l("Kiezen kan zodra je een plek hebt bij deze sessie."),
        "closed": _l("Kiezen kan niet meer. Hieronder zie je wat je koos."),
        "begun": _l("‘%(title)s’ is al begonnen. Kies iets anders."),
        "cancelled": _l("‘%(title)s’ gaat niet door. Kies iets anders."),
        "mode": _l("‘%(title)s’ kun je zo niet volgen. Kies iets anders."),
        "both": _l(
            "‘%(title)s’ duurt langer dan één ronde. Kies in die andere ronde hetzelfde, of in beide iets anders."
        ),
        "gone": _l("Het programma is intussen veranderd. Kies opnieuw."),
    }


@dataclass
class Takers:
    """How many people have a place in the slots of an event, and wait for one, by slot and mode."""

    held: Counter[tuple[int, Mode]] = field(default_factory=Counter)
    waiting: Counter[tuple[int, Mode]] = field(default_factory=Counter)

    def free(self, slot: Slot, mode: Mode) -> int | None:
        """Places that are left; None when there is no limit."""
        seats = slot.seats(mode)
        return None if seats is None else max(0, seats - self.held[slot.id, mode])

    def full(self, slot: Slot, mode: Mode) -> bool:
        """Whether a newcomer has to wait."""
        return self.free(slot, mode) == 0 or self.waiting[slot.id, mode] > 0


_TAKERS = (
    sa.select(Choice.slot_id, Registration.mode, Choice.waiting_number.is_(None).label("held"), Choice.registration_id)
    .join(Registration, Registration.id == Choice.registration_id)
    .where(Registration.event_id == sa.bindparam("event_id"))
    .distinct()
    .subquery()
)
_COUNTED = sa.select(_TAKERS.c.slot_id, _TAKERS.c.mode, _TAKERS.c.held, sa.func.count()).group_by(
    _TAKERS.c.slot_id, _TAKERS.c.mode, _TAKERS.c.held
)


def count_takers(event: Event) -> Takers:
    """How the slots of an event are taken, in one statement."""
    found = Takers()
    for slot_id, mode, held, number in db.session.execute(_COUNTED, {"event_id": event.id}):
        (found.held if held else found.waiting)[slot_id, mode] = number
    return found


def choose_slot(registration: Registration, slot: Slot) -> bool:
    """Take a place in a slot, or in its line; only then the slot that one had is left. Returns whether there is a place.

    Doing it twice changes nothing. Raises ChoiceRefused.
    """
    _demand_choosable(registration, slot)
    mine = _choices_of(registration)
    if any(each.slot_id == slot.id and each.waiting_number is None for each in mine):
        return True
    if any(each.slot_id == slot.id for each in mine):
        return False
    for each in _held_beside(slot, mine):
        _demand_open(each.slot)
    if count_takers(slot.event).full(slot, registration.mode):
        _stand_in_line(registration, slot, mine)
        return False
    let_in(slot.event, _enter(registration, slot, mine))
    return True


def leave_round(registration: Registration, round_id: int) -> None:
    """Have no place in a round any more. Raises ChoiceRefused."""
    held = [each for each in _choices_of(registration) if each.round_id == round_id and each.waiting_number is None]
    for choice in held:
        _demand_open(choice.slot)
    if held:
        let_in(held[0].slot.event, _forget(registration, held))


def leave_line(registration: Registration, slot_id: int) -> None:
    """Wait no more for a slot."""
    mine = _choices_of(registration)
    _forget(registration, [each for each in mine if each.slot_id == slot_id and each.waiting_number is not None])


def follow_seat(registration: Registration) -> None:
    """Have choices go with the seat at the event: nobody who has none has any, nor a place in a slot that is not held so.

    Call it wherever a seat is given up, goes to the line or is held in another mode.
    """
    db.session.flush()
    if registration.state != RegistrationState.CONFIRMED:
        db.session.execute(sa.delete(Wish).where(Wish.registration_id == registration.id))
    mine = _choices_of(registration)
    if not mine:
        return
    event = mine[0].slot.event
    if registration.state != RegistrationState.CONFIRMED:
        let_in(event, _forget(registration, mine))
        return
    _keep_to_places(registration, mine, newcomer=True)
    let_in(event, {each.slot for each in mine})


def keep_capacity(registration: Registration) -> None:
    """Choices that came back with an undone merge go where their places were given away meanwhile."""
    db.session.flush()
    if registration.state == RegistrationState.CONFIRMED:
        _keep_to_places(registration, _choices_of(registration), newcomer=False)


def _note_change(registration: Registration) -> None:
    """Calendars that show what somebody chose are made anew."""
    registration.changed_at = clock.now()


def _keep_to_places(registration: Registration, mine: Sequence[Choice], *, newcomer: bool) -> None:
    """Take away what there is no place for; a newcomer, whom others go before who wait, is counted among the takers already."""
    if not mine:
        return
    takers = count_takers(mine[0].slot.event)
    gone = [each for each in mine if _has_no_place(each, registration.mode, takers, newcomer)]
    for slot in {each.slot_id: each.slot for each in gone if each.waiting_number is None}.values():
        lost.send(registration, slot=slot)
    _forget(registration, gone)


def hand_over(giver: Registration, taker: Registration) -> None:
    """Who takes over a seat takes over what was chosen with it."""
    db.session.flush()
    for model in (Choice, Wish):
        moved = sa.update(model).where(model.registration_id == giver.id).values(registration_id=taker.id)
        db.session.execute(moved)


def let_in(event: Event, slots: Iterable[Slot]) -> None:
    """Give free places to who waits longest, and those that they leave by it to others."""
    db.session.flush()
    queue = deque(slots)
    while queue:
        slot = queue.popleft()
        if event.published and not slot.cancelled and not slot.begun:
            queue.extend(_let_into(slot))


def _let_into(slot: Slot) -> list[Slot]:
    left: list[Slot] = []
    takers = count_takers(slot.event)
    for registration in _line_of(slot, takers):
        if takers.free(slot, registration.mode) != 0:
            takers.held[slot.id, registration.mode] += 1
            mine = _choices_of(registration)
            waiting = [each for each in mine if each.slot_id == slot.id]
            _forget(registration, waiting)
            left += _enter(registration, slot, [each for each in mine if each not in waiting])
            came_in.send(registration, slot=slot)
    return left


def _line_of(slot: Slot, takers: Takers) -> list[Registration]:
    """Who waits for a slot and could have a place, longest first; none of a mode that is full."""
    with_room = [mode for mode in slot.modes if takers.waiting[slot.id, mode] and takers.free(slot, mode) != 0]
    wanted = (
        sa.select(Registration)
        .join(Choice, Choice.registration_id == Registration.id)
        .where(Choice.slot_id == slot.id, Choice.waiting_number.is_not(None), Registration.mode.in_(with_room))
        .order_by(Choice.waiting_number)
    )
    return list(db.session.scalars(wanted).unique()) if with_room else []


def line_numbers(event_id: int, registration_id: int) -> dict[int, int]:
    """Somebody's place in the line of each slot for which they wait, by its id; 1 is next."""
    mine, ahead = aliased(Choice), aliased(Choice)
    own, theirs = aliased(Registration), aliased(Registration)
    counted = (
        sa.select(mine.slot_id, sa.func.count(sa.distinct(ahead.registration_id)))
        .join(own, own.id == mine.registration_id)
        .join(ahead, sa.and_(ahead.slot_id == mine.slot_id, ahead.waiting_number <= mine.waiting_number))
        .join(theirs, sa.and_(theirs.id == ahead.registration_id, theirs.mode == own.mode))
        .where(mine.registration_id == registration_id, own.event_id == event_id)
        .group_by(mine.slot_id)
    )
    return dict(db.session.execute(counted).all())


def _choices_of(registration: Registration) -> list[Choice]:
    wanted = sa.select(Choice).where(Choice.registration_id == registration.id).order_by(Choice.id)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def _enter(registration: Registration, slot: Slot, mine: Collection[Choice]) -> set[Slot]:
    """Have a place in all rounds of a slot; returns the slots that are left for it, in all of theirs."""
    left = _forget(registration, _held_beside(slot, mine))
    db.session.add_all(
        Choice(registration_id=registration.id, round_id=each.id, slot_id=slot.id) for each in slot.rounds
    )
    _note_change(registration)
    db.session.flush()
    return left


def _stand_in_line(registration: Registration, slot: Slot, mine: Collection[Choice]) -> None:
    """Wait for a slot, instead of for another one in its rounds; a place that one has stays."""
    rounds = {each.id for each in slot.rounds}
    _forget(registration, [each for each in mine if each.round_id in rounds and each.waiting_number is not None])
    last = db.session.scalar(sa.select(sa.func.max(Choice.waiting_number)).where(Choice.slot_id == slot.id)) or 0
    waits = {"registration_id": registration.id, "slot_id": slot.id, "waiting_number": last + 1}
    db.session.add_all(Choice(round_id=each, **waits) for each in rounds)
    db.session.flush()


def _held_beside(slot: Slot, mine: Iterable[Choice]) -> list[Choice]:
    """The places that somebody has in the rounds of a slot."""
    rounds = {each.id for each in slot.rounds}
    return [each for each in mine if each.round_id in rounds and each.waiting_number is None]


def _forget(registration: Registration, choices: Collection[Choice]) -> set[Slot]:
    """Take these choices away, each in all rounds of its slot; returns the slots in which a place came free."""
    for held in (True, False):
        slots = {each.slot_id for each in choices if (each.waiting_number is None) == held}
        theirs = sa.delete(Choice).where(Choice.registration_id == registration.id, Choice.slot_id.in_(slots))
        where = Choice.waiting_number.is_(None) if held else Choice.waiting_number.is_not(None)
        if slots:
            db.session.execute(theirs.where(where))
            _note_change(registration)
    return {each.slot for each in choices if each.waiting_number is None}


def _has_no_place(choice: Choice, mode: Mode, takers: Takers, newcomer: bool) -> bool:
    if mode not in choice.slot.modes:
        return True
    if choice.waiting_number is not None:
        return False
    seats, key = choice.slot.seats(mode), (choice.slot_id, mode)
    too_many = seats is not None and takers.held[key] > seats
    return too_many or (newcomer and takers.waiting[key] > 0)


def _demand_choosable(registration: Registration, slot: Slot) -> None:
    if registration.state != RegistrationState.CONFIRMED:
        raise ChoiceRefused("no_seat")
    if slot.cancelled:
        raise ChoiceRefused("cancelled", title=slot.title)
    if slot.begun:
        raise ChoiceRefused("begun", title=slot.title)
    _demand_open(slot)
    if registration.mode not in slot.modes:
        raise ChoiceRefused("mode", title=slot.title)


def _demand_open(slot: Slot) -> None:
    if not slot.rounds or not all(each.open and not each.takes_wishes for each in slot.rounds):
        raise ChoiceRefused("closed")


def choosers_of(slot: Slot) -> sa.CompoundSelect[int]:
    """Registrations of who has a place in a slot, waits for it, or wishes it in a round that is still to be divided."""
    chose = sa.select(Choice.registration_id).where(Choice.slot_id == slot.id)
    wish = sa.select(Wish.registration_id).join(Round, Round.id == Wish.round_id)
    return sa.union(chose, wish.where(Wish.slot_id == slot.id, Round.divided_at.is_(None)))


def count_choosers(slot: Slot) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(choosers_of(slot).subquery())).one()


def is_chosen(slot: Slot) -> bool:
    """Whether anybody chose a slot, waits for it, or ever wished it."""
    chosen = [sa.select(model.id).where(model.slot_id == slot.id).exists() for model in (Choice, Wish)]
    return bool(db.session.scalar(sa.select(sa.or_(*chosen))))
