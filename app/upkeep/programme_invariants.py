"""What always holds of rounds in the programme and of what people chose in them; part of the balance."""

import sqlalchemy as sa

from app.breakouts.models import Choice
from app.database import Moment
from app.events.models import Event, Mode, Round, Slot, slot_rounds
from app.registration.models import Registration, RegistrationState
from app.upkeep.invariants import Rows, selected

_COMING_UP = Event.ends_at > sa.bindparam("now", type_=Moment())


@selected("event {event}: {taken} chose slot {slot} {mode} and it has {seats} seats")
def choices_within_seats_of_slots() -> Rows:
    taken = sa.func.count(sa.distinct(Choice.registration_id))
    seats = sa.case((Registration.mode == Mode.ON_SITE, Slot.seats_on_site), else_=Slot.seats_online)
    return (
        sa.select(Event.id.label("event"), Slot.id.label("slot"), Registration.mode.label("mode"))
        .add_columns(seats.label("seats"), taken.label("taken"))
        .join(Slot, Slot.event_id == Event.id)
        .join(Choice, Choice.slot_id == Slot.id)
        .join(Registration, Registration.id == Choice.registration_id)
        .where(Choice.waiting_number.is_(None), _COMING_UP)
        .group_by(Event.id, Slot.id, Registration.mode, seats)
        .having(taken > seats)
    )


@selected("registration {registration} chose slot {slot} of event {event} and has no seat there")
def who_chooses_has_a_seat() -> Rows:
    elsewhere = sa.or_(Registration.state != RegistrationState.CONFIRMED, Registration.event_id != Slot.event_id)
    return (
        sa.select(Registration.id.label("registration"), Slot.id.label("slot"), Slot.event_id.label("event"))
        .join(Choice, Choice.registration_id == Registration.id)
        .join(Slot, Slot.id == Choice.slot_id)
        .where(elsewhere)
    )


@selected("choice {choice} is of a slot that is not in round {round}")
def choices_are_in_rounds_of_their_slots() -> Rows:
    lies_in = sa.select(slot_rounds.c.slot_id).where(
        slot_rounds.c.slot_id == Choice.slot_id, slot_rounds.c.round_id == Choice.round_id
    )
    return sa.select(Choice.id.label("choice"), Choice.round_id.label("round")).where(~lies_in.exists())


@selected("registration {registration} has slot {slot} in some of its rounds only")
def slots_are_chosen_in_all_their_rounds() -> Rows:
    rounds = sa.select(sa.func.count()).where(slot_rounds.c.slot_id == Choice.slot_id).scalar_subquery()
    return (
        sa.select(Choice.registration_id.label("registration"), Choice.slot_id.label("slot"))
        .group_by(Choice.registration_id, Choice.slot_id, Choice.waiting_number)
        .having(sa.func.count() != rounds)
    )


@selected("event {event}: round {round} lies outside it, or its choosing closes after it begins")
def rounds_lie_within_their_events() -> Rows:
    outside = sa.or_(Round.starts_at < Event.starts_at, Round.ends_at > Event.ends_at)
    return (
        sa.select(Event.id.label("event"), Round.id.label("round"))
        .join(Round, Round.event_id == Event.id)
        .where(sa.or_(outside, Round.closes_at > Round.starts_at))
    )
