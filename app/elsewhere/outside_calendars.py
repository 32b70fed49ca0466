"""Partners' calendars of a network: adding one, reading it again, taking it away."""

from collections import Counter
from dataclasses import fields
from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.database import db, only_reading, rows_changed, take_row
from app.elsewhere import partner_asking
from app.elsewhere.calendar_reading import FoundEvent
from app.elsewhere.models import OutsideCalendar, OutsideEvent
from app.elsewhere.partner_asking import CannotFetch, NoCalendar, PartnersAnswer
from app.network.models import Network
from app.setbacks import one_by_one

EVERY = timedelta(hours=6)
AFTER_TROUBLE = timedelta(hours=1)
LEASE = timedelta(minutes=2)
"""How long a worker may take to read one; after that another one does."""
AT_ONCE = 500
"""Events that are written in one transaction."""
KEPT_AFTER_REMOVAL = timedelta(days=1)


def outside_calendars_of(network: Network) -> list[OutsideCalendar]:
    """The calendars that a network shows, by name."""
    wanted = sa.select(OutsideCalendar).where(
        OutsideCalendar.network_id == network.id, OutsideCalendar.removed_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(OutsideCalendar.name, OutsideCalendar.id)))


def find_outside_calendar(network: Network, outside_calendar_id: int) -> OutsideCalendar | None:
    wanted = sa.select(OutsideCalendar).where(
        OutsideCalendar.id == outside_calendar_id, OutsideCalendar.network_id == network.id
    )
    return db.session.scalar(wanted)


def count_events_by_calendar(network: Network) -> dict[int, int]:
    """How many coming events each calendar holds."""
    rows = db.session.execute(
        sa.select(OutsideEvent.calendar_id, sa.func.count())
        .join(OutsideEvent.calendar)
        .where(OutsideCalendar.network_id == network.id, OutsideEvent.ends_at > clock.now())
        .group_by(OutsideEvent.calendar_id)
    )
    return dict(rows.all())


def add_calendar_by_address(network: Network, name: str, address: str) -> OutsideCalendar:
    """Keep a partner's calendar up to date from now on; the clockwork fetches it. Raises CannotFetch for no address."""
    address = partner_asking.demand_calendar_address(address)
    calendar = OutsideCalendar(network_id=network.id, name=name, address=address)
    db.session.add(calendar)
    ask_for_calendar(calendar)
    return calendar


def ask_for_calendar(calendar: OutsideCalendar) -> None:
    """Have it fetched at once, for somebody who waits for it."""
    calendar.asked_at = calendar.next_at = clock.now()


def add_calendar_from_file(network: Network, name: str, content: bytes) -> OutsideCalendar:
    """Import the events in a file, once. Raises NoCalendar.

    Nothing may be pending in the session: no transaction stays open while the file is read.
    """
    network_id = network.id
    db.session.commit()
    events, skipped = partner_asking.read_outside_calendar(content)
    calendar = OutsideCalendar(network_id=network_id, name=name, fetched_at=clock.now(), skipped=skipped)
    db.session.add(calendar)
    _replace_events(calendar, events)
    return calendar


def remove_outside_calendar(calendar: OutsideCalendar) -> None:
    calendar.removed_at, calendar.next_at = clock.now(), None


def restore_outside_calendar(calendar: OutsideCalendar) -> None:
    """Undo of removing: its events are shown again."""
    calendar.removed_at, calendar.next_at = None, clock.now() if calendar.address else None


def refresh_due_calendars() -> int:
    """Read the calendars that are due again; returns how many. One at a time, with no transaction open meanwhile."""
    due = sa.select(OutsideCalendar.id).where(OutsideCalendar.next_at <= clock.now())
    first = due.order_by(OutsideCalendar.asked_at.is_(None), OutsideCalendar.next_at)
    return one_by_one.do_each("refresh_due_calendars", db.session.scalars(first).all(), _refresh_claimed_calendar)


def refresh_calendar(calendar_id: int) -> None:
    """Read one calendar again; what goes wrong is noted on it, and what we have stays."""
    calendar = db.session.get_one(OutsideCalendar, calendar_id)
    address, etag, last_modified = calendar.address, calendar.etag, calendar.last_modified
    db.session.commit()
    try:
        answer = partner_asking.ask_partner(address, etag, last_modified)
    except (CannotFetch, NoCalendar) as error:
        calendar.trouble = error.reason
        calendar.next_at = clock.now() + AFTER_TROUBLE
    else:
        _note_read(calendar, answer)
    calendar.asked_at = None
    db.session.commit()


def forget_removed_calendars() -> int:
    gone = sa.delete(OutsideCalendar).where(OutsideCalendar.removed_at < clock.now() - KEPT_AFTER_REMOVAL)
    return rows_changed(gone.execution_options(synchronize_session=False))


def _refresh_claimed_calendar(outside_calendar_id: int) -> int | None:
    """Read a calendar that is still due; other workers skip it for the time being."""
    calendar = take_row(OutsideCalendar, outside_calendar_id, OutsideCalendar.next_at <= clock.now())
    if calendar is None:
        return None
    calendar.next_at = clock.now() + LEASE
    db.session.commit()
    refresh_calendar(outside_calendar_id)
    return 1


def _note_read(calendar: OutsideCalendar, answer: PartnersAnswer) -> None:
    if answer.found is not None:
        events, calendar.skipped = answer.found
        _replace_events(calendar, events)
    calendar.etag, calendar.last_modified = answer.etag, answer.last_modified
    calendar.trouble, calendar.fetched_at, calendar.next_at = None, clock.now(), clock.now() + EVERY


def _replace_events(calendar: OutsideCalendar, events: list[FoundEvent]) -> None:
    """Let the events of the calendar be what it holds now: what differs is written, some at a time, each saved."""
    columns = [getattr(OutsideEvent, field.name) for field in fields(FoundEvent)]
    mine = sa.select(OutsideEvent.id, *columns).where(OutsideEvent.calendar_id == calendar.id)
    with only_reading():
        known = {outside_event_id: FoundEvent(*values) for outside_event_id, *values in db.session.execute(mine)}
    new, gone = Counter(events), []
    for outside_event_id, event in known.items():
        if new[event]:
            new[event] -= 1
        else:
            gone.append(outside_event_id)
    rows = [{"calendar_id": calendar.id, **vars(event)} for event in new.elements()]
    for start in range(0, len(gone), AT_ONCE):
        some = sa.delete(OutsideEvent).where(OutsideEvent.id.in_(gone[start : start + AT_ONCE]))
        db.session.execute(some.execution_options(synchronize_session=False))
        db.session.commit()
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(sa.insert(OutsideEvent), rows[start : start + AT_ONCE])
        db.session.commit()
