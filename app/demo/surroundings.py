"""What there is around the demo's sessions: a partner's calendar, council evenings, the book of places."""

from datetime import date, timedelta

import icalendar
import sqlalchemy as sa

from app import clock
from app.database import db
from app.elsewhere import outside_calendars
from app.events import busy_days
from app.events.models import BusyKind
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.places import places
from app.places.places import PlaceDetails, RoomLine

PARTNER = "Waterschap De Dommel"
_MEETINGS = (
    (9, "Inloopavond beekherstel", "Boxtel"),
    (16, "Kennislunch grondwater", "Online"),
    (37, "Excursie klimaatbuffer", "Oirschot"),
)
_COUNCILS = (("Oosterhout", 3), ("Oss", 10), ("Bergen op Zoom", 17))
"""A municipality, and in how many days its council meets first."""
_ACCESSIBLE = "Het gebouw is toegankelijk met een rolstoel, en er is een lift."
_PLACES = (
    (
        PlaceDetails("Provinciehuis", "'s-Hertogenbosch", "Brabantlaan 1", "Met de bus vanaf het station.", _ACCESSIBLE, "de balie"),
        (RoomLine("Statenzaal", 150), RoomLine("Bois le Duczaal", 60)),
    ),
    (
        PlaceDetails("Het Duvelhok", "Tilburg", "Sint Josephstraat 133", "Tien minuten lopen van het station.", _ACCESSIBLE),
        (RoomLine("Atelier", 30),),
    ),
)  # fmt: skip


def add_surroundings(networks: dict[str, Network]) -> None:
    """Once: events that a partner manages, evenings on which councils meet, and places with their rooms."""
    network = networks["klimaatadaptatie"]
    if PARTNER not in {each.name for each in outside_calendars.outside_calendars_of(network)}:
        outside_calendars.add_calendar_from_file(network, PARTNER, _calendar())
    for place, days in _COUNCILS:
        organisation = db.session.scalar(sa.select(Organisation).where(Organisation.name == place))
        if organisation is not None:
            busy_days.add_busy_days(BusyKind.COUNCIL, f"Raad {place}", _evenings(days), organisation)
    for details, rooms in _PLACES:
        if places.find_place(details.name, details.town) is None:
            places.add_place(details, rooms)


def _evenings(days: int) -> list[tuple[date, date]]:
    first = clock.today() + timedelta(days=days)
    first += timedelta(days=(3 - first.weekday()) % 7)  # a Thursday
    return [(first + timedelta(weeks=weeks),) * 2 for weeks in (0, 3, 6)]


def _calendar() -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Demo//NL")
    calendar.add("version", "2.0")
    for number, (days, title, place) in enumerate(_MEETINGS):
        event = icalendar.Event()
        begin = clock.start_of_day(clock.today() + timedelta(days=days)) + timedelta(hours=13)
        values = {"uid": f"demo-{number}@dommel.example", "dtstamp": clock.now(), "summary": title, "location": place}
        for name, value in (values | {"dtstart": begin, "dtend": begin + timedelta(hours=2)}).items():
            event.add(name, value)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
