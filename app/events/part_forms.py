"""What belongs to a session: a part of its programme, and a question to who registers."""

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from app import clock
from app.clock import NoSuchMoment
from app.events import hanging, programme
from app.events.forms import NO_SUCH_HOUR
from app.events.models import Event, QuestionKind, Slot, Speaker
from app.events.programme import Choosing
from app.web.forms import (
    CheckboxesField,
    Checks,
    DayField,
    Form,
    HourField,
    LineField,
    LinesField,
    WholeNumberField,
    choices,
)

_SEATS = [NumberRange(1, 100_000, _l("Kies een getal van 1 tot 100.000."))]


class SlotForm(Form):
    """A part of the programme, on a day of its event; with the rounds of that, one to choose."""

    day = DayField(_l("Dag"))
    start = HourField(_l("Begin"), required=True)
    end = HourField(_l("Einde"))
    title = LineField(_l("Titel"), 150, required=True)
    room = LineField(
        _l("Zaal of plek"),
        150,
        description=_l("Een zaal in het gebouw, of een andere plek: Gemaal De Dongemond."),
        render_kw={"list": "zalen", "autocomplete": "off"},
    )
    departs = HourField(_l("Vertrek"), description=_l("Alleen als mensen ergens naartoe gaan, zoals met een bus."))
    speakers = LinesField(_l("Sprekers"), 2_000, rows=3, description=_l("Eén per regel: naam, organisatie."))
    agreed = CheckboxesField(_l("Wie vindt het goed dat de naam openbaar staat?"))
    newly_agreed = BooleanField(
        _l("Wie ik hier nieuw opschrijf, vindt het goed dat de naam openbaar staat"),
        description=_l(
            "Vraag het eerst. Zonder ja staat er de organisatie, of ‘spreker volgt’. Genodigden zien de naam wel."
        ),
    )
    description = LinesField(_l("Toelichting"), 5_000, rows=3)
    chosen_in = CheckboxesField(
        _l("Te kiezen in"),
        description=_l("Kruis niets aan als iedereen erheen gaat. Een busreis mag meer rondes duren."),
    )
    on_site = BooleanField(_l("Te kiezen op locatie"), default=True)
    seats_on_site = WholeNumberField(_l("Plekken"), validators=_SEATS, description=_l("Leeg: geen grens."))
    online = BooleanField(_l("Te kiezen online"), default=True)
    seats_online = WholeNumberField(_l("Plekken online"), validators=_SEATS, description=_l("Leeg: geen grens."))

    def __init__(self, event: Event, slot: Slot | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._event = event
        self._known = [speaker.name for speaker in slot.speakers] if slot else []
        asked = {speaker.name for speaker in programme.asked_speakers(slot)} if slot else set()
        asked_here = [name for name in dict.fromkeys(self._known) if name not in asked]
        self.agreed.choices = [SelectChoice(name, name) for name in asked_here]
        self.chosen_in.choices = [SelectChoice(str(each.id), each.title) for each in event.rounds]
        for name, is_asked in (
            ("agreed", asked_here),
            ("chosen_in", event.rounds),
            ("on_site", event.rounds and event.on_site and event.online),
            ("online", event.rounds and event.on_site and event.online),
            ("seats_on_site", event.rounds and event.on_site),
            ("seats_online", event.rounds and event.online),
        ):
            if not is_asked:
                del self[name]

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if "on_site" in self and not (self.on_site.data or self.online.data):
            self.reject("on_site", gettext("Kies minstens één manier."))
        return good and not self.wrong_fields()

    def speaker_list(self) -> list[Speaker]:
        """The speakers as written, each with whether they agreed to be named in public."""
        speakers = programme.read_speakers(self.speakers.data or "")
        said = self.agreed.data if "agreed" in self else []
        for each in speakers:
            each.agreed = each.name in said if each.name in self._known else self.newly_agreed.data
        return speakers

    def choosing(self) -> Choosing:
        """In which rounds it is one to choose, for whom; what is not asked stays open to all."""
        if "chosen_in" not in self or not self.chosen_in.data:
            return programme.PLENARY
        return Choosing(
            rounds=[each for each in self._event.rounds if str(each.id) in self.chosen_in.data],
            on_site=self.on_site.data if "on_site" in self else True,
            online=self.online.data if "online" in self else True,
            seats_on_site=self.seats_on_site.data if "seats_on_site" in self else None,
            seats_online=self.seats_online.data if "seats_online" in self else None,
        )

    def moments(self, event: Event) -> tuple[datetime, datetime | None, datetime | None] | None:
        """Start, end and departure, if they lie within the event; None with an error at the field otherwise."""
        span = _moments(self, event)
        if span is None:
            return None
        departs = self.departs.data and _moment(self, "departs", event, self.departs.data)
        if self.departs.data and departs is None:
            return None
        if departs and not event.starts_at <= departs < (span[1] or event.ends_at):
            self.reject(
                "departs", gettext("Vertrek ligt tussen het begin van de sessie en het einde van dit onderdeel.")
            )
            return None
        return *span, departs or None


class RoundForm(Form):
    """A round of the programme, on a day of its event."""

    title = LineField(_l("Naam"), 100, required=True, description=_l("Zoals ‘Ronde 1’ of ‘Workshops na de pauze’."))
    day = DayField(_l("Dag"))
    start = HourField(_l("Begin"), required=True)
    end = HourField(_l("Einde"), required=True)
    closes_on = DayField(_l("Kiezen kan tot (datum)"), description=_l("Leeg: zo lang aanmelden kan."))
    closes_hour = HourField(_l("Tijd"))
    by_wish = BooleanField(
        _l("Vraag een eerste en een tweede wens, en verdeel daarna de plekken"),
        description=_l(
            "Zo krijgt niet wie het eerst kiest de plek. Je verdeelt met één druk op de knop, als wensen niet meer kan."
        ),
    )

    def moments(self, event: Event) -> tuple[datetime, datetime, datetime | None] | None:
        """Start, end and when choosing closes; None with an error at the field otherwise."""
        span = _moments(self, event)
        if span is None or span[1] is None:
            return None
        if not self.closes_on.data:
            return span[0], span[1], None
        closes = _moment(self, "closes_hour", event, self.closes_hour.data or time(23, 59), self.closes_on.data)
        return (span[0], span[1], closes) if closes else None


def _moments(form: SlotForm | RoundForm, event: Event) -> tuple[datetime, datetime | None] | None:
    start = _moment(form, "start", event, form.start.data or time())
    end = _moment(form, "end", event, form.end.data) if form.end.data else None
    if start is None or (form.end.data and end is None):
        return None
    if end is not None and end <= start:
        form.reject("end", gettext("Het einde ligt voor het begin. Kies een latere tijd."))
    elif not hanging.fits(event, start, end):
        form.reject("start", gettext("Dit valt buiten de sessie. Kies een tijd tussen begin en einde."))
    else:
        return start, end
    return None


def _moment(
    form: SlotForm | RoundForm, field: str, event: Event, hour: time, day: date | None = None
) -> datetime | None:
    first = clock.to_local(event.starts_at, event.zone).date()
    try:
        return clock.utc_moment(day or form.day.data or first, hour, event.zone)
    except NoSuchMoment:
        form.reject(field, str(NO_SUCH_HOUR))
        return None


class QuestionForm(Form):
    kind = SelectField(_l("Soort antwoord"), choices=lambda: choices(QuestionKind))
    label = LineField(_l("Vraag"), 200, required=True)
    reason = LineField(_l("Waarom vragen we dit?"), 300, description=_l("Staat onder de vraag."))
    choices = LinesField(
        _l("Antwoorden om uit te kiezen"), 2_000, rows=4, description=_l("Eén per regel. Alleen bij ‘Keuze’.")
    )
    required = BooleanField(_l("Verplicht"))
    only_on_site = BooleanField(_l("Alleen vragen aan wie naar de plek komt"))

    def choice_list(self) -> list[str]:
        return list(
            dict.fromkeys(line.strip()[:200] for line in (self.choices.data or "").splitlines() if line.strip())
        )

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.kind.data == QuestionKind.CHOICE and len(self.choice_list()) < 2:
            self.reject("choices", gettext("Schrijf minstens twee antwoorden, elk op een regel."))
            return False
        return good
