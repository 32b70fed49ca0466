"""Figures of the demo's agenda: the indicators and targets of a province's report, with readings, signs and money."""

from dataclasses import dataclass, field
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
    Aim,
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


@dataclass(frozen=True)
class DemoIndicator:
    """What stands in the report; `targets` are of the agenda's years, as a row."""

    name: str
    measure: Measure
    targets: str
    definition: str
    narrowing: dict[str, list[Any]] = field(default_factory=dict)
    readings: tuple[str, ...] = ()
    """What was entered for each year, with 'van' before the whole of a percentage."""
    more: dict[str, Any] = field(default_factory=dict)


_EFFECT = {"result": Result.EFFECT, "mandatory": True, "combining": Combining.LATEST}
INDICATORS = (
    DemoIndicator(
        "Provinciale collega’s die de cursus ‘Vergroting weerbaarheid’ volgden", Measure.PEOPLE, "100 100 100",
        "Wie bij een training was en die dag bij de provincie werkte. Wie zich alleen inschreef telt niet.",
        {"format": ["training"], "kind": ["provincie"]},
    ),
    DemoIndicator(
        "Gemeenten waarmee we spraken over fitheid tegen ondermijning", Measure.CONTACTED, "15 15 15",
        "Elke gemeente één keer, hoe vaak we ook spraken.", {"kind": ["gemeente"]},
    ),
    DemoIndicator(
        "Pilotgemeenten geholpen met kwetsbare vakantieparken", Measure.BY_HAND, "6 - -",
        "Gemeenten met een getekend plan van aanpak.", {}, ("5", "6"),
    ),
    DemoIndicator(
        "Pilots met innovatie en informatiegestuurd handhaven", Measure.BY_HAND, "3 - -",
        "Pilots die zijn afgerond.", {}, ("2", "3"),
    ),
    DemoIndicator(
        "Experimenten met vormen van participatie", Measure.BY_HAND, "3 - -",
        "Experimenten bij een gepland beleidsproces.", {}, ("3", "1"),
    ),
    DemoIndicator(
        "Opkomst bij verkiezingen in Noord-Brabant", Measure.BY_HAND, "- ? ?",
        "Kiezers als deel van wie mocht stemmen.", {}, ("", "1.481.000 van 1.963.000"), {"unit": PERCENT, **_EFFECT},
    ),
    DemoIndicator(
        "Toezichtontvangers die we op een of meer gebieden beoordeelden", Measure.CONTACTED, "105 105 105",
        "Gemeenten, waterschappen en gemeenschappelijke regelingen, ieder één keer.", {"contact_kind": ["assessment"]},
    ),
    DemoIndicator(
        "Toezichtontvangers met minstens één voortgangsgesprek", Measure.CONTACTED, "65 65 65",
        "Twee gesprekken met dezelfde organisatie tellen als één.", {"contact_kind": ["progress_talk"]},
    ),
    DemoIndicator(
        "Regiobijeenkomsten", Measure.SESSIONS, "4 4 4", "Gehouden bijeenkomsten. Wat is afgezegd telt niet.",
    ),
    DemoIndicator(
        "Thema-onderzoeken", Measure.BY_HAND, "2 2 2", "Onderzoeken waarvan het rapport er is.", {}, ("2", "1"),
    ),
    DemoIndicator(
        "Gemeenten onder preventief financieel toezicht", Measure.BY_HAND, "0 0 0",
        "De stand aan het eind van het jaar.", {}, ("0", "0"), {"direction": Direction.AT_MOST, **_EFFECT},
    ),
)  # fmt: skip


def add_figures(agenda: Agenda) -> None:
    """Once: what the agenda measures, with what was entered for the years that have begun, counted now."""
    if figures.list_figures(agenda):
        return
    for demo in INDICATORS:
        _add_indicator(agenda, demo)
    for theme in [each.theme_id for each in agenda.themes[:1]]:
        _assess(agenda, theme)
    db.session.commit()
    for figure in figures.list_figures(agenda):
        counts.count_now(figure.indicator)


def _add_indicator(agenda: Agenda, demo: DemoIndicator) -> None:
    plain = {
        "unit": "aantal",
        "result": Result.OUTPUT,
        "direction": Direction.AT_LEAST,
        "combining": Combining.PER_YEAR,
        "owner": "Programmamanager Kwaliteit openbaar bestuur",
    }
    rule = Rule(definition=demo.definition, measure=demo.measure, narrowing=demo.narrowing, **plain | demo.more)
    indicator = indicators.add_indicator(agenda, demo.name, None, rule)
    decided = Decision(SOURCE, agenda.starts_on)
    years = figures.years_of(agenda)
    for year, (aim, value) in targets.read_row_of_targets(demo.targets, years).items():
        if demo.more.get("unit") == PERCENT and aim == Aim.NONE:
            why = Decision(SOURCE, agenda.starts_on, reason="geen verkiezingen in dit jaar")
            targets.set_target(indicator, year, Aim.NOT_APPLICABLE, None, why)
        else:
            targets.set_target(indicator, year, aim, value, decided)
    for year, entered in zip(years, demo.readings, strict=False):
        _enter(indicator, year, entered)


def _enter(indicator: Indicator, year: int, entered: str) -> None:
    """The state at the end of a year, or of yesterday in the year of now."""
    day = min(date(year, 12, 31), clock.today() - timedelta(days=1))
    if not entered or day < indicator.agenda.starts_on:
        return
    part, _, whole = entered.partition(" van ")
    out_of = Decimal(whole.replace(".", "")) if whole else None
    new = NewReading(ReadingKind.REALISED, day, Decimal(part.replace(".", "")), SOURCE, out_of, reason="eerste telling")
    readings.add_reading(indicator, new, None)


def _assess(agenda: Agenda, theme_id: int) -> None:
    """One sign that is not on course, and a row of the budget as it was printed."""
    answers = Answers(
        "De werving van een projectleider duurde langer.",
        "De tweede reeks begint een kwartaal later.",
        "De gemeente Oosterhout leent tot de zomer iemand uit.",
    )
    day = clock.today() - timedelta(days=7)
    signs.set_signs(agenda, theme_id, day, {Aspect.QUALITY: Sign.GREEN, Aspect.MONEY: Sign.GREEN}, Answers(), None)
    signs.set_signs(agenda, theme_id, day, {Aspect.TIME: Sign.ORANGE}, answers, None)
    amounts = money.read_amounts("Lasten 19.284 1.624 20.909")
    money.enter_amounts(agenda, theme_id, figures.year_now(agenda), amounts, SOURCE, None)
