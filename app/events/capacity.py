"""How many places are taken and free. Counted, never kept beside the registrations.

A mode has seats; an organisation may have a quota (the event's, or that of its own
allotment); the seats of an allotment are kept free for their organisation until a day.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound

from app import clock
from app.database import db
from app.events.models import Event, Mode
from app.registration.models import Allotment, Registration, RegistrationState
from app.transaction_notes import kept_in_transaction

_EVENTS = (
    sa.select(Event)
    .where(Event.id.in_(sa.bindparam("event_ids", expanding=True)))
    .order_by(Event.id)
    .with_for_update(of=Event)
)
_LOCKED = "locked events"
_OF_EVENT: sa.BindParameter[int] = sa.bindparam("event_id")
_NOTHING = sa.null()
_SEATS = sa.union_all(
    sa.select(
        Registration.mode,
        Registration.state,
        Registration.organisation_id,
        sa.func.count().label("number"),
        sa.cast(_NOTHING, Allotment.until.type).label("until"),
    )
    .where(Registration.event_id == _OF_EVENT, Registration.state != RegistrationState.CANCELLED)
    .group_by(Registration.mode, Registration.state, Registration.organisation_id),
    sa.select(_NOTHING, _NOTHING, Allotment.organisation_id, Allotment.seats, Allotment.until).where(
        Allotment.event_id == _OF_EVENT
    ),
)
"""People who have a seat or wait, by mode, state and organisation; and, without a mode, the seats of organisations."""


@dataclass(frozen=True)
class Outlook:
    """How one mode of an event stands, and what somebody who registers now can expect."""

    seats: int | None
    """None when there is no limit."""
    confirmed: int
    waiting: int
    reserved: int = 0
    """Seats that are kept free for organisations other than one's own."""
    barred: bool = False
    """One's organisation has all the seats it gets, or colleagues wait already."""
    open_line: bool = True
    """Whether who waits, waits for a seat that anybody could take: then a newcomer joins the line."""

    @property
    def free(self) -> int | None:
        return None if self.seats is None else max(0, self.seats - self.confirmed - self.reserved)

    @property
    def full(self) -> bool:
        """Whether a newcomer has to wait: no seat left, or others wait already."""
        no_seat = self.seats is not None and (self.free == 0 or (self.open_line and self.waiting > 0))
        return self.barred or no_seat


