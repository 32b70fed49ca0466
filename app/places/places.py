"""The book of places: finding one by how it is called, remembering a new one, and what its lines of rooms say."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app import folding
from app.database import add_once, db
from app.places.models import Place, Room
from app.words import Refusal

MOST_IN_A_ROOM = 100_000
_LONGEST_KEY = 300
_LONGEST_NAME = 150
_HOW_MANY = re.compile(r"(\d+)(?: (?:mensen|personen|plekken|people|seats))?", re.IGNORECASE)
"""'120', '120 mensen'."""


class PlaceKnown(Refusal):
    """The book has a place of that name in that town."""

    says = _l("Deze locatie staat al in het boek, in dezelfde plaats. Wijzig die, of kies een andere naam.")
    field = "name"


@dataclass(frozen=True)
class PlaceDetails:
    """What organisers fill in about a place."""

    name: str
    town: str
    street: str = ""
    route: str = ""
    accessibility: str = ""
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True)
class RoomLine:
    """A room as a line of text says it."""

    name: str
    capacity: int | None = None


def fold_name(text: str) -> str:
    """A name as it is compared: without capitals, accents, and signs between words."""
    return (" ".join(re.findall(r"\w+", folding.fold_accents(text))) or text.strip())[:_LONGEST_KEY]


def key_of(name: str, town: str) -> str:
    """A place as it is compared with others."""
    return f"{fold_name(name)}|{fold_name(town)}"[:_LONGEST_KEY]


def list_places() -> list[Place]:
    """All places with their rooms, by name."""
    wanted = sa.select(Place).order_by(Place.key, Place.id).options(selectinload(Place.rooms))
    return list(db.session.scalars(wanted))


def find_place(name: str, town: str = "") -> Place | None:
    """The place that is called so, in that town; without a town only when there is one of that name."""
    if not name:
        return None
    wanted = sa.select(Place).order_by(Place.id).limit(2)
    if town:
        return db.session.scalar(wanted.where(Place.key == key_of(name, town)))
    found = db.session.scalars(wanted.where(Place.key.startswith(f"{fold_name(name)}|", autoescape=True))).all()
    return found[0] if len(found) == 1 else None


def find_offered(text: str) -> Place | None:
    """The place that was chosen from the list, where each stands with its town (Place.offered)."""
    name, comma, town = (part.strip() for part in text.rpartition(","))
    return find_place(name, town) if comma and town else None


def find_room(place: Place | None, name: str) -> Room | None:
    """The room of a place that is called so."""
    key = fold_name(name)
    return next((room for room in place.rooms if room.key == key), None) if place and name else None


def add_place(details: PlaceDetails, rooms: Iterable[RoomLine] = ()) -> Place:
    """Raises PlaceKnown."""
    place = Place(**vars(details), key=key_of(details.name, details.town))
    _put_rooms(place, rooms)
    if not add_once(place):
        raise PlaceKnown
    return place


def change_place(place: Place, details: PlaceDetails, rooms: Iterable[RoomLine]) -> None:
    """Sessions keep what they say of it. Raises PlaceKnown."""
    try:
        with db.session.begin_nested():
            for name, value in vars(details).items():
                setattr(place, name, value)
            place.key = key_of(details.name, details.town)
            _put_rooms(place, rooms)
    except IntegrityError as error:
        raise PlaceKnown from error


def remove_place(place: Place) -> None:
    """Take it out of the book; its rooms first, so that they come back after it."""
    place.rooms = []
    db.session.flush()
    db.session.delete(place)
    db.session.flush()


def remember_place(name: str, town: str, street: str = "", route: str = "", room: str = "") -> None:
    """Write a place and its room into the book, unless they are there: what organisers wrote in it stays."""
    if not (name and town):
        return
    place = find_place(name, town)
    if place is None:
        place = Place(name=name, town=town, street=street, route=route, key=key_of(name, town))
        if not add_once(place):
            return
    if room and find_room(place, room) is None:
        add_once(Room(place_id=place.id, name=room, key=fold_name(room)))
        db.session.expire(place, ["rooms"])


def write_directions(place: Place) -> str:
    """Route and accessibility of a place, as a session says them together."""
    return "\n\n".join(filter(None, (place.route, place.accessibility)))


def read_room(line: str) -> RoomLine | None:
    """'Statenzaal, 120' or 'Statenzaal'; None without a name, or for a number of people that no room holds."""
    name, _, rest = (part.strip() for part in line.rpartition(","))
    many = _HOW_MANY.fullmatch(rest)
    capacity = int(many[1][:7]) if many and "," in line else None
    name = line.strip() if capacity is None else name
    if not 0 < len(name) <= _LONGEST_NAME or (capacity is not None and not 0 < capacity <= MOST_IN_A_ROOM):
        return None
    return RoomLine(name, capacity)


def write_rooms(rooms: Sequence[Room]) -> str:
    """The rooms of a place as lines that read_room() reads."""
    return "\n".join(f"{room.name}, {room.capacity}" if room.capacity else room.name for room in rooms)


def _put_rooms(place: Place, lines: Iterable[RoomLine]) -> None:
    """A room that stays keeps its row."""
    known = {room.key: room for room in place.rooms}
    kept = []
    for line in lines:
        room = known.get(fold_name(line.name)) or Room(key=fold_name(line.name))
        room.name, room.capacity = line.name, line.capacity
        kept.append(room)
    place.rooms = sorted(kept, key=lambda room: room.key)


def find_twice(lines: Iterable[RoomLine]) -> str | None:
    """The name of a room that stands in these lines more than once."""
    seen: set[str] = set()
    for line in lines:
        if (key := fold_name(line.name)) in seen:
            return line.name
        seen.add(key)
    return None
