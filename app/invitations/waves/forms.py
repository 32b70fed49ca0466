"""A wave as it is planned."""

from datetime import datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from app import clock
from app.clock import NoSuchMoment
from app.events.models import Event
from app.invitations.waves import wave_recipients
from app.invitations.waves.models import LetterTo, Wave
from app.invitations.waves.waves import wave_due_at
from app.network.audiences.models import Audience
from app.web.forms import (
    Checks,
    DayField,
    Form,
    HourField,
    WholeNumberField,
    choices,
)


class WaveForm(Form):
    """Kind, audience, moment and parts of a wave."""

    kind = SelectField(
        _l("Soort mail"),
        choices=lambda: [SelectChoice(kind.value, str(kind.words)) for kind in wave_recipients.STANDING],
    )
    audience = SelectField(
        _l("Aan wie?"),
        description=_l(
            "Alleen voor ‘Houd de datum vrij’ en ‘Uitnodiging’. Bij de andere mails volgt het uit wie is uitgenodigd, komt of er was."
        ),
    )
    parts = RadioField(
        _l("Iedereen tegelijk?"),
        choices=[
            SelectChoice("all", _l("Ja, iedereen tegelijk")),
            SelectChoice("first", _l("Eerst een groep, later de rest")),
            SelectChoice("few", _l("Een aantal mensen; de volgende als iemand afzegt")),
        ],
        default="all",
    )
    first_audience = SelectField(_l("Wie eerst?"))
    rest_after = WholeNumberField(
        _l("De rest na … dagen"), validators=[NumberRange(1, 60, _l("Kies een getal van 1 tot 60."))]
    )
    at_a_time = WholeNumberField(
        _l("Hoeveel mensen?"), validators=[NumberRange(1, 10_000, _l("Kies een getal van 1 tot 10.000."))]
    )
    timing = RadioField(
        _l("Wanneer?"),
        choices=[
            SelectChoice("before", _l("Een aantal dagen voor de sessie (bij ‘Bedankt’: erna)")),
            SelectChoice("at", _l("Op een vaste datum")),
        ],
        default="before",
    )
    days = WholeNumberField(_l("Aantal dagen"), validators=[NumberRange(0, 365, _l("Kies een getal van 0 tot 365."))])
    day = DayField(_l("Datum"))
    hour = HourField(_l("Tijd"), default=time(9))

    def __init__(self, event: Event, audiences: list[Audience], wave: Wave | None = None, **options: Any) -> None:
        self.event = event
        proposed = options.pop("data", None)
        super().__init__(data=_wave_data_of(wave) if wave else proposed, **options)
        choices = [SelectChoice(str(audience.id), audience.name) for audience in audiences]
        for field in (self.first_audience, self.rest_after, self.at_a_time, self.days, self.day, self.hour):
            field.flags.required = True
        for field in (self.audience, self.first_audience):
            field.choices = [SelectChoice("", _l("Kies een doelgroep")), *choices]

    @property
    def afterwards(self) -> bool:
        return self.kind.data in wave_recipients.AFTERWARDS

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        before = len(self.wrong_fields())
        self._check_audience()
        hour = self.hour.data or time(9)
        self.at: datetime | None = None
        if self.timing.data == "at":
            self._check_day(hour)
        elif self.days.data is None and not self.days.errors:
            self.reject("days", gettext("Vul dit in."))
        elif not self.days.errors:
            self._check_moment("hour", wave_due_at(self.event, None, self._days_before(), hour))
        return good and len(self.wrong_fields()) == before

    def moment(self) -> dict[str, Any]:
        """at, or days_before with hour, as a wave keeps them; call after validate()."""
        relative = self.timing.data != "at"
        return {
            "at": self.at,
            "days_before": self._days_before() if relative else None,
            "hour": (self.hour.data or time(9)) if relative else None,
        }

    def in_parts(self) -> dict[str, Any]:
        """first_audience_id, rest_after and at_a_time, as a wave keeps them."""
        chosen = self.parts.data if self.kind.data in wave_recipients.TO_AUDIENCE else "all"
        return {
            "first_audience_id": int(self.first_audience.data) if chosen == "first" else None,
            "rest_after": self.rest_after.data if chosen == "first" else None,
            "at_a_time": self.at_a_time.data if chosen == "few" else None,
        }

    def _days_before(self) -> int:
        days = self.days.data or 0
        return -days if self.afterwards else days

    def _check_audience(self) -> None:
        if self.kind.data not in wave_recipients.TO_AUDIENCE:
            return
        needed = [("audience", gettext("Kies een doelgroep."))]
        if self.parts.data == "first":
            needed += [("first_audience", gettext("Kies een doelgroep.")), ("rest_after", gettext("Vul dit in."))]
        elif self.parts.data == "few":
            needed += [("at_a_time", gettext("Vul dit in."))]
        for name, problem in needed:
            if not self[name].data:
                self.reject(name, problem)

    def _check_day(self, hour: time) -> None:
        if not self.day.data:
            self.reject("day", gettext("Vul dit in."))
            return
        try:
            self.at = clock.utc_moment(self.day.data, hour, self.event.zone)
        except NoSuchMoment:
            self.reject("hour", gettext("Dit uur is er die nacht niet of komt twee keer. Kies een andere tijd."))
            return
        self._check_moment("day", self.at)

    def _check_moment(self, field: str, moment: datetime) -> None:
        if self.afterwards and moment < self.event.ends_at:
            self.reject(field, gettext("Dit is voor het einde van de sessie."))
        elif not self.afterwards and moment >= self.event.starts_at:
            self.reject(field, gettext("Dit is na het begin van de sessie."))


