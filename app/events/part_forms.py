"""What belongs to a session: a part of its programme, and a question to who registers."""

from datetime import datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from app import clock
from app.clock import NoSuchMoment
from app.events import hanging, programme
from app.events.forms import NO_SUCH_HOUR
from app.events.models import Event, QuestionKind, Slot, Speaker
from app.web.forms import CheckboxesField, Checks, DayField, Form, HourField, LineField, LinesField, choices


class SlotForm(Form):
    """A part of the programme, on a day of its event."""

    day = DayField(_l("Dag"))
    start = HourField(_l("Begin"), required=True)
    end = HourField(_l("Einde"))
    title = LineField(_l("Titel"), 150, required=True)
    speakers = LinesField(_l("Sprekers"), 2_000, rows=3, description=_l("Eén per regel: naam, organisatie."))
    agreed = CheckboxesField(_l("Wie vindt het goed dat de naam openbaar staat?"))
    newly_agreed = BooleanField(
        _l("Wie ik hier nieuw opschrijf, vindt het goed dat de naam openbaar staat"),
        description=_l(
            "Vraag het eerst. Zonder ja staat er de organisatie, of ‘spreker volgt’. Genodigden zien de naam wel."
        ),
    )
    description = LinesField(_l("Toelichting"), 5_000, rows=3)

    def __init__(self, slot: Slot | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._known = [speaker.name for speaker in slot.speakers] if slot else []
        self.agreed.choices = [SelectChoice(name, name) for name in dict.fromkeys(self._known)]
        if not self._known:
            del self.agreed

    def speaker_list(self) -> list[Speaker]:
        """The speakers as written, each with whether they agreed to be named in public."""
        speakers = programme.read_speakers(self.speakers.data or "")
        said = self.agreed.data if "agreed" in self else []
        for each in speakers:
            each.agreed = each.name in said if each.name in self._known else self.newly_agreed.data
        return speakers

    def moments(self, event: Event) -> tuple[datetime, datetime | None] | None:
        """Start and end, if they lie within the event; None with an error at the field otherwise."""
        day = self.day.data or clock.to_local(event.starts_at, event.zone).date()
        try:
            start = clock.utc_moment(day, self.start.data or time(), event.zone)
            end = clock.utc_moment(day, self.end.data, event.zone) if self.end.data else None
        except NoSuchMoment:
            self.reject("start", str(NO_SUCH_HOUR))
            return None
        if end is not None and end <= start:
            self.reject("end", gettext("Het einde ligt voor het begin. Kies een latere tijd."))
        elif not hanging.fits(event, start, end):
            self.reject("start", gettext("Dit valt buiten de sessie. Kies een tijd tussen begin en einde."))
        else:
            return start, end
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
