"""The waiting list: one line per mode, in order of arrival; a freed seat goes to the first at once."""

import sqlalchemy as sa

from app import clock
from app.database import db
from app.events import capacity
from app.events.capacity import Ledger
from app.events.models import Event
from app.registration.models import Registration, RegistrationState


def next_waiting_number(event: Event) -> int:
    """A number behind everybody who waits; the event must be locked."""
    last = db.session.scalar(
        sa.select(sa.func.max(Registration.waiting_number)).where(Registration.event_id == event.id)
    )
    return (last or 0) + 1


def place_in_line(registration: Registration) -> int:
    """Somebody's place in line; 1 is next."""
    before = sa.select(sa.func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.mode == registration.mode,
        Registration.waiting_number <= registration.waiting_number,
    )
    return db.session.scalars(before).one()


def promote_waiting(event: Event) -> list[Registration]:
    """Give free seats to those who wait longest and may have one; the event must be locked. Returns who came in.

    A seat that comes free in one mode may let in somebody who waits in the other, by the quota of their organisation.
    Once the event has begun nobody comes in any more: at the door they are checked in.
    """
    if not event.published or event.starts_at <= clock.now():
        return []
    seats = capacity.ledger(event)
    promoted = []
    for registration in db.session.scalars(_select_waiting(event, seats)).all():
        if seats.can_enter(registration.mode, registration.organisation_id):
            seats.enter(registration.mode, registration.organisation_id)
            registration.state, registration.waiting_number = RegistrationState.CONFIRMED, None
            promoted.append(registration)
    db.session.flush()
    return promoted


def _select_waiting(event: Event, seats: Ledger) -> sa.Select[Registration]:
    """Who waits, longest first; no more than there is room for where it matters to nobody who works where."""
    wanted = (
        sa.select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.mode.in_(event.modes),
            Registration.state == RegistrationState.WAITING,
        )
        .order_by(Registration.waiting_number)
    )
    if seats.by_organisation:
        return wanted
    free = {mode: seats.outlook(mode).free for mode in event.modes}
    with_room = wanted.where(Registration.mode.in_([mode for mode, number in free.items() if number != 0]))
    numbers = [number for number in free.values() if number is not None]
    return with_room.limit(sum(numbers)) if len(numbers) == len(free) else with_room
