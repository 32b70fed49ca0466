"""What organisers send about an event: its details, programme slots and questions."""

from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import URL, NumberRange

from app import clock, wording
from app.clock import NoSuchMoment
from app.events import hanging, planning
from app.events.capacity import Outlook
from app.events.hanging import Move
from app.events.models import Event, EventFormat, Mode
from app.events.place_use import Wish
from app.events.planning import EventDetails
from app.network import network_queries
from app.network.models import Network
from app.network.vocabulary.forms import role_choices
from app.places import places
from app.places.models import Place
from app.themes import themes
from app.themes.forms import chosen_themes, offer_themes
from app.web.forms import (
    CheckboxesField,
    Checks,
    DayField,
    Form,
    HourField,
    LineField,
    LinesField,
    PhoneField,
    WholeNumberField,
    choices,
)

_PLAIN = (
    "title", "summary", "description", "zone", "on_site", "venue", "room", "street", "town", "directions",
    "seats_on_site", "online", "join_url", "seats_online", "seats_per_organisation", "confidential", "open_to_all", "looks_back",
    "bring", "day_contact", "day_phone",
)  # fmt: skip
"""Fields that the form and the event have alike; only these are filled in and saved by name."""
FIRST = ("title", "day", "start", "end", "venue", "town")
"""What a new session needs; the rest can wait."""
_AS_LAST_TIME = (
    "format", "start", "end", "zone", "on_site", "venue", "room", "street", "town", "directions",
    "seats_on_site", "online", "seats_online", "seats_per_organisation", "roles", "confidential", "open_to_all", "looks_back",
    "bring", "day_contact", "day_phone",
)  # fmt: skip
"""What a new session probably has like the one before."""
NO_SUCH_HOUR = _l("Dit uur is er die nacht niet of komt twee keer: de klok gaat om. Kies een andere tijd.")
_SEATS = [NumberRange(1, 100_000, _l("Kies een getal van 1 tot 100.000, of laat het leeg voor geen grens."))]


def _zone_choices() -> list[SelectChoice]:
    return [SelectChoice(zone, str(wording.PLACES[zone])) for zone in clock.ZONES]


