"""The waiting list: one line a mode, in order of arrival; a freed seat goes to its first at once."""

import sqlalchemy as sa

from app import clock
from app.database import db
from app.events.models import Event, Mode
from app.registration import capacity
from app.registration.models import Registration, RegistrationState


def next_number(event: Event) -> int:
    """A number behind everybody who waits; the event must be locked."""
    last = db.session.scalar(
        sa.select(sa.func.max(Registration.waiting_number)).where(Registration.event_id == event.id)
    )
    return (last or 0) + 1


def place_in_line(registration: Registration) -> int:
    """1 for who is next."""
    before = sa.select(sa.func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.mode == registration.mode,
        Registration.waiting_number <= registration.waiting_number,
    )
    return db.session.scalar(before)


def promote(event: Event, mode: Mode) -> list[Registration]:
    """Give the free seats to who waits longest; the event must be locked. Returns who came in.

    Once the event has begun nobody comes in any more: at the door they are checked in.
    """
    if not event.published or event.starts_at <= clock.now():
        return []
    left = capacity.outlook(event)[mode].free if mode in event.modes else 0
    first = (
        sa.select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.mode == mode,
            Registration.state == RegistrationState.WAITING,
        )
        .order_by(Registration.waiting_number)
        .limit(left)
    )
    promoted = list(db.session.scalars(first)) if left != 0 else []
    for registration in promoted:
        registration.state, registration.waiting_number = RegistrationState.CONFIRMED, None
    return promoted
