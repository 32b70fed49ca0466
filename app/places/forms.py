"""What organisers send about a place."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.places import places
from app.places.models import Place
from app.places.places import PlaceDetails, RoomLine
from app.web.forms import Checks, Form, LineField, LinesField, PhoneField

_SAME = ("name", "street", "town", "route", "accessibility", "contact", "phone")


class PlaceForm(Form):
    """A place with a room on each line; `rooms_read` holds them after validate()."""

    name = LineField(_l("Gebouw"), 150, required=True)
    street = LineField(_l("Straat en nummer"), 150)
    town = LineField(_l("Plaats"), 100, required=True)
    room_lines = LinesField(
        _l("Zalen"),
        5_000,
        rows=4,
        description=_l("Eén per regel, met een komma en hoeveel mensen erin kunnen: Statenzaal, 120."),
    )
    route = LinesField(_l("Route"), 2_500, rows=4)
    accessibility = LinesField(
        _l("Toegankelijkheid"),
        2_500,
        rows=4,
        description=_l("Bijvoorbeeld: er is een lift, en een ringleiding in de zaal."),
    )
    contact = LineField(
        _l("Wie bel je daar?"), 120, description=_l("Alleen organisatoren zien dit. Liever een balie dan een persoon.")
    )
    phone = PhoneField(_l("Telefoonnummer"))

    def __init__(self, place: Place | None = None, **options: Any) -> None:
        super().__init__(data=_form_data_of(place) if place else None, **options)
        self.rooms_read: list[RoomLine] = []

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        lines = [line.strip() for line in (self.room_lines.data or "").splitlines() if line.strip()]
        read = [(line, places.read_room(line)) for line in lines]
        self.rooms_read = [room for _, room in read if room]
        if wrong := next((line for line, room in read if room is None), None):
            self.reject(
                "room_lines",
                gettext(
                    "‘%(line)s’ is geen zaal. Schrijf een naam, met een komma en een getal: Statenzaal, 120.",
                    line=wrong[:60],
                ),
            )
        if twice := places.find_twice(self.rooms_read):
            self.reject("room_lines", gettext("‘%(line)s’ staat er twee keer.", line=twice[:60]))
        return good and not self.errors

    def details(self) -> PlaceDetails:
        """What was filled in; call after validate()."""
        return PlaceDetails(**{name: self[name].data for name in _SAME})


def _form_data_of(place: Place) -> dict[str, Any]:
    return {name: getattr(place, name) for name in _SAME} | {"room_lines": places.write_rooms(place.rooms)}
