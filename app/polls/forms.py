"""What an organiser and a participant send about a date poll."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, RadioField
from wtforms import Form as PlainForm
from wtforms.validators import Optional

from app import clock
from app.clock import NoSuchMoment
from app.database import SAFE_METHODS
from app.polls.models import Poll, PollDate, Vote
from app.polls.polls import Span
from app.web.forms import Checks, DayField, Form, HourField, LineField, LinesField, choices

ROWS = 6
"""Lines for dates on an empty form."""


class DateRow(PlainForm):
    """One date to choose from; an empty row is no date."""

    day = DayField(_l("Datum"))
    start = HourField(_l("Van"))
    end = HourField(_l("Tot"))

    @property
    def filled(self) -> bool:
        return bool(self.day.data or self.start.data or self.end.data)

    def span(self, known: Collection[tuple[datetime, datetime]] = ()) -> tuple[datetime, datetime] | None:
        """Begin and end in UTC; None with an error at the field that is wrong. One that is known may have been."""
        if not (self.day.data and self.start.data and self.end.data):
            wrong = next(field for field in (self.day, self.start, self.end) if not field.data)
            wrong.errors = [*wrong.errors, gettext("Vul dit in, of maak de hele regel leeg.")]
            return None
        try:
            begin, end = (clock.utc_moment(self.day.data, hour) for hour in (self.start.data, self.end.data))
        except NoSuchMoment:
            self.start.errors = [
                gettext("Dit uur is er die nacht niet of komt twee keer: de klok gaat om. Kies een andere tijd.")
            ]
            return None
        if end <= begin:
            self.end.errors = [gettext("Het einde ligt voor het begin. Kies een latere tijd.")]
        elif begin <= clock.now() and (begin, end) not in known:
            self.day.errors = [gettext("Deze dag is al geweest. Kies een dag die nog komt.")]
        else:
            return begin, end
        return None


class PollForm(Form):
    """A date poll; `spans` holds its dates after validate()."""

    title = LineField(_l("Waar gaat het over?"), 150, required=True)
    explanation = LinesField(_l("Uitleg"), 2_000, rows=3, description=_l("Staat in de mail. Mag leeg blijven."))
    dates = FieldList(FormField(DateRow), min_entries=ROWS, max_entries=12)
    people = LinesField(
        _l("Wie vraag je?"),
        5_000,
        required=True,
        rows=5,
        description=_l(
            "Mailadressen, met de naam erbij als je die weet. Plakken uit Outlook of Excel mag. Hooguit 50 mensen."
        ),
    )
    holds = BooleanField(
        _l("Zet de dagen die iemand kan als optie in de eigen agenda"),
        default=True,
        description=_l("Een mail per dag. Wat we niet kiezen, verdwijnt vanzelf."),
    )

    def __init__(self, *, poll: Poll | None = None, **options: Any) -> None:
        """`poll` is the one that is changed: it has its people, so that others may stay empty, and days that have been."""
        super().__init__(**options)
        self.spans: list[tuple[datetime, datetime]] = []
        self._known = {(date.starts_at, date.ends_at) for date in poll.dates} if poll else set()
        if poll:
            self.people.label.text, self.people.validators = gettext("Wie vraag je nog meer?"), [Optional()]
            self.people.flags.required = False
            for _ in range(min(3, 12 - len(self.dates))):
                if request.method in SAFE_METHODS:
                    self.dates.append_entry()

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        filled = [row.form for row in self.dates if row.form.filled]
        spans = [row.span(self._known) for row in filled]
        self.spans = [span for span in spans if span]
        if None in spans:
            self.reject("dates", gettext("Kijk de dagen na."))
        elif good:
            reject_unfit_spans(self, self.spans)
        return good and not self.errors


def reject_unfit_spans(form: Form, spans: list[Span]) -> None:
    """Say at the days of a form what is wrong with them together."""
    if len(set(spans)) < 2:
        form.reject("dates", gettext("Vul minstens twee dagen in."))
    elif len({begin for begin, _ in spans}) < len(set(spans)):
        form.reject("dates", gettext("Twee regels beginnen op hetzelfde moment. Kies er één."))


class VotesForm(Form):
    """What suits somebody: one choice per date; names are vote_<id of the date>."""

    remark = LineField(_l("Opmerking"), 500, description=_l("Alleen de organisator leest dit."))


def votes_form(dates: list[PollDate], given: dict[int, Vote], remark: str) -> VotesForm:
    """The form for these dates, filled in with what was given before."""
    fields = {f"vote_{date.id}": RadioField(date.words, [Optional()], choices=choices(Vote)) for date in dates}
    kind = type("DatesForm", (VotesForm,), fields)
    data = {f"vote_{poll_date_id}": vote.value for poll_date_id, vote in given.items()}
    form: VotesForm = kind(data=data | {"remark": remark})
    return form
