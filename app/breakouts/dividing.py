"""Dividing the places of all rounds of a session whose wishes are in, by one press.

Worked out beforehand, while others write, and saved only if wishes, people and places are still as they were then. Rounds
follow each other in time: nobody gets the same workshop twice, and who had neither wish in an earlier round draws first.
Who said no wishes comes last. Who has less than they wished waits for the best of their wishes, in the order of the draw.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.breakouts import choices, division
from app.breakouts.models import Choice, Division, Wish
from app.database import Rows, db
from app.events import capacity
from app.events.models import Event, Mode, Round, Slot
from app.places.places import fold_name
from app.registration.models import Registration, RegistrationState
from app.signals import Signal
from app.words import Refusal

RULE = "least sum 0-1-3"
divided = Signal(
    "Places were divided by wishes; sent with the event and the ids of the registrations that are concerned."
)


class DivisionRefused(Refusal):
    """There is nothing to divide now."""

    says = {
        "nothing": _l("Er is niets te verdelen."),
        "open": _l("Wensen kan nog. Verdeel de plekken daarna."),
        "changed": _l("Er is net iets veranderd aan wensen, mensen of plekken. Druk nog een keer."),
    }


@dataclass(frozen=True)
class Input:
    """All that a division rests on, in a fixed order."""

    rounds: tuple[int, ...]
    """Those to divide, in time."""
    slots: Mapping[int, tuple[tuple[int, ...], str, tuple[tuple[Mode, int | None], ...]]]
    """Each slot with its rounds, its title as titles are compared, and the places left by mode."""
    people: Mapping[int, Mode]
    """Registrations with a seat."""
    wishes: Mapping[int, Mapping[int, tuple[int, ...]]]
    """By round and registration the slots that are wished, the first first; of earlier rounds too."""
    held: Mapping[int, tuple[tuple[int, int], ...]]
    """What people have already: round and slot, by registration."""

    @property
    def digest(self) -> str:
        plain = [self.rounds, *(sorted(each.items()) for each in (self.slots, self.people, self.held))]
        plain.append(sorted((key, sorted(each.items())) for key, each in self.wishes.items()))
        return hashlib.sha256(repr(plain).encode()).hexdigest()


@dataclass
class Outcome:
    """Who gets a place in which slot, and who waits for which in which order."""

    seed: str
    digest: str
    places: list[tuple[int, int]] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)
    """Both (registration, slot)."""
    _in_line: set[tuple[int, int]] = field(default_factory=set)

    def stand_in_line(self, person: int, slot: int, rounds: tuple[int, ...]) -> None:
        """In one line a round at most, as people who choose do."""
        wanted = {(person, each) for each in rounds}
        if not wanted & self._in_line:
            self._in_line |= wanted
            self.lines.append((person, slot))


def rounds_to_divide(event: Event) -> list[Round]:
    """Rounds whose wishes are in and whose places are not divided. Raises DivisionRefused when there are none."""
    waiting = [each for each in event.rounds if each.takes_wishes and each.starts_at > clock.now()]
    ready = [each for each in waiting if each.chosen_until <= clock.now()]
    if not (event.published and waiting):
        raise DivisionRefused("nothing")
    if not ready:
        raise DivisionRefused("open")
    return ready


def read_input(event: Event) -> Input:
    """Raises DivisionRefused."""
    rounds = rounds_to_divide(event)
    takers = choices.count_takers(event)
    people = sa.select(Registration.id, Registration.mode).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED
    )
    held: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for registration_id, round_id, slot_id in db.session.execute(_of_event(event, Choice)):
        held[registration_id].append((round_id, slot_id))
    known = {each.id for each in event.rounds if each in rounds or each.divided_at}
    wished: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for registration_id, round_id, slot_id in db.session.execute(_of_event(event, Wish)):
        if round_id in known:
            wished[round_id][registration_id].append(slot_id)
    return Input(
        rounds=tuple(each.id for each in rounds),
        slots={
            slot.id: (
                tuple(each.id for each in slot.rounds),
                fold_name(slot.title),
                tuple((mode, takers.free(slot, mode)) for mode in slot.modes),
            )
            for slot in event.slots
            if slot.rounds and not slot.cancelled
        },
        people={row[0]: row[1] for row in db.session.execute(people.order_by(Registration.id))},
        wishes={key: {person: tuple(slots) for person, slots in each.items()} for key, each in wished.items()},
        held={person: tuple(sorted(rows)) for person, rows in held.items()},
    )


def _of_event(event: Event, model: type[Choice] | type[Wish]) -> Rows:
    """Registration, round and slot of places that people have, or of wishes in their order; of what takes place."""
    wanted = sa.select(model.registration_id, model.round_id, model.slot_id).join(Slot, Slot.id == model.slot_id)
    if model is Choice:
        wanted = wanted.where(Choice.waiting_number.is_(None))
    else:
        wanted = wanted.order_by(Wish.registration_id, Wish.rank)
    return wanted.where(Slot.event_id == event.id, ~Slot.cancelled)


def work_out(given: Input, seed: str = "") -> Outcome:
    """What comes out for this seed, or a new one: always the same."""
    outcome = Outcome(seed or secrets.token_hex(8), given.digest)
    had, lost = _titles_had(given), _losses_before(given)
    for round_id in given.rounds:
        for mode in Mode:
            _divide_round(given, round_id, mode, outcome, had, lost)
    return outcome


def _divide_round(
    given: Input,
    round_id: int,
    mode: Mode,
    outcome: Outcome,
    had: defaultdict[int, dict[int, str]],
    lost: dict[int, int],
) -> None:
    """One round for who takes part in one way: seats on site and online are apart."""
    options = {slot: dict(places)[mode] for slot, (rounds, _, places) in given.slots.items()
               if rounds[0] == round_id and mode in dict(places)}  # fmt: skip
    wishes = given.wishes.get(round_id, {})
    free = [person for person, theirs in given.people.items() if theirs == mode and round_id not in had[person]]
    order = division.draw(outcome.seed, [each for each in free if each in wishes], lost)
    order += division.draw(outcome.seed, [each for each in free if each not in wishes], lost)
    costs = {each: _costs(options, wishes.get(each, ()), given, set(had[each].values())) for each in order}
    found = division.divide(order, costs, options)
    for person in order:
        slot = found.get(person)
        if slot is not None:
            outcome.places.append((person, slot))
            had[person] |= dict.fromkeys(given.slots[slot][0], given.slots[slot][1])
        wished = [each for each in wishes.get(person, ()) if each in costs[person]]
        if wished and slot != wished[0]:
            outcome.stand_in_line(person, wished[0], given.slots[wished[0]][0])
        if person in wishes and slot not in wishes[person]:
            lost[person] = lost.get(person, 0) + 1


def _costs(options: Mapping[int, int | None], wished: tuple[int, ...], given: Input, had: set[str]) -> dict[int, int]:
    """What each slot costs somebody: nothing that they have in another round, and nothing at all for who wished nothing."""
    by_rank = dict(zip(wished, (division.FIRST, division.SECOND), strict=False))
    other = division.OTHER if wished else division.FIRST
    return {slot: by_rank.get(slot, other) for slot in options if given.slots[slot][1] not in had}


def _titles_had(given: Input) -> defaultdict[int, dict[int, str]]:
    """By person and round what they have already."""
    had: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for person, rows in given.held.items():
        had[person] = {round_id: given.slots[slot][1] for round_id, slot in rows}
    return had


def _losses_before(given: Input) -> dict[int, int]:
    """How often people had neither wish in rounds that were divided before."""
    lost: dict[int, int] = {}
    for round_id, wishes in given.wishes.items():
        for person, wished in wishes.items():
            has = dict(given.held.get(person, ())).get(round_id)
            if round_id not in given.rounds and has not in wished:
                lost[person] = lost.get(person, 0) + 1
    return lost


def carry_out(event: Event, outcome: Outcome) -> None:
    """Save what was worked out. Raises DivisionRefused when what it rests on changed meanwhile."""
    capacity.lock_event(event.id)
    if read_input(event).digest != outcome.digest:
        raise DivisionRefused("changed")
    slots = {slot.id: slot for slot in event.slots}
    rows = [_row(person, each, slot, None) for person, slot in outcome.places for each in slots[slot].rounds]
    last: defaultdict[int, int] = defaultdict(int)
    for person, slot in outcome.lines:
        last[slot] += 1
        rows += [_row(person, each, slot, last[slot]) for each in slots[slot].rounds]
    if rows:
        db.session.execute(sa.insert(Choice), rows)
    for each in rounds_to_divide(event):
        each.divided_at = clock.now()
    db.session.add(Division(event_id=event.id, seed=outcome.seed, rule=RULE, input_hash=outcome.digest))
    coming = sa.update(Registration).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED
    )
    db.session.execute(coming.values(changed_at=clock.now()))
    db.session.flush()
    divided.send(event, registration_ids=sorted({person for person, _ in (*outcome.places, *outcome.lines)}))


def _row(registration_id: int, each: Round, slot_id: int, number: int | None) -> dict[str, object]:
    return {
        "registration_id": registration_id, "round_id": each.id, "slot_id": slot_id, "waiting_number": number,
        "at": clock.now(),
    }  # fmt: skip


def last_division(event: Event) -> Division | None:
    wanted = sa.select(Division).where(Division.event_id == event.id).order_by(Division.id.desc()).limit(1)
    return db.session.scalar(wanted)
