"""A network day with rounds, for the tests of choices."""

from datetime import timedelta

import sqlalchemy as sa

from app.breakouts import rounds, slots_to_choose
from app.breakouts.models import Choice, Wish
from app.database import db
from app.events.models import Event, Mode, Round, Slot
from app.events.programme import Choosing
from app.registration import chosen_slots
from app.registration.models import Registration
from tests import factories

HOUR = timedelta(hours=1)


def day(number_of_rounds: int = 2, *, by_wish: bool = False, **values) -> Event:
    """A hybrid session of three hours with rounds of an hour, in which people choose or wish until two days before."""
    event = factories.hybrid(**values)
    closes_at = event.starts_at - 48 * HOUR if by_wish else None
    for number in range(number_of_rounds):
        starts_at = event.starts_at + number * HOUR
        moments = {"starts_at": starts_at, "ends_at": starts_at + HOUR, "closes_at": closes_at}
        rounds.save_round(event, None, title=f"Ronde {number + 1}", by_wish=by_wish, **moments)
    db.session.refresh(event, ["rounds"])
    return event


def slot(event: Event, title: str, *numbers: int, seats: int | None = None, **values) -> Slot:
    """A slot in these rounds of an event, with as many seats in each mode."""
    chosen = [event.rounds[number - 1] for number in numbers]
    fields = {"seats_on_site": seats, "seats_online": seats} | {
        name: values.pop(name) for name in ("on_site", "online", "seats_on_site", "seats_online") if name in values
    }
    times = {"starts_at": chosen[0].starts_at, "ends_at": chosen[-1].ends_at} | values
    made = slots_to_choose.save_slot(
        event, None, title=title, description="", speakers=[], choosing=Choosing(chosen, **fields), **times
    )
    db.session.flush()
    db.session.refresh(event, ["slots"])
    return made


def take(registration: Registration, *slots: Slot) -> list[Slot]:
    """Choose slots on one's page, each in its first round; returns for which one waits."""
    return chosen_slots.choose(registration.invitation, {each.rounds[0].id: each.id for each in slots})


def wish(registration: Registration, first: Slot, second: Slot) -> None:
    """Say one's wishes on one's page."""
    chosen_slots.wish(registration.invitation, {first.rounds[0].id: (first.id, second.id)})


def wishes_of(registration: Registration, *slots: Slot) -> list[Wish]:
    """Rows of wishes, as they would be saved by another."""
    same = {"registration_id": registration.id, "round_id": slots[0].rounds[0].id}
    return [Wish(rank=rank, slot_id=slot.id, **same) for rank, slot in enumerate(slots, 1)]


def standing(event: Event) -> dict[str, list[str]]:
    """Who has a place in each slot, and behind a question mark who waits, in order."""
    wanted = (
        sa.select(Choice)
        .join(Slot)
        .where(Slot.event_id == event.id)
        .order_by(Choice.waiting_number.is_not(None), Choice.waiting_number, Choice.id)
    )
    found: dict[str, dict[str, None]] = {}
    for choice in db.session.scalars(wanted, execution_options={"populate_existing": True}):
        name = choice.registration.invitation.person.name
        mark = "" if choice.waiting_number is None else "?"
        found.setdefault(choice.slot.title, {})[mark + name] = None
    return {title: list(names) for title, names in found.items()}


def people(event: Event, names: str, mode: Mode = Mode.ON_SITE) -> list[Registration]:
    return [factories.registration(event, factories.person(f"Deelnemer {name}"), mode) for name in names]


def round_of(event: Event, number: int) -> Round:
    return event.rounds[number - 1]