@dataclass
class Ledger:
    """Who has seats at an event, by mode and organisation; kept up while seats are handed out."""

    event: Event
    confirmed: Counter[tuple[Mode, int | None]] = field(default_factory=Counter)
    waiting: Counter[tuple[Mode, int | None]] = field(default_factory=Counter)
    """Both by (mode, id of organisation)."""
    allotted: dict[int, int] = field(default_factory=dict)
    reserved: dict[int, int] = field(default_factory=dict)
    """Seats that an organisation has, and those that are still kept free for it, by its id."""

    @property
    def by_organisation(self) -> bool:
        """Whether anything depends on where people work."""
        return self.event.seats_per_organisation is not None or bool(self.allotted)

    def quota(self, organisation: int | None) -> int | None:
        """The most seats an organisation gets; None when there is no limit."""
        if organisation is None:
            return None
        return self.allotted.get(organisation, self.event.seats_per_organisation)

    def has(self, organisation: int | None) -> int:
        """Seats that people of an organisation have, in any mode."""
        return sum(count for (_, place), count in self.confirmed.items() if place == organisation)

    def outlook(self, mode: Mode, organisation: int | None = None, *, holding: bool = False) -> Outlook:
        """What somebody of an organisation can expect; `holding` when they have a seat already, in another mode."""
        quota = self.quota(organisation)
        at_quota = quota is not None and self.has(organisation) - holding >= quota
        in_line = self.by_organisation and organisation is not None and self.waiting[mode, organisation] > 0
        return Outlook(
            seats=self.event.seats(mode),
            confirmed=sum(count for (each, _), count in self.confirmed.items() if each == mode),
            waiting=sum(count for (each, _), count in self.waiting.items() if each == mode),
            reserved=self._kept_free(mode, organisation),
            barred=at_quota or in_line,
            open_line=not self.by_organisation,
        )

    def outlooks(self, organisation: int | None = None) -> dict[Mode, Outlook]:
        """Each mode that is offered or used, as it looks for somebody of that organisation."""
        used = {mode for mode, _ in (*self.confirmed, *self.waiting)}
        modes = [mode for mode in Mode if mode in self.event.modes or mode in used]
        return {mode: self.outlook(mode, organisation) for mode in modes}

    def can_enter(self, mode: Mode, organisation: int | None) -> bool:
        """Whether somebody who waits gets a seat now."""
        outlook, quota = self.outlook(mode, organisation), self.quota(organisation)
        return outlook.free != 0 and (quota is None or self.has(organisation) < quota)

    def overdrawn(self, mode: Mode, organisation: int | None) -> bool:
        """Whether more seats are taken than there are, in a mode or by an organisation."""
        outlook, quota = self.outlook(mode, organisation), self.quota(organisation)
        too_many = outlook.seats is not None and outlook.confirmed > outlook.seats
        return too_many or (quota is not None and self.has(organisation) > quota)

    def enter(self, mode: Mode, organisation: int | None) -> None:
        """Somebody who waited got a seat."""
        self.confirmed[mode, organisation] += 1
        self.waiting[mode, organisation] -= 1

    def _kept_free(self, mode: Mode, organisation: int | None) -> int:
        """Seats kept for other organisations: in the room, or online when there is no room."""
        if mode != self.event.modes[0]:
            return 0
        return sum(max(0, seats - self.has(place)) for place, seats in self.reserved.items() if place != organisation)


def lock_event(event_id: int) -> Event:
    """The event, locked until the transaction ends: whoever counts seats must hold it. It is read anew by the first who asks."""
    return lock_events([event_id])[event_id]


def lock_events(event_ids: Collection[int]) -> dict[int, Event]:
    """Lock several events in one statement, by rising id, so that two who do wait for each other in one order."""
    session, known = db.session(), kept_in_transaction(_LOCKED)
    missing = sorted(set(event_ids) - known.keys())
    if not missing:
        session.flush()  # as reading them would: who locks goes on with what is written
        return known
    found = session.scalars(_EVENTS, {"event_ids": missing}, execution_options={"populate_existing": True}).all()
    if len(found) < len(missing):
        raise NoResultFound
    keep_locked(found)
    return known | {event.id: event for event in found}


def keep_locked(events: Iterable[Event]) -> None:
    """Remember that these were locked, and read, in this transaction."""
    kept_in_transaction(_LOCKED).update((event.id, event) for event in events)


def are_locked(event_ids: Collection[int]) -> bool:
    return kept_in_transaction(_LOCKED).keys() >= set(event_ids)


def ledger(event: Event, moment: datetime | None = None) -> Ledger:
    """The seats of an event as they are; `moment` says for when seats count as kept, now unless given."""
    found, now = Ledger(event), moment or clock.now()
    for mode, state, organisation, number, until in db.session.execute(_SEATS, {"event_id": event.id}):
        if mode is None:
            found.allotted[organisation] = number
            if until > now:
                found.reserved[organisation] = number
        else:
            counted = found.confirmed if state == RegistrationState.CONFIRMED else found.waiting
            counted[mode, organisation] += number
    return found


def outlook(event: Event) -> dict[Mode, Outlook]:
    """Each mode that the event offers or that somebody stands registered for, as it looks for anybody."""
    return ledger(event).outlooks()


def has_room(event: Event) -> bool:
    """Whether a newcomer gets a seat in one of the modes that are offered."""
    return any(not each.full for mode, each in outlook(event).items() if mode in event.modes)


def most_of_one(event: Event) -> int:
    """The most seats that people of one organisation have, of those without an allotment."""
    seats = ledger(event)
    places = {place for _, place in seats.confirmed if place is not None and place not in seats.allotted}
    return max((seats.has(place) for place in places), default=0)
