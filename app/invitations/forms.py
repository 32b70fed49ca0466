"""What organisers send about waves: when, to whom, with which words; and one extra invitation."""

from datetime import datetime, time

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from app import clock
from app.clock import NoSuchMoment
from app.events.models import Event
from app.invitations.models import Wave, WaveKind
from app.network.models import Audience
from app.outbox import letters
from app.web import labels
from app.web.forms import Address, Day, Form, Hour, Line, Number, Text


class WaveForm(Form):
    """Kind, audience and moment of a wave."""

    kind = SelectField(_l("Soort mail"), choices=lambda: labels.choices(WaveKind))
    audience = SelectField(
        _l("Aan wie?"),
        description=_l("Herinneringen gaan naar wie nog niet antwoordde, praktische informatie naar wie komt."),
    )
    timing = RadioField(
        _l("Wanneer?"),
        choices=[
            SelectChoice("before", _l("Een aantal dagen voor de sessie")),
            SelectChoice("at", _l("Op een vaste datum")),
        ],
        default="before",
    )
    days_before = Number(_l("Dagen ervoor"), validators=[NumberRange(0, 365, _l("Kies een getal van 0 tot 365."))])
    day = Day(_l("Datum"))
    hour = Hour(_l("Tijd"), default=time(9))

    def __init__(self, event: Event, audiences: list[Audience], wave: Wave | None = None, **options):
        self.event = event
        proposed = options.pop("data", None)
        super().__init__(data=_of(wave) if wave else proposed, **options)
        self.audience.choices = [
            SelectChoice("", _l("Kies een doelgroep")),
            *(SelectChoice(str(audience.id), audience.name) for audience in audiences),
        ]

    def validate(self, **options) -> bool:
        good = super().validate(**options)
        before = len(self.wrong_fields())
        if self.kind.data in {WaveKind.SAVE_THE_DATE, WaveKind.INVITATION} and not self.audience.data:
            self.reject("audience", gettext("Kies een doelgroep."))
        hour = self.hour.data or time(9)
        self.at: datetime | None = None
        if self.timing.data == "at":
            self._check_day(hour)
        elif self.days_before.data is None:
            self.reject("days_before", gettext("Vul dit in."))
        elif (
            clock.days_before(self.event.starts_at, self.days_before.data, hour, self.event.zone)
            >= self.event.starts_at
        ):
            self.reject("hour", gettext("Dit is na het begin van de sessie."))
        return good and len(self.wrong_fields()) == before

    def moment(self) -> dict:
        """at, or days_before with hour, as a wave keeps them; call after validate()."""
        relative = self.timing.data != "at"
        return {
            "at": self.at,
            "days_before": self.days_before.data if relative else None,
            "hour": (self.hour.data or time(9)) if relative else None,
        }

    def _check_day(self, hour: time) -> None:
        if not self.day.data:
            self.reject("day", gettext("Vul dit in."))
            return
        try:
            self.at = clock.moment(self.day.data, hour, self.event.zone)
        except NoSuchMoment:
            self.reject("hour", gettext("Dit uur is er die nacht niet of komt twee keer. Kies een andere tijd."))
            return
        if self.at >= self.event.starts_at:
            self.reject("day", gettext("Dit is na het begin van de sessie."))


def _of(wave: Wave) -> dict:
    at = clock.local(wave.at, wave.event.zone) if wave.at else None
    return {
        "kind": wave.kind.value,
        "audience": str(wave.audience_id or ""),
        "timing": "at" if at else "before",
        "days_before": wave.days_before,
        "day": at and at.date(),
        "hour": at.time() if at else wave.hour,
    }


class LetterForm(Form):
    """The text of a wave in one language."""

    text = Text(_l("Tekst"), 20_000, required=True, rows=22)

    def __init__(self, fields: tuple[str, ...], **options):
        self.known = fields
        super().__init__(**options)

    def validate_text(self, field) -> None:
        try:
            letters.check(field.data or "", self.known)
        except letters.LetterError as error:
            for problem in error.problems[:-1]:
                field.errors = [*field.errors, problem]
            raise ValidationError(error.problems[-1]) from None


class InviteForm(Form):
    """One more person to invite."""

    name = Line(_l("Naam"), 120, required=True)
    address = Address(_l("Mailadres"))