class EventForm(Form):
    """The details of an event; `details()` gives them in UTC after validate()."""

    title = LineField(_l("Titel"), 150, required=True)
    format = SelectField(_l("Soort"), choices=lambda: choices(EventFormat))
    summary = LineField(
        _l("Samenvatting"), 300, description=_l("Eén of twee zinnen, voor de agenda en de uitnodiging.")
    )
    description = LinesField(
        _l("Beschrijving"),
        20_000,
        rows=10,
        description=_l("Opmaak met Markdown: een lege regel begint een alinea, - een punt van een lijst, **vet**."),
    )

    day = DayField(_l("Datum"), required=True)
    start = HourField(_l("Begin"), required=True)
    end = HourField(_l("Einde"), required=True)
    last_day = DayField(_l("Laatste dag, als het er meer zijn"))
    zone = SelectField(_l("Tijdzone"), choices=lambda: _zone_choices(), default=clock.AMSTERDAM)
    closes_on = DayField(_l("Aanmelden tot (datum)"), description=_l("Leeg: tot het begin."))
    closes_hour = HourField(_l("Tijd"))

    on_site = BooleanField(_l("Op een plek waar mensen naartoe komen"), default=True)
    venue = LineField(
        _l("Gebouw"),
        150,
        description=_l("Kies wat jullie eerder gebruikten, of vul een nieuw gebouw in; dat onthouden we."),
        render_kw={"list": "locaties", "autocomplete": "off"},
    )
    room = LineField(_l("Zaal"), 150, render_kw={"list": "zalen", "autocomplete": "off"})
    street = LineField(_l("Straat en nummer"), 150)
    town = LineField(_l("Plaats"), 100)
    seats_on_site = WholeNumberField(_l("Plekken"), validators=_SEATS, description=_l("Leeg: geen grens."))
    directions = LinesField(_l("Route en toegankelijkheid"), 5_000, rows=4)
    bring = LineField(_l("Wat nemen mensen mee?"), 300, description=_l("Bijvoorbeeld: een laptop en je legitimatie."))
    day_contact = LineField(_l("Wie kunnen ze bellen?"), 120, description=_l("Alleen voor wie is uitgenodigd."))
    day_phone = PhoneField(_l("Telefoonnummer"))
    online = BooleanField(_l("Online"))
    join_url = LineField(
        _l("Link om online mee te doen"),
        500,
        validators=[URL(message=_l("Dit is geen webadres. Begin met https://."))],
        render_kw={"inputmode": "url", "type": "url"},
        description=_l("Alleen wie zich online aanmeldt, krijgt deze link."),
    )
    seats_online = WholeNumberField(_l("Plekken online"), validators=_SEATS, description=_l("Leeg: geen grens."))

    seats_per_organisation = WholeNumberField(
        _l("Plekken per organisatie"),
        validators=_SEATS,
        description=_l("Hooguit zoveel mensen van één organisatie; wie later komt, wacht. Leeg: geen grens."),
    )

    themes = CheckboxesField(_l("Thema’s"), description=_l("Waar gaat het over? Hierop vind je de sessie terug."))
    roles = CheckboxesField(_l("Voor wie is het?"), description=_l("Niets gekozen: voor iedereen."))
    confidential = BooleanField(
        _l("Vertrouwelijk"),
        description=_l("Niet in de openbare agenda, geen namen van aanwezigen of sprekers in mails en agenda’s."),
    )
    open_to_all = BooleanField(_l("Ook mensen zonder uitnodiging mogen zich aanmelden"), default=True)

    looks_back = BooleanField(
        _l("Vertel wat er van de vorige keer kwam"),
        description=_l("De afspraken van de vorige sessie staan dan op de pagina en in de uitnodiging."),
    )
    series = LineField(
        _l("Reeks"),
        150,
        description=_l("Sessies die bij elkaar horen, zoals een leergang. Een nieuwe naam begint een nieuwe reeks."),
        render_kw={"list": "reeksen", "autocomplete": "off"},
    )
    series_summary = LineField(
        _l("Waar gaat de hele reeks over?"),
        300,
        description=_l("Eén of twee zinnen, voor de pagina van de reeks. Daarop staan alle sessies die openbaar zijn."),
    )
    one_impression = BooleanField(_l("Eén impressie voor de hele reeks"))
    series_themes = CheckboxesField(
        _l("Thema’s van de hele reeks"), description=_l("Een sessie zonder eigen thema’s krijgt deze.")
    )

    def __init__(
        self,
        event: Event | None = None,
        outlook: dict[Mode, Outlook] | None = None,
        most_of_one: int = 0,
        **options: Any,
    ) -> None:
        """Seats cannot go below the number that is taken.

        `outlook` tells how many come and wait by mode, `most_of_one` how many come of one organisation at most.
        """
        self.event, self.outlook, self.most_of_one = event, outlook or {}, most_of_one
        known = network_queries.list_roles()
        super().__init__(data=options.pop("data", None) or (_form_data_of(event) if event else None), **options)
        self.town.flags.required = event is None
        self.place: Place | None = None
        self.roles.choices = role_choices(known)
        self._roles = {role.code: role for role in known}
        offer_themes(self.themes, event.themes if event else ())
        offer_themes(self.series_themes, event.series.themes if event and event.series else ())

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        return self._check_moments() and self._check_places() and good

    def rest_is_open(self) -> bool:
        """Whether something is wrong with what can wait."""
        return any(field.errors for field in self if field.name not in FIRST)

    def validate_day_contact(self, field: LineField) -> None:
        if not self.day_phone.data:
            raise ValidationError(gettext("Vul ook het nummer in waarop %(name)s te bellen is.", name=field.data))

    def details(self) -> EventDetails:
        """What was filled in, with what the book knows of the place; call after validate()."""
        return EventDetails(
            **{name: self[name].data for name in _PLAIN} | self._from_book(),
            format=EventFormat(self.format.data),
            roles=[self._roles[code] for code in self.roles.data],
            themes=themes.load_themes(self.themes.data),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            closes_at=self.closes_at,
        )

    def look_up_place(self) -> None:
        """Find the building in the book; one that was chosen from the list brings its town."""
        if not (self.on_site.data and self.venue.data):
            return
        if offered := places.find_offered(self.venue.data):
            self.venue.data, self.town.data = offered.name, offered.town
        self.place = offered or places.find_place(self.venue.data, self.town.data or "")

    def wish(self) -> Wish | None:
        """The room that is asked for; None for who meets online."""
        return Wish(self.venue.data or "", self.town.data or "", self.room.data or "") if self.on_site.data else None

    def of_series(self) -> dict[str, Any]:
        """What was filled in about the whole series."""
        return {
            "one_impression": self.one_impression.data,
            "summary": self.series_summary.data or "",
            "about": themes.load_themes(self.series_themes.data),
        }

    def _from_book(self) -> dict[str, Any]:
        """What the book says where nothing was filled in, or where what stands there was of another building.

        Of a new session that goes to a building that the book does not know, what was as last time is dropped.
        """
        place, new = self.place, self.event is None
        moved = self._changed("venue") or self._changed("town")
        if not (self.on_site.data and (moved or (new and place))):
            return {}
        room = places.find_room(place, self.room.data)
        told: dict[str, Any] = {"street": "", "directions": "", "room": self.room.data if room else ""} if new else {}
        if place:
            told |= {"street": place.street, "town": place.town, "directions": places.write_directions(place)}
        if new and room and room.capacity:
            told["seats_on_site"] = room.capacity
        left = {name for name in told if not self[name].data or (moved and not self._changed(name))}
        return {name: value for name, value in told.items() if name in left and (value or new)}

    def _changed(self, name: str) -> bool:
        """Whether a field holds something else than this form offered."""
        return (self[name].data or "") != (self[name].object_data or "")

    def _check_moments(self) -> bool:
        if not (self.day.data and self.start.data and self.end.data) or self.zone.errors:
            return False
        try:
            self.starts_at = clock.utc_moment(self.day.data, self.start.data, self.zone.data)
        except NoSuchMoment:
            self.reject("start", str(NO_SUCH_HOUR))
            return False
        try:
            self.ends_at = clock.utc_moment(self.last_day.data or self.day.data, self.end.data, self.zone.data)
        except NoSuchMoment:
            self.reject("end", str(NO_SUCH_HOUR))
            return False
        if self.ends_at <= self.starts_at:
            self.reject("end", gettext("Het einde ligt voor het begin. Kies een latere tijd."))
            return False
        if self.ends_at - self.starts_at > timedelta(days=31):
            self.reject("last_day", gettext("Dit duurt langer dan een maand. Maak er aparte sessies van."))
            return False
        moved = self.event is None or self.event.starts_at != self.starts_at
        if moved and self.starts_at <= clock.now():
            self.reject("day", gettext("Dit moment is al geweest. Kies een dag in de toekomst."))
            return False
        return self._check_closing()

    def _check_closing(self) -> bool:
        self.closes_at, self.closing_moved = self.starts_at, False
        if self.closes_on.data:
            try:
                self.closes_at = clock.utc_moment(
                    self.closes_on.data, self.closes_hour.data or time(23, 59), self.zone.data
                )
            except NoSuchMoment:
                self.reject("closes_hour", str(NO_SUCH_HOUR))
                return False
            along = self._closing_along()
            self.closing_moved = along not in {None, self.closes_at}
            self.closes_at = along or self.closes_at
        if self.closes_at > self.ends_at:
            self.reject("closes_on", gettext("Aanmelden kan niet langer dan tot het einde van de sessie."))
            return False
        return True

    def _closing_along(self) -> datetime | None:
        """Where the closing goes that was left as it was while the event gets another date; None without those."""
        event = self.event
        if event is None or event.starts_at == self.starts_at:
            return None
        before = clock.to_local(event.closes_at, event.zone)
        if (self.closes_on.data, self.closes_hour.data) != (before.date(), before.time()):
            return None
        return hanging.closing_after(Move.of(event, self.starts_at, self.zone.data), event.closes_at, self.ends_at)

    def _check_places(self) -> bool:
        before = len(self.wrong_fields())
        if not (self.on_site.data or self.online.data):
            self.reject("on_site", gettext("Kies op een plek, online of allebei."))
        self.look_up_place()
        if self.on_site.data and not self.town.data and self.place is None:
            self.reject("town", gettext("Vul de plaats in."))
        if self.online.data and self.join_url.data and not self.join_url.data.startswith(("https://", "http://")):
            self.reject("join_url", gettext("Dit is geen webadres. Begin met https://."))
        self._check_seats(Mode.ON_SITE, self.seats_on_site, self.on_site)
        self._check_seats(Mode.ONLINE, self.seats_online, self.online)
        if self.seats_per_organisation.data is not None and self.seats_per_organisation.data < self.most_of_one:
            self.reject(
                "seats_per_organisation",
                ngettext(
                    "Van één organisatie komt er al %(num)d. Kies minstens zoveel.",
                    "Van één organisatie komen er al %(num)d. Kies minstens zoveel.",
                    self.most_of_one,
                ),
            )
        return len(self.wrong_fields()) == before

    def _check_seats(self, mode: Mode, seats: WholeNumberField, offered: BooleanField) -> None:
        """People who registered for a mode keep it, and seats cannot go below the number that is taken."""
        if mode not in self.outlook:
            return
        coming, standing = self.outlook[mode].confirmed, self.outlook[mode].confirmed + self.outlook[mode].waiting
        if standing and not offered.data:
            self.reject(
                offered.name,
                ngettext(
                    "Er heeft zich al %(num)d persoon zo aangemeld. Meld die eerst af.",
                    "Er hebben zich al %(num)d mensen zo aangemeld. Meld die eerst af.",
                    standing,
                ),
            )
        elif seats.data is not None and seats.data < coming:
            self.reject(
                seats.name,
                ngettext(
                    "Er komt al %(num)d persoon. Kies minstens zoveel plekken.",
                    "Er komen al %(num)d mensen. Kies minstens zoveel plekken.",
                    coming,
                ),
            )


