"""What organisers send about a course, its editions and their meetings."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, SelectField
from wtforms import Form as PlainForm
from wtforms.validators import URL, NumberRange

from app import clock
from app.clock import NoSuchMoment
from app.courses import course_rows
from app.courses.courses import CourseDetails
from app.courses.editions import EditionDetails
from app.courses.meetings import MeetingDetails
from app.courses.models import Course, CourseEdition
from app.events import planning
from app.network import network_queries
from app.network.vocabulary.forms import role_choices
from app.places import places
from app.themes import themes
from app.themes.forms import chosen_themes, offer_themes
from app.web.forms import (
    AddressField,
    CheckboxesField,
    Checks,
    DayField,
    Form,
    HourField,
    LineField,
    LinesField,
    RowsField,
    WholeNumberField,
    choices,
)
from app.words import Worded

ROWS = 4
"""Lines for days on an empty form."""
MOST_ROWS = 30
_SEATS = [NumberRange(1, 100_000, _l("Kies een getal van 1 tot 100.000, of laat het leeg voor geen grens."))]


class Held(Worded):
    """How a meeting is held."""

    ON_SITE = "on_site", _l("Op locatie")
    ONLINE = "online", _l("Online")
    BOTH = "both", _l("Op locatie en online")


class CourseForm(Form):
    """A course, apart from when it is held."""

    title = LineField(_l("Titel"), 120, required=True)
    for_whom = LineField(
        _l("Voor wie is het?"), 300, description=_l("Bijvoorbeeld: raadsleden en griffiers die net beginnen.")
    )
    outcomes = LinesField(
        _l("Wat leer je er?"),
        20_000,
        rows=6,
        description=_l("Opmaak met Markdown: een lege regel begint een alinea, - een punt van een lijst, **vet**."),
    )
    needed = WholeNumberField(
        _l("Hoeveel bijeenkomsten moet iemand volgen voor het certificaat?"),
        validators=[NumberRange(1, MOST_ROWS, _l("Kies een getal van 1 tot 30, of laat het leeg."))],
        description=_l("Leeg: allemaal. Een bijeenkomst die verplicht is, telt altijd."),
    )
    offered = BooleanField(
        _l("Zet de leergang in het aanbod, ook als er niets is gepland"),
        description=_l(
            "Mensen kunnen dan laten weten dat ze willen meedoen. Zij krijgen één mail zodra je iets plant."
        ),
    )
    in_company = BooleanField(_l("Een organisatie kan deze training bij zich laten geven"))
    themes = CheckboxesField(_l("Thema’s"))
    roles = CheckboxesField(_l("Doelgroepen in het aanbod"), description=_l("Niets gekozen: voor iedereen."))

    def __init__(self, course: Course | None = None, **options: Any) -> None:
        super().__init__(data=_data_of(course) if course else None, **options)
        known = network_queries.list_roles()
        self.roles.choices = role_choices(known)
        self._roles = {role.code: role for role in known}
        offer_themes(self.themes, course.themes if course else ())

    def details(self) -> CourseDetails:
        """What was filled in; call after validate()."""
        return CourseDetails(
            self.title.data,
            self.for_whom.data or "",
            self.outcomes.data or "",
            self.needed.data,
            self.offered.data,
            self.in_company.data,
            [self._roles[code] for code in self.roles.data],
            themes.load_themes(self.themes.data),
        )


def _data_of(course: Course) -> dict[str, Any]:
    plain = {name: getattr(course, name) for name in ("title", "for_whom", "outcomes", "needed", "in_company")}
    return plain | {
        "offered": course.offered_at is not None,
        "roles": [role.code for role in course.roles],
        "themes": chosen_themes(course.themes),
    }


class MeetingRow(PlainForm):
    """One day of an edition; a row without a day is none. Hours and place that are left empty are those of the day before."""

    day = DayField(_l("Datum"))
    start = HourField(_l("Van"))
    end = HourField(_l("Tot"))
    where = LineField(_l("Gebouw en plaats"), 252, render_kw={"list": "locaties", "autocomplete": "off"})
    held = SelectField(_l("Vorm"), choices=lambda: choices(Held), default=Held.ON_SITE.value, validate_choice=False)
    obligatory = BooleanField(_l("Verplicht voor het certificaat"))

    @property
    def filled(self) -> bool:
        return bool(self.day.data or self.day.errors or self.start.data or self.end.data)

    def complete_from(self, before: "MeetingRow | None") -> None:
        """Take over what the day before says and this one does not."""
        if before is None:
            return
        for name in ("start", "end", "where"):
            if not self[name].data:
                self[name].data = before[name].data

    def details(self, join_url: str = "") -> MeetingDetails | None:
        """The day in UTC; None with an error at the field that is wrong."""
        missing = [field for field in (self.day, self.start, self.end) if not field.data]
        for field in missing:
            _reject(field, gettext("Vul dit in, of maak de hele regel leeg."))
        span = None if missing else self._span()
        venue, town = self._place()
        if span is None or self.where.errors:
            return None
        held = Held(self.held.data) if self.held.data in list(Held) else Held.ON_SITE
        return MeetingDetails(
            *span,
            on_site=held != Held.ONLINE,
            venue=venue,
            town=town,
            online=held != Held.ON_SITE,
            join_url=join_url if held != Held.ON_SITE else "",
            obligatory=self.obligatory.data,
        )

    def _span(self) -> tuple[datetime, datetime] | None:
        day = self.day.data
        if day is None or self.start.data is None or self.end.data is None:
            return None
        try:
            begin, end = (clock.utc_moment(day, hour) for hour in (self.start.data, self.end.data))
        except NoSuchMoment:
            _reject(
                self.start,
                gettext("Dit uur is er die nacht niet of komt twee keer: de klok gaat om. Kies een andere tijd."),
            )
            return None
        if end <= begin:
            _reject(self.end, gettext("Het einde ligt voor het begin. Kies een latere tijd."))
        elif begin <= clock.now():
            _reject(self.day, gettext("Dit moment is al geweest. Kies een dag in de toekomst."))
        else:
            return begin, end
        return None

    def _place(self) -> tuple[str, str]:
        """Building and town, as chosen from the book or written with a comma between them."""
        text = self.where.data or ""
        if self.held.data == Held.ONLINE:
            return "", ""
        if known := places.find_offered(text) or places.find_place(text):
            return known.name, known.town
        venue, comma, town = (part.strip() for part in text.rpartition(","))
        if not text:
            _reject(self.where, gettext("Vul een gebouw en een plaats in, of kies online."))
        elif not comma or not venue or not town:
            _reject(self.where, gettext("Schrijf het gebouw en de plaats, met een komma ertussen."))
        elif len(venue) > 150 or len(town) > 100:
            _reject(self.where, gettext("Deze naam is te lang."))
        return venue, town


class ClosingForm(Form):
    """What editions have in common: seats and until when people enrol."""

    seats = WholeNumberField(
        _l("Plekken"), validators=_SEATS, description=_l("Voor de hele leergang. Leeg: geen grens.")
    )
    seats_per_organisation = WholeNumberField(
        _l("Plekken per organisatie"),
        validators=_SEATS,
        description=_l("Hooguit zoveel mensen van één organisatie; wie later komt, wacht. Leeg: geen grens."),
    )
    closes_on = DayField(
        _l("Inschrijven tot (datum)"), description=_l("Leeg: tot een week voor de eerste bijeenkomst.")
    )
    closes_hour = HourField(_l("Tijd"))
    closes_at: datetime | None = None

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        return self._read_closing() and good

    def _read_closing(self) -> bool:
        if self.closes_on.data is None:
            return not self.closes_on.errors
        try:
            self.closes_at = clock.utc_moment(self.closes_on.data, self.closes_hour.data or time(23, 59))
        except NoSuchMoment:
            self.reject("closes_hour", gettext("Deze tijd is er die nacht niet of twee keer. Kies een andere tijd."))
            return False
        return True


class EditionForm(ClosingForm):
    """Name, seats and closing of an edition that was planned."""

    title = LineField(_l("Naam van deze uitvoering"), 100, required=True)

    def __init__(self, edition: CourseEdition, **options: Any) -> None:
        closes = clock.to_local(edition.closes_at)
        super().__init__(
            data={
                "title": edition.title,
                "seats": edition.seats,
                "seats_per_organisation": edition.seats_per_organisation,
                "closes_on": closes.date(),
                "closes_hour": closes.time(),
            },
            **options,
        )

    def details(self) -> EditionDetails:
        """What was filled in; call after validate()."""
        return EditionDetails(self.title.data, self.seats.data, self.seats_per_organisation.data, self.closes_at)


class PlanForm(ClosingForm):
    """An edition with its days, in one go; `wanted` has them after validate()."""

    title = LineField(
        _l("Naam van deze uitvoering"),
        100,
        required=True,
        description=_l("Waaraan herken je haar? Bijvoorbeeld: Voorjaar 2027, of Tilburg."),
    )
    meetings = FieldList(FormField(MeetingRow), min_entries=ROWS, max_entries=MOST_ROWS, label=_l("Bijeenkomsten"))
    pasted = RowsField(
        _l("Of plak de dagen uit een rekenblad"),
        5_000,
        rows=4,
        description=_l("Eén rij per dag: datum, van, tot, gebouw en plaats. Wij zetten ze in de regels."),
    )
    join_url = LineField(
        _l("Link om online mee te doen"),
        500,
        validators=[URL(message=_l("Dit is geen webadres. Begin met https://."))],
        render_kw={"inputmode": "url", "type": "url"},
        description=_l("Voor de dagen die online zijn. Dit kan ook later, per bijeenkomst."),
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.wanted: list[MeetingDetails] = []

    def fill_pasted(self) -> int:
        """Put what was pasted in the rows, under those that are filled in; what cannot be read stays in the box.

        Returns how many rows were read.
        """
        read = course_rows.read_days(self.pasted.data or "")
        kept = [row.form for row in self.meetings if row.form.filled]
        rows = [{name: row[name].data for name in row.data} for row in kept]
        rows += [{"held": Held.ON_SITE.value, **vars(day)} for day in read.days]
        more = request.form.get("more") is not None and not read.days
        while self.meetings.entries:
            self.meetings.pop_entry()
        for values in [*rows[:MOST_ROWS], *([{}] * (ROWS if more or not rows else 1))][:MOST_ROWS]:
            self.meetings.append_entry(values)
        self.pasted.data = "\n".join(read.unread)
        if read.unread:
            self.reject(
                "pasted",
                gettext("Deze rijen begrijpen we niet. Schrijf ze als: 10-12-2026, 9.30, 16.30, gebouw, plaats."),
            )
        return len(read.days)

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        before, read = None, []
        for row in (each.form for each in self.meetings if each.form.filled):
            row.complete_from(before)
            read.append(row.details(self.join_url.data or ""))
            before = row
        self.wanted = [day for day in read if day]
        if None in read:
            self.reject("meetings", gettext("Kijk de dagen na."))
        elif not read:
            self.reject("meetings", gettext("Vul minstens één bijeenkomst in."))
        return good and not self.errors

    def details(self) -> EditionDetails:
        """What was filled in about the edition; call after validate()."""
        return EditionDetails(self.title.data, self.seats.data, self.seats_per_organisation.data, self.closes_at)


class MeetingForm(Form):
    """One meeting more."""

    meeting = FormField(MeetingRow, label=_l("Bijeenkomst"))
    join_url = LineField(
        _l("Link om online mee te doen"),
        500,
        validators=[URL(message=_l("Dit is geen webadres. Begin met https://."))],
        render_kw={"inputmode": "url", "type": "url"},
    )
    wanted: MeetingDetails | None = None

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        self.wanted = self.meeting.form.details(self.join_url.data or "")
        return good and self.wanted is not None


class DayRow(PlainForm):
    """On which day a meeting of a copy is."""

    day = DayField(_l("Datum"), required=True)


class CopyEditionForm(Form):
    """The same edition once more: its name, and the day of each meeting at the hour that it was."""

    title = LineField(
        _l("Naam van deze uitvoering"),
        100,
        required=True,
        description=_l("Waaraan herken je haar? Bijvoorbeeld: Voorjaar 2027, of Tilburg."),
    )
    meetings = FieldList(FormField(DayRow), label=_l("Bijeenkomsten"))

    def __init__(self, edition: CourseEdition, **options: Any) -> None:
        self.held = edition.meetings_held
        super().__init__(data={"meetings": _propose_days(edition)}, **options)
        self.starts: dict[int, datetime] = {}

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if len(self.meetings) != len(self.held):
            self.reject("meetings", gettext("Vul voor elke bijeenkomst een dag in."))
            return False
        for row, meeting in zip(self.meetings, self.held, strict=True):
            field, hour = row.form.day, clock.to_local(meeting.event.starts_at, meeting.event.zone).time()
            try:
                moment = clock.utc_moment(field.data, hour, meeting.event.zone) if field.data else None
            except NoSuchMoment:
                moment = None
            if moment is None or moment <= clock.now():
                _reject(field, gettext("Kies een dag in de toekomst."))
                good = False
            else:
                self.starts[meeting.id] = moment
        return good


class CancelEditionForm(Form):
    reason = LinesField(
        _l("Wat schrijven we de mensen?"),
        500,
        rows=3,
        description=_l("Bijvoorbeeld waarom het niet doorgaat, en of er een nieuwe datum komt."),
    )


def _propose_days(edition: CourseEdition) -> Sequence[dict[str, Any]]:
    """As far from each other as they were, from a day that leaves time to invite people."""
    days = [clock.to_local(each.event.starts_at, each.event.zone).date() for each in edition.meetings_held]
    first: timedelta = planning.propose_day_of_copy(edition.meetings_held[0].event) - days[0]
    return [{"day": day + first} for day in days]


def _reject(field: Any, message: str) -> None:
    field.errors = [*field.errors, message]


class NextEditionForm(Form):
    """Somebody who wants to hear of the next edition."""

    address = AddressField(_l("Je mailadres"))
