"""What organisers and participants send about a round of matching."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from app import clock
from app.clock import NoSuchMoment
from app.matching import enrolments, group_meetings
from app.matching.enrolments import Wishes
from app.matching.kinds import Daypart, Regions, Reply, RoundKind, Side
from app.matching.models import MatchEnrolment, MatchGroup, MatchRound
from app.matching.rounds import RoundDetails
from app.network.audiences.models import Audience
from app.network.people.models import Person
from app.polls.forms import DateRow, reject_unfit_spans
from app.themes.models import Theme
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

_SIZES = [NumberRange(3, 20, message=_l("Kies een aantal van 3 tot en met 20."))]
_CHOOSE = InputRequired(_l("Kies er een."))
DATES = 4
"""Lines for dates on an empty form."""


class RoundForm(Form):
    """A round with its rules."""

    kind = RadioField(_l("Waarvoor?"), [_CHOOSE], choices=lambda: choices(RoundKind))
    title = LineField(_l("Titel"), 150, required=True, description=_l("Bijvoorbeeld: Intervisie voorjaar 2027."))
    explanation = LinesField(
        _l("Uitleg"), 2_000, rows=4, description=_l("Staat in de mail en op de pagina. Mag leeg blijven.")
    )
    audience = SelectField(_l("Wie vraag je?"))
    closes_on = DayField(_l("Antwoorden tot (datum)"), required=True)
    closes_hour = HourField(_l("Tijd"))
    smallest = WholeNumberField(
        _l("Kleinste groep"), validators=_SIZES, description=_l("Alleen voor intervisie. Leeg: 5.")
    )
    largest = WholeNumberField(
        _l("Grootste groep"), validators=_SIZES, description=_l("Alleen voor intervisie. Leeg: 6.")
    )
    trio = BooleanField(
        _l("Blijft er iemand over, dan mag één paar een drietal worden"),
        description=_l("Alleen voor paren. Anders wacht wie het langst geleden of nooit wachtte."),
    )
    apart_organisations = BooleanField(_l("Nooit twee van dezelfde organisatie"))
    apart_hierarchy = BooleanField(_l("Nooit een organisatie met een onderdeel daarvan"))
    regions = RadioField(_l("Regio’s"), choices=lambda: choices(Regions))
    mix_sizes = BooleanField(_l("Zo veel mogelijk van grote en kleine gemeenten door elkaar"))
    no_repeats = WholeNumberField(
        _l("Niet opnieuw met wie je al was, zoveel rondes terug"),
        validators=[NumberRange(0, 10, message=_l("Kies een aantal van 0 tot en met 10."))],
    )
    facilitator = BooleanField(_l("In elke groep iemand die wil begeleiden"))

    def __init__(self, audiences: Sequence[Audience], row: MatchRound | None = None, **options: Any) -> None:
        super().__init__(data=_data_of(row) if row else _FRESH, **options)
        self._row, self.closes_at = row, clock.now()
        chosen = [SelectChoice(str(each.id), each.name) for each in audiences]
        self.audience.choices = [SelectChoice("", gettext("Alle leden van het netwerk")), *chosen]
        if row and row.opened_at:
            del self.kind, self.audience

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.closes_on.data and not self.closes_on.errors:
            try:
                self.closes_at = clock.utc_moment(self.closes_on.data, self.closes_hour.data or time(17))
            except NoSuchMoment:
                self.reject(
                    "closes_hour", gettext("Deze tijd is er die nacht niet of twee keer. Kies een andere tijd.")
                )
        if good and self._sizes()[0] > self._sizes()[1]:
            self.reject("largest", gettext("De grootste groep is kleiner dan de kleinste."))
        return good and not self.errors

    def _sizes(self) -> tuple[int, int]:
        if self._kind() != RoundKind.INTERVISION:
            return 2, 2
        return self.smallest.data or 5, self.largest.data or 6

    def _kind(self) -> RoundKind | None:
        """Which one lies fixed once people were asked."""
        if self._row and "kind" not in self:
            return self._row.kind
        return RoundKind(self.kind.data) if self.kind.data else None

    def _audience_id(self) -> int | None:
        if self._row and "audience" not in self:
            return self._row.audience_id
        return int(self.audience.data) if self.audience.data else None

    def details(self) -> RoundDetails:
        """What was filled in; call after validate()."""
        smallest, largest = self._sizes()
        return RoundDetails(
            kind=self._kind() or RoundKind.INTERVISION,
            title=self.title.data,
            closes_at=self._same_minute() or self.closes_at,
            explanation=self.explanation.data or "",
            audience_id=self._audience_id(),
            smallest=smallest,
            largest=largest,
            trio=self.trio.data and largest == 2,
            apart_organisations=self.apart_organisations.data,
            apart_hierarchy=self.apart_hierarchy.data,
            regions=Regions(self.regions.data or Regions.ANY),
            mix_sizes=self.mix_sizes.data,
            no_repeats=self.no_repeats.data or 0,
            facilitator=self.facilitator.data and largest > 2,
        )

    def _same_minute(self) -> datetime | None:
        """The moment as it was, where nobody chose another minute: one that has passed may stay."""
        known = self._row.closes_at if self._row else None
        return known if known and known.replace(second=0, microsecond=0) == self.closes_at else None


_FRESH: dict[str, Any] = {
    "apart_organisations": True,
    "apart_hierarchy": True,
    "regions": Regions.ANY.value,
    "no_repeats": 3,
    "closes_hour": time(17),
}


def _data_of(row: MatchRound) -> dict[str, Any]:
    closes = clock.to_local(row.closes_at)
    names = ("title", "explanation", "trio", "apart_organisations", "apart_hierarchy", "mix_sizes", "no_repeats", "facilitator")  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "kind": row.kind.value,
        "regions": row.regions.value,
        "audience": str(row.audience_id or ""),
        "closes_on": closes.date(),
        "closes_hour": closes.time().replace(second=0, microsecond=0),
        "smallest": None if row.in_pairs else row.smallest,
        "largest": None if row.in_pairs else row.largest,
    }


class WishesForm(Form):
    """What somebody says to the call."""

    answer = RadioField(_l("Doe je mee?"), [_CHOOSE], choices=lambda: choices(Reply))
    offered = CheckboxesField(_l("Waar weet je van?"))
    offers = LineField(_l("In je eigen woorden"), 300)
    sought = CheckboxesField(_l("Wat zoek je?"))
    seeks = LineField(_l("In je eigen woorden"), 300)
    dayparts = CheckboxesField(_l("Wanneer kun je meestal?"), choices=lambda: choices(Daypart))
    facilitates = BooleanField(_l("Ik wil een groep begeleiden"))

    def __init__(self, enrolment: MatchEnrolment, themes: Sequence[Theme], **options: Any) -> None:
        super().__init__(data=_wishes_of(enrolment), **options)
        self.offered.choices = self.sought.choices = [SelectChoice(str(each.id), each.words) for each in themes]
        if not enrolment.round.facilitator:
            del self.facilitates

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if good and self.says_yes and not self.dayparts.data:
            self.reject("dayparts", gettext("Kies minstens één dagdeel: daarop zoeken we wie bij je past."))
        return good and not self.errors

    @property
    def says_yes(self) -> bool:
        return bool(self.answer.data == Reply.YES)

    def wishes(self) -> Wishes:
        """What was filled in; call after validate()."""
        return Wishes(
            self.offers.data or "",
            self.seeks.data or "",
            frozenset(map(int, self.offered.data or [])),
            frozenset(map(int, self.sought.data or [])),
            frozenset(map(Daypart, self.dayparts.data or [])),
            bool("facilitates" in self and self.facilitates.data),
        )


def _wishes_of(enrolment: MatchEnrolment) -> dict[str, Any]:
    topics = enrolments.topics_of([enrolment.id]).get(enrolment.id, {})
    return {
        "answer": enrolment.answer.value if enrolment.answer else None,
        "offers": enrolment.offers,
        "seeks": enrolment.seeks,
        "offered": [str(each) for each in topics.get(Side.OFFERS, ())],
        "sought": [str(each) for each in topics.get(Side.SEEKS, ())],
        "dayparts": [each.value for each in enrolments.read_dayparts(enrolment.dayparts)],
        "facilitates": enrolment.facilitates,
    }


class RatingForm(Form):
    """The two questions afterwards."""

    useful = RadioField(_l("Had je er iets aan?"), [_CHOOSE], choices=lambda: choices(Reply))
    again = RadioField(_l("Zou je nog eens meedoen?"), [_CHOOSE], choices=lambda: choices(Reply))


class ApartForm(Form):
    """Two people who come in no group together."""

    first = SelectField(_l("Deze persoon"))
    second = SelectField(_l("Nooit met"))

    def __init__(self, people: Sequence[Person], **options: Any) -> None:
        super().__init__(**options)
        named = [SelectChoice(str(each.id), each.name) for each in people]
        self.first.choices = self.second.choices = named


class DatesForm(Form):
    """Days to choose the first meeting of a group from; `spans` holds them after validate()."""

    title = LineField(_l("Waar gaat het over?"), 150, required=True)
    dates = FieldList(FormField(DateRow), min_entries=DATES, max_entries=12, label=_l("Dagen"))

    def __init__(self, group: MatchGroup, row: MatchRound, **options: Any) -> None:
        title = gettext("%(title)s, groep %(number)s", title=row.title, number=group.number)
        super().__init__(data={"title": title[:150]}, **options)
        self.spans: list[tuple[datetime, datetime]] = []

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        read = [row.form.span() for row in self.dates if row.form.filled]
        self.spans = [span for span in read if span]
        if None in read:
            self.reject("dates", gettext("Kijk de dagen na."))
        elif good:
            reject_unfit_spans(self, self.spans)
        return good and not self.errors


class MeetingsForm(Form):
    """How often a group comes together after the sessions that there are."""

    last = IntegerField(widget=HiddenInput())
    """Id of the session after which they come, as whoever sends this saw it."""
    number = WholeNumberField(
        _l("Hoe vaak nog?"),
        required=True,
        validators=[NumberRange(1, group_meetings.MOST, _l("Kies een aantal van 1 tot en met 11."))],
        default=5,
    )
    weeks = WholeNumberField(
        _l("Om de hoeveel weken?"),
        required=True,
        validators=[NumberRange(1, 26, _l("Kies een aantal van 1 tot en met 26."))],
        default=8,
    )
