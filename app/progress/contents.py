"""What a frozen report says, as values: pages, documents and tables only find the words for them.

It holds no name of a person: a koppel stands in it by party and office, so that a published file may stand for good.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.indicators.models import Aim, Aspect, Combining, Direction, Measure, Result, Sign
from app.progress.models import Scope
from app.words import Worded


class Lack(Worded):
    """What is missing, which says where it is mended."""

    WORDS = "words", _l("Schrijf")
    KOPPEL_WORDS = "koppel_words", _l("Bekijk het koppel")
    VACANT = "vacant", _l("Zet iemand op deze plek")
    NO_INDICATOR = "no_indicator", _l("Maak een indicator")
    TARGET = "target", _l("Vul een streefwaarde in")
    READING = "reading", _l("Vul een cijfer in")
    OWNER = "owner", _l("Noem een eigenaar")
    SIGNS = "signs", _l("Zet de tekens")
    MONEY = "money", _l("Vul de bedragen in")


@dataclass(frozen=True)
class Lacking:
    """One thing that was not there, as a value: words are found for it in the language of the reader."""

    kind: Lack
    theme: str = ""
    """Of the agenda as a whole without one."""
    name: str = ""
    """Which part, office, place, indicator or signs, by its kind; of words of a koppel empty for all of it."""


@dataclass(frozen=True)
class TargetSaid:
    """What was aimed for, and where and when that was decided."""

    aim: Aim
    value: Decimal | None
    decided_on: date
    decision: str
    reason: str


@dataclass(frozen=True)
class Amount:
    """A figure; of a percentage the part and the whole of which it is one. `few`: a handful, of which the number is
    left out; `at_least`: years that may be told, where another is a handful. Then `part` and `whole` are None."""

    part: Decimal | None = None
    whole: Decimal | None = None
    few: bool = False
    at_least: Decimal | None = None


@dataclass(frozen=True)
class PeriodFigure:
    """One indicator in a year, or over the whole agenda (year None), until the reference day."""

    year: int | None
    target: TargetSaid | None
    earlier_targets: list[TargetSaid]
    """Those that the target came instead of, the first first: both print."""
    realised: Amount | None
    """None: no figure yet."""
    forecast: Amount | None
    """Of organisers, never counted."""
    version_id: int
    """By which version of its indicator it was counted: the list behind it goes by that one, whatever came since."""
    measure: Measure
    """What that one counts: another thing than its line says, where the rule changed after this period."""
    members: int | None = None
    """How many rows are behind it; None where that would tell a handful."""
    later_targets: list[TargetSaid] = field(default_factory=list)
    """Those decided after the reference day: they count in no comparison here, and print as later ones."""


@dataclass(frozen=True)
class IndicatorLine:
    indicator_id: int
    name: str
    definition: str
    owner: str
    unit: str
    result: Result
    mandatory: bool
    direction: Direction
    combining: Combining
    measure: Measure
    changed_rule: str
    """Why it counts differently since a day in this period, with that day; empty when it does not."""
    baseline: Amount | None
    baseline_source: str
    year: PeriodFigure
    """The year of the reference day."""
    before: PeriodFigure | None
    """The year before, when it lies within the agenda."""
    agenda: PeriodFigure
    """Over the whole agenda."""


@dataclass(frozen=True)
class SignSet:
    aspect: Aspect
    sign: Sign
    day: date
    cause: str
    consequence: str
    correction: str


@dataclass(frozen=True)
class MoneyLine:
    """Of a theme in the year of the reference day, in thousands of euros, as printed."""

    budget: Decimal
    change: Decimal | None
    changed: Decimal | None
    realised: Decimal | None
    source: str


@dataclass(frozen=True)
class WordsSaid:
    """What was written, as whom, and when."""

    text: str
    by: str
    """Party and office, for everybody of an official the party alone; empty for the organisers."""
    written_at: datetime


@dataclass(frozen=True)
class SessionHeld:
    """A session that may be named. `people` and `organisations` are None for a handful."""

    event_id: int
    title: str
    day: date
    place: str
    """The town; of editions from before `online` what was written of both."""
    people: int | None
    organisations: int | None
    address: str
    online: bool = False


@dataclass(frozen=True)
class InsightSaid:
    title: str
    address: str


@dataclass(frozen=True)
class PromiseKept:
    """What was promised and is done; nobody's name."""

    what: str
    due_on: date
    done: bool


@dataclass(frozen=True)
class Reach:
    """Sessions, people and organisations, each once, until the reference day, in its year; of a theme while it stood on
    the agenda in that year.
    None where the number is left out."""

    sessions: int | None = 0
    people: int | None = 0
    organisations: int | None = 0
    talked_with: int | None = 0
    """Organisations that were spoken with."""


@dataclass(frozen=True)
class Municipality:
    """A tile of the map; what a confidential session alone would light stays dark."""

    organisation_id: int
    name: str
    region: str
    row: int
    column: int
    attendances: int
    """0 for one that was not reached; -1 for a handful of which the number is left out."""


@dataclass(frozen=True)
class KoppelSeat:
    """Of one party in a koppel: its office, which is empty where nobody stood."""

    party: str
    office: str


@dataclass(frozen=True)
class ThemePart:
    """What a report says about one theme."""

    agenda_theme_id: int
    name: str
    starts_on: date
    """When it joined the agenda, and its last day there: a theme may join midway or end before."""
    ends_on: date
    successor: str
    """What it went over into, when it ended; empty when it did not."""
    ambition: str
    """Markdown."""
    koppel: list[KoppelSeat]
    """Of each party who stood for it on the reference day."""
    signs: list[SignSet]
    happened: WordsSaid | None
    koppel_words: list[WordsSaid]
    next: WordsSaid | None
    reach: Reach
    sessions: list[SessionHeld]
    untold_sessions: int | None
    """How many more sessions count of which nothing is told here; None for a handful."""
    insights: list[InsightSaid]
    """Three at most."""
    promises: list[PromiseKept]
    promised: int
    kept: int
    indicators: list[IndicatorLine]
    money: MoneyLine | None


@dataclass(frozen=True)
class ReportContents:
    """A whole report. `year` is the one of the reference day, `before` the same days of the year before, when the agenda
    had begun then."""

    title: str
    network: str
    agenda: str
    agenda_starts_on: date
    agenda_ends_on: date
    parties: list[str]
    reference_day: date
    counted_at: datetime
    scope: Scope
    labels: dict[Aspect, str]
    """What each aspect is called in this agenda."""
    meanings: dict[Sign, str]
    """What each sign says in it."""
    happened: WordsSaid | None
    next: WordsSaid | None
    year: Reach
    before: Reach | None
    insights: int
    promised: int
    kept: int
    municipalities: list[Municipality]
    municipalities_reached: int | None
    municipalities_before: int | None
    organisations_as_of: date
    """By the list of organisations of which day municipalities are counted."""
    indicators: list[IndicatorLine]
    """Of the agenda as a whole."""
    themes: list[ThemePart]
    missing: list[Lacking] = field(default_factory=list)
    """What was not there when it was frozen, so that a reader knows it was not forgotten."""
