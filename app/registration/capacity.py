"""How many places are taken and free. Counted, never kept beside the registrations."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.database import db
from app.events.models import Event, Mode
from app.registration.models import Registration, RegistrationState

_EVENT = sa.select(Event).where(Event.id == sa.bindparam("event_id")).with_for_update(of=Event)
_COUNTS = (
    sa.select(Registration.mode, Registration.state, sa.func.count())
    .where(Registration.event_id == sa.bindparam("event_id"), Registration.state != RegistrationState.CANCELLED)
    .group_by(Registration.mode, Registration.state)
)


@dataclass(frozen=True)
class Outlook:
    """How one mode of an event stands, and what somebody who registers now can expect."""

    seats: int | None
    """None when there is no limit."""
    confirmed: int
    waiting: int

    @property
    def free(self) -> int | None:
        return None if self.seats is None else max(0, self.seats - self.confirmed)

    @property
    def full(self) -> bool:
        """Whether a newcomer has to wait: no seat left, or others wait already."""
        return self.seats is not None and (self.free == 0 or self.waiting > 0)


def lock_event(event_id: int) -> Event:
    """The event, locked until the transaction ends: whoever counts seats must hold it."""
    return db.session.scalars(_EVENT, {"event_id": event_id}, execution_options={"populate_existing": True}).one()


def outlook(event: Event) -> dict[Mode, Outlook]:
    """Each mode that the event offers or that somebody stands registered for, in one query."""
    rows = db.session.execute(_COUNTS, {"event_id": event.id})
    counts = {(mode, state): count for mode, state, count in rows}
    modes = [mode for mode in Mode if mode in event.modes or any(mode == used for used, _ in counts)]
    return {
        mode: Outlook(
            event.seats(mode),
            counts.get((mode, RegistrationState.CONFIRMED), 0),
            counts.get((mode, RegistrationState.WAITING), 0),
        )
        for mode in modes
    }
