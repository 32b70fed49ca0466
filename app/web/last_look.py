"""When somebody looked at a network or session before, so that its overview can say what changed since.

It is kept in the signed cookie, so for this device, and it is gone at signing out. What is opened within half an hour is
one look: the page says the same until one comes back another time.
"""

from datetime import UTC, datetime, timedelta

from flask import session

from app import clock
from app.events.models import Event
from app.network.models import Network

ONE_LOOK = timedelta(minutes=30)
MOST_PLACES = 20


def note_look(place: Network | Event) -> datetime | None:
    """Remember that somebody looks now; returns when they did before, None for the first time."""
    kept: dict[str, list[int]] = session.get("looks", {})
    key, now = f"{place.__tablename__}{place.id}", int(clock.now().timestamp())
    before, last = kept.get(key, (0, 0))
    if now - last > ONE_LOOK.total_seconds():
        before = last
        others = [(each, moments) for each, moments in kept.items() if each != key]
        session["looks"] = dict([*others, (key, [before, now])][-MOST_PLACES:])
    return datetime.fromtimestamp(before, UTC) if before else None
