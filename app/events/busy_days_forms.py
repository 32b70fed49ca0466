"""What organisers send about days to avoid."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app.events import busy_days
from app.events.models import BusyKind
from app.web.forms import Checks, Form, LineField, LinesField, choices


class BusyDaysForm(Form):
    """Days to avoid, a day or a span on each line; `spans` holds them after validate()."""

    kind = RadioField(_l("Wat is het?"), choices=lambda: choices(BusyKind), default=BusyKind.SCHOOL_HOLIDAY.value)
    name = LineField(_l("Naam"), 120, required=True, description=_l("Zoals ‘Voorjaarsvakantie regio Zuid’ of ‘Raad’."))
    organisation = SelectField(_l("Gemeente"), description=_l("Alleen bij een raadsavond."))
    days = LinesField(
        _l("Dagen"),
        5_000,
        required=True,
        rows=4,
        description=_l("Eén per regel: 12-02-2027, of van–tot: 13-02-2027 t/m 21-02-2027."),
    )

    def __init__(self, municipalities: list[SelectChoice], **options: Any) -> None:
        super().__init__(**options)
        self.organisation.choices = [SelectChoice("", "–"), *municipalities]
        self.spans: list[busy_days.Span] = []

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.kind.data == BusyKind.COUNCIL and not self.organisation.data:
            self.reject("organisation", gettext("Kies de gemeente van deze raad."))
        lines = [line for line in (self.days.data or "").splitlines() if line.strip()]
        read = [(line, busy_days.read_span(line)) for line in lines]
        self.spans = [span for _, span in read if span]
        if wrong := next((line for line, span in read if span is None), None):
            self.reject(
                "days",
                gettext("‘%(line)s’ is geen dag. Schrijf 12-02-2027, of 13-02-2027 t/m 21-02-2027.", line=wrong[:60]),
            )
        return good and not self.errors
