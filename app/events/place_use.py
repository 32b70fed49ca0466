"""How sessions use places: who else is in a room on a day, whether all fit in it, and what the book learns of it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload

from app import clock
from app.database import db
from app.events import event_days
from app.events.models import Event, EventState
from app.network.models import Network
from app.places import places


@dataclass(frozen=True)
class Wish:
    """A room that a session has, or that a form asks for."""

    venue: str
    town: str = ""
    room: str = ""


@dataclass
class Use:
    """How often a place was or will be used, and when next."""

    sessions: int = 0
    next_at: datetime | None = None


def others_in_room(wish: Wish, first: date, last: date, but: Event | None = None) -> list[Event]:
    """Sessions that are not cancelled in the same room on one of these days, by their beginning."""
    if not wish.venue:
        return []
    begin, end = clock.start_of_day(first), clock.start_of_day(last + timedelta(days=1))
    wanted = (
        sa.select(Event)
        .where(Event.starts_at < end, Event.ends_at > begin, Event.state != EventState.CANCELLED)
        .where(Event.on_site, Event.venue != "")
        .order_by(Event.starts_at, Event.id)
        .options(joinedload(Event.network))
    )
    if but is not None:
        wanted = wanted.where(Event.id != but.id)
    return [event for event in db.session.scalars(wanted) if _is_same_room(event, wish)]


def _is_same_room(event: Event, wish: Wish) -> bool:
    """A town that one of both does not say makes no other place."""
    same = [places.fold_name(event.venue) == places.fold_name(wish.venue)]
    same += [places.fold_name(event.room) == places.fold_name(wish.room)]
    same += [places.fold_name(event.town) == places.fold_name(wish.town)] if event.town and wish.town else []
    return all(same)


def say_double_use(network: Network, event: Event) -> str:
    """That another session has the same room that day, as organisers of this network may know it."""
    room = f"{event.room} ({event.venue})" if event.room else event.venue
    return gettext(
        "%(room)s is die dag ook van: %(title)s, %(hours)s.",
        room=room,
        title=name_for(network, event),
        hours=event_days.format_hours_of_event(event),
    )


def name_for(network: Network, event: Event) -> str:
    """What organisers of a network may know a session by: not the name of a confidential one, nor one of a hidden network."""
    hidden = event.confidential or not (event.network_id == network.id or event.network.listed)
    return gettext("een besloten bijeenkomst") if hidden else event.title


def list_warnings(event: Event) -> Iterator[str]:
    """What whoever saved a session has to know of its room: that others have it that day, that not all fit in it."""
    if not event.on_site:
        return
    first, last = (
        clock.to_local(moment, event.zone).date() for moment in (event.starts_at, event.ends_at - timedelta(seconds=1))
    )
    for other in others_in_room(Wish(event.venue, event.town, event.room), first, last, event):
        yield say_double_use(event.network, other)
    room = places.find_room(places.find_place(event.venue, event.town), event.room)
    if room and room.capacity and (event.seats_on_site is None or event.seats_on_site > room.capacity):
        yield f"{_say_capacity(room.name, room.capacity)} {_say_seats(event.seats_on_site)}"


def _say_capacity(room: str, capacity: int) -> str:
    return ngettext("In %(room)s past %(num)s mens.", "In %(room)s passen %(num)s mensen.", capacity, room=room)


def _say_seats(seats: int | None) -> str:
    if seats is None:
        return gettext("Deze sessie heeft geen grens.")
    return ngettext("Deze sessie heeft %(num)s plek.", "Deze sessie heeft %(num)s plekken.", seats)


def room_of(event: Event) -> tuple[Any, ...]:
    """What its warnings hang on."""
    return event.on_site, event.venue, event.town, event.room, event.starts_at, event.ends_at, event.seats_on_site


def remember_place_of(event: Event) -> None:
    """Let the book learn a place; not of a session that other organisers may not know of."""
    if event.on_site and not event.confidential and event.network.listed:
        places.remember_place(event.venue, event.town, event.street, event.directions, event.room)


def count_uses() -> defaultdict[str, Use]:
    """By the key of a place: how its sessions are spread over time; those that are cancelled do not count."""
    coming = sa.case((Event.starts_at > clock.now(), Event.starts_at))
    wanted = sa.select(Event.venue, Event.town, sa.func.count(), sa.func.min(coming)).group_by(Event.venue, Event.town)
    uses: defaultdict[str, Use] = defaultdict(Use)
    for venue, town, sessions, next_at in db.session.execute(
        wanted.where(Event.on_site, Event.venue != "", Event.state != EventState.CANCELLED)
    ):
        use = uses[places.key_of(venue, town)]
        use.sessions += sessions
        use.next_at = min(filter(None, (use.next_at, next_at)), default=None)
    return uses