def _wave_data_of(wave: Wave) -> dict[str, Any]:
    at = clock.to_local(wave.at, wave.event.zone) if wave.at else None
    return {
        "kind": wave.kind.value,
        "audience": str(wave.audience_id or ""),
        "parts": "first" if wave.first_audience_id else "few" if wave.at_a_time else "all",
        "first_audience": str(wave.first_audience_id or ""),
        "rest_after": wave.rest_after or 3,
        "at_a_time": wave.at_a_time or wave.event.seats_on_site,
        "timing": "at" if at else "before",
        "days": None if at else abs(wave.days_before or 0),
        "day": at and at.date(),
        "hour": at.time() if at else wave.hour,
    }


class ProposalForm(Form):
    """For whom the usual waves are."""

    audience = SelectField(_l("Aan wie?"), description=_l("Voor ‘Houd de datum vrij’ en de uitnodiging."))

    def __init__(self, audiences: list[Audience], **options: Any) -> None:
        super().__init__(**options)
        self.audience.choices = [
            SelectChoice("", _l("Kies een doelgroep")),
            *(SelectChoice(str(audience.id), audience.name) for audience in audiences),
        ]

    def validate_audience(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Kies een doelgroep."))


class OwnLetterForm(Form):
    """To whom a letter in an organiser's own words goes, and when."""

    to = RadioField(_l("Aan wie?"), choices=lambda: choices(LetterTo))
    audience = SelectField(_l("Welke doelgroep?"), default="", description=_l("Alleen bij ‘Een doelgroep’."))
    timing = RadioField(
        _l("Wanneer?"),
        choices=[
            SelectChoice("now", _l("Zodra ik op ‘Stuur nu’ druk")),
            SelectChoice("at", _l("Op een vaste datum")),
        ],
        default="now",
    )
    day = DayField(_l("Datum"))
    hour = HourField(_l("Tijd"), default=time(9))
    at: datetime | None = None
    """When it leaves, after validate()."""

    def __init__(self, event: Event, audiences: list[Audience], wave: Wave | None = None, **options: Any) -> None:
        self.event = event
        asked = options.pop("data", {})
        super().__init__(data=_own_letter_data_of(wave) if wave else asked, **options)
        self.audience.choices = [
            SelectChoice("", _l("Kies een doelgroep")),
            *(SelectChoice(str(audience.id), audience.name) for audience in audiences),
        ]

    def chosen(self) -> LetterTo:
        return LetterTo(self.to.data)

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        before = len(self.wrong_fields())
        if self.to.data == LetterTo.AUDIENCE and not self.audience.data:
            self.reject("audience", gettext("Kies een doelgroep."))
        if self.timing.data == "at":
            self._check_day()
        return good and len(self.wrong_fields()) == before

    def _check_day(self) -> None:
        if not self.day.data:
            self.reject("day", gettext("Vul dit in."))
            return
        try:
            self.at = clock.utc_moment(self.day.data, self.hour.data or time(9), self.event.zone)
        except NoSuchMoment:
            self.reject("hour", gettext("Dit uur is er die nacht niet of komt twee keer. Kies een andere tijd."))
            return
        if self.at <= clock.now():
            self.reject("day", gettext("Dit moment is al geweest. Kies een later moment."))


def _own_letter_data_of(wave: Wave) -> dict[str, Any]:
    at = clock.to_local(wave.due_at, wave.event.zone) if wave.due_at > clock.now() else None
    return {
        "to": wave.letter_to.value if wave.letter_to else "",
        "audience": str(wave.audience_id or ""),
        "timing": "at" if at else "now",
        "day": at and at.date(),
        "hour": at.time() if at else time(9),
    }


class WriteToForm(Form):
    """About which session a letter to ticked people is."""

    event = SelectField(_l("Over welke sessie gaat het bericht?"))

    def __init__(self, events: list[Event], **options: Any) -> None:
        super().__init__(**options)
        self.event.choices = [SelectChoice(str(each.id), each.title) for each in events if each.published]


class FileForm(Form):
    """A file that travels along."""

    file = FileField(_l("Bestand"))

    def validate_file(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Kies een bestand."))