def _form_data_of(event: Event) -> dict[str, Any]:
    start, end = clock.to_local(event.starts_at, event.zone), clock.to_local(event.ends_at, event.zone)
    closes = clock.to_local(event.closes_at, event.zone)
    until_start = event.closes_at == event.starts_at
    same = {name: getattr(event, name) for name in _PLAIN}
    return same | {
        "series": event.series.title if event.series else "",
        "series_summary": event.series.summary if event.series else "",
        "one_impression": event.series is not None and event.series.one_impression,
        "format": event.format.value,
        "roles": [role.code for role in event.roles],
        "themes": chosen_themes(event.themes),
        "series_themes": chosen_themes(event.series.themes if event.series else ()),
        "day": start.date(),
        "start": start.time(),
        "end": end.time(),
        "last_day": end.date() if end.date() != start.date() else None,
        "closes_on": None if until_start else closes.date(),
        "closes_hour": None if until_start else closes.time(),
    }


def propose_details(network: Network, last: Event | None) -> dict[str, Any]:
    """What a new session probably is: about what its network is about, and for the rest like the one before."""
    as_last = {name: value for name, value in _form_data_of(last).items() if name in _AS_LAST_TIME} if last else {}
    return as_last | {"themes": chosen_themes(themes.go_on_today(network.themes))}


class CopyForm(Form):
    """The same session once more: on another day, and by another title if need be."""

    title = LineField(_l("Titel"), 150)
    day = DayField(_l("Datum van de nieuwe sessie"), required=True)

    def __init__(self, event: Event, **options: Any) -> None:
        super().__init__(data={"title": event.title, "day": planning.propose_day_of_copy(event)}, **options)

    def starts_at(self, event: Event) -> datetime | None:
        """The moment of the copy: the new day, the hour of the original; None with an error at the field."""
        try:
            hour = clock.to_local(event.starts_at, event.zone).time()
            moment = clock.utc_moment(self.day.data, hour, event.zone) if self.day.data else None
        except NoSuchMoment:
            moment = None
        if moment is None or moment <= clock.now():
            self.reject("day", gettext("Kies een dag in de toekomst."))
            return None
        return moment


class CancelForm(Form):
    reason = LinesField(
        _l("Wat schrijven we de mensen?"),
        500,
        rows=3,
        description=_l("Bijvoorbeeld waarom het niet doorgaat, en of er een nieuwe datum komt."),
    )
