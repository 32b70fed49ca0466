"""The waiting list: one line per mode, in order of arrival; a freed seat goes to the first at once."""

import sqlalchemy as sa

from app import clock
from app.database import db
from app.events import capacity
from app.events.models import Event, Mode
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


def promote_waiting(event: Event, mode: Mode) -> list[Registration]:
    """Give free seats to those who wait longest and may have one; the event must be locked. Returns who came in.

    Once the event has begun nobody comes in any more: at the door they are checked in.
    """
    if not event.published or event.starts_at <= clock.now() or mode not in event.modes:
        return []
    seats = capacity.ledger(event)
    wanted = (
        sa.select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.mode == mode,
            Registration.state == RegistrationState.WAITING,
        )
        .order_by(Registration.waiting_number)
    )
    if not seats.by_organisation:
        wanted = wanted.limit(seats.outlook(mode).free)
    promoted = []
    for registration in db.session.scalars(wanted).all():
        if seats.can_enter(mode, registration.organisation_id):
            seats.enter(mode, registration.organisation_id)
            registration.state, registration.waiting_number = RegistrationState.CONFIRMED, None
            promoted.append(registration)
    return promoted
