"""What somebody can choose in each round, and what they have there, as their page shows it: in a fixed number of statements."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext

from app.breakouts import choices, wishes
from app.breakouts.models import Choice
from app.database import db
from app.events.models import Event, Round, Slot
from app.registration.models import Registration


@dataclass(frozen=True)
class Option:
    """A slot of a round, as it is for one person."""

    slot: Slot
    free: int | None
    """Places that are left; None when there is no limit."""
    full: bool
    held: bool
    place_in_line: int | None

    @property
    def takes(self) -> bool:
        """Whether it can be chosen as far as the slot goes."""
        return not (self.slot.cancelled or self.slot.begun)


@dataclass(frozen=True)
class RoundOptions:
    """A round with what there is to choose in it."""

    round: Round
    options: list[Option]
    wishes: tuple[int | None, int | None] = (None, None)
    """Ids of the slots of the first and the second wish, before places are divided."""

    @property
    def takes_wishes(self) -> bool:
        return self.round.takes_wishes

    @property
    def chosen(self) -> int | None:
        """Id of the slot that the page shows as chosen: where they have a place, else where they wait."""
        held = [each.slot.id for each in self._places]
        waits = [each.slot.id for each in self.options if each.place_in_line and not each.slot.cancelled]
        return next(iter([*held, *waits]), None)

    @property
    def placed(self) -> bool:
        """Whether they have a place in it; who waits has none yet."""
        return bool(self._places)

    @property
    def _places(self) -> list[Option]:
        return [each for each in self.options if each.held and not each.slot.cancelled]

    @property
    def open(self) -> bool:
        """Whether somebody can choose in it now."""
        return self.round.open and not self.takes_wishes and any(each.takes for each in self.options)

    @property
    def wishable(self) -> list[Slot]:
        """What can be wished: a slot of several rounds in the first of them."""
        return [each.slot for each in self.options if each.takes and each.slot.rounds[0] is self.round]


@dataclass(frozen=True)
class Choosing:
    """All rounds of an event for one person."""

    rounds: list[RoundOptions]

    @property
    def open(self) -> bool:
        return any(each.open for each in self.rounds)

    @property
    def to_wish(self) -> list[RoundOptions]:
        """Rounds in which somebody can wish now."""
        return [each for each in self.rounds if each.takes_wishes and each.round.open]

    @property
    def asks(self) -> bool:
        """Whether there is something that they have not said yet."""
        return bool(self.unchosen) or any(each.wishes[0] is None for each in self.to_wish)

    @property
    def unchosen(self) -> list[RoundOptions]:
        """Open rounds in which they have no place yet in what takes place."""
        return [each for each in self.rounds if each.open and not each.placed]

    @property
    def cancelled(self) -> list[Slot]:
        """What they chose and does not take place, as long as they have nothing instead."""
        gone = {
            each.slot.id: each.slot
            for row in self.unchosen
            for each in row.options
            if each.slot.cancelled and each.held
        }
        return list(gone.values())

    @property
    def waiting(self) -> list[Option]:
        """For what they wait."""
        found = {each.slot.id: each for row in self.rounds for each in row.options if each.place_in_line and each.takes}
        return list(found.values())

    @property
    def mine(self) -> dict[int, tuple[str, str]]:
        """What the programme says beside a slot, by its id: the tone and the words."""
        options = [each for row in self.rounds for each in row.options]
        waits = {each.slot.id: ("amber", gettext("wachtlijst")) for each in options if each.place_in_line}
        return waits | {each.slot.id: ("green", gettext("jouw keuze")) for each in options if each.held}


def load_choosing(event: Event, registration: Registration) -> Choosing:
    """What this person, who has a seat at the event, can choose in the way in which they take part."""
    takers = choices.count_takers(event)
    chosen = sa.select(Choice.slot_id, Choice.waiting_number).where(Choice.registration_id == registration.id)
    found = db.session.execute(chosen).all()
    held = {slot_id for slot_id, number in found if number is None}
    waits = any(number is not None for _, number in found)
    lines = choices.line_numbers(event.id, registration.id) if waits else {}
    options: dict[Round, list[Option]] = {}
    for slot in event.slots:
        if _is_offered(slot, registration, held):
            option = Option(
                slot=slot,
                free=takers.free(slot, registration.mode),
                full=takers.full(slot, registration.mode),
                held=slot.id in held,
                place_in_line=lines.get(slot.id),
            )
            for each in slot.rounds:
                options.setdefault(each, []).append(option)
    rounds = sorted(options, key=lambda each: (each.starts_at, each.id))
    wished = wishes.wishes_of(registration) if any(each.takes_wishes for each in rounds) else {}
    return Choosing(
        [RoundOptions(each, options[each], (wished.get((each.id, 1)), wished.get((each.id, 2)))) for each in rounds]
    )


def _is_offered(slot: Slot, registration: Registration, held: Collection[int]) -> bool:
    return slot.id in held or (registration.mode in slot.modes and not slot.cancelled)
