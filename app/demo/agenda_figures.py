"""Figures of the demo's agenda: the indicators and targets of a province's report, with readings, signs and money."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app import clock
from app.agendas.models import Agenda
from app.database import db
from app.indicators import counts, figures, indicators, money, readings, signs, targets
from app.indicators.figure_words import PERCENT
from app.indicators.indicators import Rule
from app.indicators.models import (
    Aspect,
    Combining,
    Direction,
    Indicator,
    Measure,
    ReadingKind,
    Result,
    Sign,
)
from app.indicators.readings import NewReading
from app.indicators.signs import Answers
from app.indicators.targets import Decision

SOURCE = "Bestuursrapportage, programma Kwaliteit openbaar bestuur"


NORM, FINANCES, GOVERNMENT = (
    "Brabantse norm weerbare overheid",
    "Financiële situatie Brabantse gemeenten",
    "Toekomstbestendig bestuur in Brabant",
)


@dataclass(frozen=True)
class DemoIndicator:
    """What stands in the report; `targets` and `readings` are of the agenda's years, as a row."""

    name: str
    measure: Measure
    targets: str
    definition: str
    theme: str = ""
    narrowing: dict[str, list[Any]] = field(default_factory=dict)
    readings: tuple[str, ...] = ()
    """What was entered for each year, with 'van' before the whole of a percentage."""
    more: dict[str, Any] = field(default_factory=dict)
    forecast: str = ""
    """What is expected of each year."""


_EFFECT = {"result": Result.EFFECT, "mandatory": True, "combining": Combining.LATEST}
INDICATORS = (
    DemoIndicator(
        "Provinciale collega’s die de cursus ‘Vergroting weerbaarheid’ volgden", Measure.PEOPLE, "100 100 100",
        "Wie bij een training was en die dag bij de provincie werkte. Wie zich alleen inschreef telt niet.",
        NORM, {"format": ["training"], "kind": ["provincie"]}, forecast="100",
    ),
    DemoIndicator(
        "Gemeenten waarmee we spraken over fitheid tegen ondermijning", Measure.CONTACTED, "15 15 15",
        "Gemeenten met een adviesgesprek. Elke gemeente één keer, hoe vaak we ook spraken.",
        NORM, {"kind": ["gemeente"], "contact_kind": ["advice"]}, forecast="19",
    ),
    DemoIndicator(
        "Pilotgemeenten geholpen met kwetsbare vakantieparken", Measure.BY_HAND, "6 - -",
        "Gemeenten met een getekend plan van aanpak.", NORM, {}, ("5", "6", "6"), {"combining": Combining.LATEST},
    ),
    DemoIndicator(
        "Pilots met innovatie en informatiegestuurd handhaven", Measure.BY_HAND, "3 - -",
        "Pilots die zijn afgerond.", NORM, {}, ("2", "3", "3"), {"combining": Combining.LATEST},
    ),
    DemoIndicator(
        "Experimenten met vormen van participatie", Measure.BY_HAND, "3 - -",
        "Experimenten bij een gepland beleidsproces.", GOVERNMENT, {}, ("3", "1", "2"),
    ),
    DemoIndicator(
        "Opkomst bij verkiezingen in Noord-Brabant", Measure.BY_HAND, "n.v.t. (geen verkiezingen in dit jaar) ? ?",
        "Kiezers als deel van wie mocht stemmen.", GOVERNMENT, {}, ("", "1.481.000 van 1.963.000"),
        {"unit": PERCENT, **_EFFECT},
    ),
    DemoIndicator(
        "Toezichtontvangers die we op een of meer gebieden beoordeelden", Measure.CONTACTED, "105 105 105",
        "Gemeenten, waterschappen en gemeenschappelijke regelingen, ieder één keer.",
        FINANCES, {"contact_kind": ["assessment"]}, forecast="70",
    ),
    DemoIndicator(
        "Toezichtontvangers met minstens één voortgangsgesprek", Measure.CONTACTED, "65 65 65",
        "Twee gesprekken met dezelfde organisatie tellen als één.",
        FINANCES, {"contact_kind": ["progress_talk"]}, forecast="66",
    ),
    DemoIndicator(
        "Regiobijeenkomsten", Measure.SESSIONS, "4 4 4",
        "Gehouden werksessies, van alle netwerken. Wat is afgezegd telt niet.", "", {"format": ["work_session"]},
        forecast="4",
    ),
    DemoIndicator(
        "Thema-onderzoeken", Measure.BY_HAND, "2 2 2", "Onderzoeken waarvan het rapport er is.",
        GOVERNMENT, {}, ("2", "2", "1"), forecast="2",
    ),
    DemoIndicator(
        "Gemeenten onder preventief financieel toezicht", Measure.BY_HAND, "0 0 0",
        "De stand aan het eind van het jaar.", FINANCES, {}, ("0", "0", "0"),
        {"direction": Direction.AT_MOST, **_EFFECT}, "0",
    ),
)  # fmt: skip
BEHIND = {
    FINANCES: Answers(
        "De jaarstukken van veel gemeenschappelijke regelingen kwamen te laat om ze nog dit jaar te beoordelen.",
        "Van de 105 toezichtontvangers is ongeveer twee derde beoordeeld. De rest volgt in het voorjaar.",
        "Met de regelingen is een nieuwe planning afgesproken. Een collega van de gemeente Oosterhout leest tijdelijk mee.",
    )
}
"""Themes that are late at the end of each year, with what was said about that."""
LASTEN = {
    "Digitale transformatie": "Lasten 412 35 447 431",
    "Brede welvaart": "Lasten 268 0 268 240",
    FINANCES: "Lasten 1.905 -60 1.845 1.702",
    GOVERNMENT: "Lasten 19.284 1.624 20.909 20.640",
    "Klimaatadaptatie": "Lasten 2.640 310 2.950 2.915",
    NORM: "Lasten 3.118 125 3.243 3.240",
}
"""Of each year; of the year of now it is not known yet what was realised."""


def add_figures(agenda: Agenda) -> None:
    """Once: what the agenda measures, with what was entered for the years that have begun, counted now."""
    if figures.list_figures(agenda):
        return
    themes = {each.theme.name_nl: each.theme_id for each in agenda.themes}
    for demo in INDICATORS:
        _add_indicator(agenda, demo, themes.get(demo.theme))
    for name, theme_id in themes.items():
        for year in figures.years_of(agenda):
            _assess(agenda, theme_id, year, BEHIND.get(name))
            if row := LASTEN.get(name):
                _enter_amounts(agenda, theme_id, year, row)
    db.session.commit()
    for figure in figures.list_figures(agenda):
        counts.count_now(figure.indicator)


def _add_indicator(agenda: Agenda, demo: DemoIndicator, theme_id: int | None) -> None:
    plain = {
        "unit": "aantal",
        "result": Result.OUTPUT,
        "direction": Direction.AT_LEAST,
        "combining": Combining.PER_YEAR,
        "owner": "Programmamanager Kwaliteit openbaar bestuur",
    }
    rule = Rule(definition=demo.definition, measure=demo.measure, narrowing=demo.narrowing, **plain | demo.more)
    indicator = indicators.add_indicator(agenda, demo.name, theme_id, rule)
    years = figures.years_of(agenda)
    _set_targets(indicator, demo, years)
    for year, entered in zip(years, demo.readings, strict=False):
        _enter(indicator, year, entered)
    for year in years if demo.forecast else []:
        day = date(year, 12, 31)
        expected = NewReading(ReadingKind.FORECAST, day, Decimal(demo.forecast), "Opgave van de programmamanager")
        said = readings.add_reading(indicator, expected, None)
        said.entered_at = min(clock.now(), clock.start_of_day(date(year, 9, 1)))


def _set_targets(indicator: Indicator, demo: DemoIndicator, years: list[int]) -> None:
    for year, cell in targets.read_row_of_targets(demo.targets, years).items():
        decided = Decision(SOURCE, indicator.agenda.starts_on, reason=cell.reason)
        targets.set_target(indicator, year, cell.aim, cell.value, decided)


def _enter(indicator: Indicator, year: int, entered: str) -> None:
    """The state at the end of a year."""
    day = _last_day(indicator.agenda, year)
    if not entered or day is None:
        return
    part, _, whole = entered.partition(" van ")
    out_of = Decimal(whole.replace(".", "")) if whole else None
    new = NewReading(ReadingKind.REALISED, day, Decimal(part.replace(".", "")), SOURCE, out_of, reason="eerste telling")
    readings.add_reading(indicator, new, None)


def _last_day(agenda: Agenda, year: int) -> date | None:
    """Of a year, or yesterday in the year of now; none when it has still to begin."""
    day = min(date(year, 12, 31), clock.today() - timedelta(days=1))
    return day if day.year == year and day >= agenda.starts_on else None


def _assess(agenda: Agenda, theme_id: int, year: int, behind: Answers | None) -> None:
    """How a theme stood at the end of a year: on course, or late with what was said about that."""
    day = _last_day(agenda, year)
    if day is None:
        return
    signs.set_signs(agenda, theme_id, day, {Aspect.QUALITY: Sign.GREEN, Aspect.MONEY: Sign.GREEN}, Answers(), None)
    late = {Aspect.TIME: Sign.ORANGE if behind else Sign.GREEN}
    signs.set_signs(agenda, theme_id, day, late, behind or Answers(), None)


def _enter_amounts(agenda: Agenda, theme_id: int, year: int, row: str) -> None:
    """What a theme costs in a year, as it was printed."""
    amounts = money.read_amounts(row)
    if year >= figures.year_now(agenda):
        amounts = replace(amounts, realised=None)
    if year <= clock.today().year:
        money.enter_amounts(agenda, theme_id, year, amounts, SOURCE, None)
