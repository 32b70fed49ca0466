"""A yearly report with everything that is hard to say: what a report may hold, in one, without a database.

The themes are those of the collaboration agenda 2024–2026 of a province and its municipalities; the indicators, targets
and amounts are those of the province's report on its programme for public government (2020).
"""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from app.indicators.models import Aim, Aspect, Combining, Direction, Measure, Result, Sign
from app.progress.contents import (
    Amount,
    IndicatorLine,
    InsightSaid,
    KoppelSeat,
    Lack,
    Lacking,
    MoneyLine,
    Municipality,
    PeriodFigure,
    PromiseKept,
    Reach,
    ReportContents,
    SessionHeld,
    SignSet,
    TargetSaid,
    ThemePart,
    WordsSaid,
)
from app.progress.models import Readers, Report, ReportEdition, ReportKind, Scope
from app.settings import ROOT

REFERENCE_DAY = date(2025, 12, 31)
COUNTED_AT = datetime(2026, 1, 19, 9, 5, tzinfo=UTC)
AGENDA = "Samenwerkingsagenda 2024–2026"
PROVINCE, MUNICIPALITIES = "Provincie Noord-Brabant", "Vereniging van Brabantse Gemeenten"
HANDFUL = 4
"""What is behind everything that is left out; it is nowhere in the contents."""
LONG = "Klimaatadaptatiestrategieënnetwerkbijeenkomsten"


def number(value: str) -> Decimal:
    """As it was printed: '19.284', '12,5'."""
    return Decimal(value.replace(".", "").replace(",", "."))


def target(aim: str | Aim, *, on: date = date(2024, 4, 9), by: str = "begroting 2024", why: str = "") -> TargetSaid:
    if isinstance(aim, Aim):
        return TargetSaid(aim, None, on, by, why)
    return TargetSaid(Aim.NUMBER, number(aim), on, by, why)


def figure(
    year: int | None, aim: TargetSaid | None, realised: Amount | str | None, forecast: str | None = None, **values
) -> PeriodFigure:
    amount = Amount(number(realised)) if isinstance(realised, str) else realised
    earlier = values.pop("earlier_targets", [])
    by_rule = {"version_id": 1, "measure": Measure.BY_HAND}
    return PeriodFigure(year, aim, earlier, amount, Amount(number(forecast)) if forecast else None, **by_rule | values)


def line(
    number: int, name: str, year: PeriodFigure, before: PeriodFigure | None, agenda: PeriodFigure, **values
) -> IndicatorLine:
    defaults = {
        "definition": f"Wat telt bij nummer {number}, en wat niet.",
        "owner": "Programmamanager openbaar bestuur",
        "unit": "aantal",
        "result": Result.OUTPUT,
        "mandatory": False,
        "direction": Direction.AT_LEAST,
        "combining": Combining.PER_YEAR,
        "measure": Measure.BY_HAND,
        "changed_rule": "",
        "baseline": None,
        "baseline_source": "",
    }
    values = defaults | values
    year, before, agenda = (each and replace(each, measure=values["measure"]) for each in (year, before, agenda))
    return IndicatorLine(number, name, year=year, before=before, agenda=agenda, **values)


def indicators_of_the_agenda() -> list[IndicatorLine]:
    """Those that are of no single theme."""
    nothing = TargetSaid(Aim.NOT_APPLICABLE, None, date(2024, 4, 9), "begroting 2024", "geen verkiezingen in dit jaar")
    turnout = Amount(number("1.481.000"), number("1.963.000"))
    effect = {"result": Result.EFFECT, "mandatory": True, "combining": Combining.LATEST}
    return [
        line(
            1,
            "Gemeenten onder preventief financieel toezicht",
            figure(2025, target("0"), "0", "0"),
            figure(2024, target("0"), "1"),
            figure(None, target("0"), "0"),
            direction=Direction.AT_MOST,
            baseline=Amount(number("2")),
            baseline_source="Jaarverslag toezicht 2023",
            **effect,
        ),
        line(
            2,
            "Opkomst bij verkiezingen in Noord-Brabant",
            figure(2025, nothing, Amount(Decimal(0), Decimal(0))),
            figure(2024, target(Aim.UNKNOWN), turnout),
            figure(None, target("80"), turnout),
            unit="%",
            **effect,
        ),
    ]


def resilience() -> list[IndicatorLine]:
    lowered = target(
        "100", on=date(2025, 5, 20), by="bestuursrapportage I 2025", why="de cursus begon een half jaar later"
    )
    return [
        line(
            3,
            "Provinciale collega’s die de cursus ‘Vergroting weerbaarheid’ volgden",
            figure(2025, lowered, "112", "120", earlier_targets=[target("150")], members=112),
            figure(2024, target("100"), "87", members=87),
            figure(None, target("300"), "199", "310", members=199),
            measure=Measure.PEOPLE,
        ),
        line(
            4,
            "Gemeenten waarmee we spraken over fitheid tegen ondermijning",
            figure(2025, target("15"), "15", members=15),
            figure(2024, target("15"), Amount(few=True)),
            figure(None, target("45"), Amount(at_least=Decimal(15))),
            measure=Measure.CONTACTED,
            baseline=Amount(number("0")),
            baseline_source="Bestuursopdracht Veilig en weerbaar Brabant",
        ),
        line(
            5,
            "Pilotgemeenten geholpen met kwetsbare vakantieparken",
            figure(2025, target(Aim.NONE), "6"),
            figure(2024, target("6"), "5"),
            figure(None, target("6"), "11"),
        ),
        line(
            6,
            "Medewerkers die een melding durven te doen",
            figure(2025, target("100"), Amount(Decimal(520), Decimal(500))),
            None,
            figure(None, target("100"), Amount(Decimal(520), Decimal(500))),
            unit="%",
            combining=Combining.LATEST,
            changed_rule="Sinds 1 juli 2025 tellen ook inhuurkrachten mee: de enquête ging naar iedereen met een pas.",
        ),
    ]


def supervision() -> list[IndicatorLine]:
    return [
        line(
            7,
            "Toezichtontvangers die we op een of meer gebieden beoordeelden",
            figure(2025, target("105"), "61", "98", members=61),
            figure(2024, target("105"), "105", members=105),
            figure(None, target("105"), "105", members=105),
            measure=Measure.CONTACTED,
            combining=Combining.ONCE,
        ),
        line(
            8,
            "Toezichtontvangers met minstens één voortgangsgesprek",
            figure(2025, target("65"), Amount(few=True)),
            figure(2024, target("65"), "66", members=66),
            figure(None, target("65"), Amount(at_least=Decimal(66))),
            measure=Measure.CONTACTED,
        ),
        line(9, "Regiobijeenkomsten", figure(2025, target("4"), "4"), None, figure(None, target("12"), "4"), measure=Measure.SESSIONS),
        line(10, "Thema-onderzoeken", figure(2025, target("2"), None), figure(2024, target("2"), "2"), figure(None, None, None)),
    ]  # fmt: skip


def signs(*given: tuple[Aspect, Sign]) -> list[SignSet]:
    answers = ("De werving stond stil.", "De helft van de gesprekken schuift naar 2026.", "We huren twee mensen in.")
    return [
        SignSet(aspect, sign, date(2025, 12, 15), *(("", "", "") if sign == Sign.GREEN else answers))
        for aspect, sign in given
    ]


def session(number: int, title: str, people: int | None = 43, organisations: int | None = 21) -> SessionHeld:
    day = date(2025, 3 * number, 11)
    return SessionHeld(
        number,
        title,
        day,
        "Oosterhout",
        people,
        organisations,
        f"https://leerkring.example/events/{number}",
        online=True,
    )


def part(number: int, name: str, **values) -> ThemePart:
    """A theme about which there is little to say."""
    defaults = {
        "starts_on": date(2024, 4, 9),
        "ends_on": date(2026, 12, 31),
        "successor": "",
        "ambition": "We spraken af dat we **samen** optrekken.",
        "koppel": [KoppelSeat(PROVINCE, "gedeputeerde"), KoppelSeat(MUNICIPALITIES, "bestuurslid")],
        "signs": [],
        "happened": None,
        "koppel_words": [],
        "next": None,
        "reach": Reach(),
        "sessions": [],
        "untold_sessions": 0,
        "insights": [],
        "promises": [],
        "promised": 0,
        "kept": 0,
        "indicators": [],
        "money": None,
    }
    return ThemePart(number, name, **defaults | values)


def said(text: str, by: str = "") -> WordsSaid:
    return WordsSaid(text, by, datetime(2026, 1, 12, 13, 30, tzinfo=UTC))


def themes() -> list[ThemePart]:
    green, orange, red = Sign.GREEN, Sign.ORANGE, Sign.RED
    quality, time, money = Aspect.QUALITY, Aspect.TIME, Aspect.MONEY
    return [
        part(
            11,
            "Digitale transformatie",
            ambition="Een paar keer per jaar een sessie voor gemeenten:\n\n- over data\n- over de mens erachter\n\n"
            "Lees [de agenda](https://www.brabant.example/agenda).",
            signs=signs((quality, green), (time, green), (money, green)),
            happened=said("We hielden **vier** sessies.\n\n- Over data\n- Over samen <inkopen> & delen"),
            koppel_words=[
                said("Het netwerk staat. Gemeenten weten elkaar nu te vinden.", "gedeputeerde, Provincie Noord-Brabant"),
                said("Kleine gemeenten doen mee.", "bestuurslid, Vereniging van Brabantse Gemeenten"),
            ],
            next=said("In 2026 drie sessies, en een vierde samen met Limburg."),
            reach=Reach(sessions=6, people=143, organisations=52, talked_with=7),
            sessions=[
                session(1, "Samen slimmer <inkopen> & delen"),
                session(2, "Datagedreven werken in de praktijk", 88, 34),
                session(3, LONG, None, None),
            ],
            untold_sessions=None,
            insights=[
                InsightSaid("Begin klein: één vraag, één tabel", "https://leerkring.example/insights/1"),
                InsightSaid("Wie de data bezit, bezit het gesprek niet", "https://leerkring.example/insights/2"),
                InsightSaid("Inkopen doe je met buren", "https://leerkring.example/insights/3"),
            ],
            promises=[
                PromiseKept("De lijst met leveranciers delen", date(2025, 6, 30), True),
                PromiseKept("Een sjabloon maken", date(2025, 11, 1), True),
            ],
            promised=5,
            kept=2,
            money=MoneyLine(number("19.284"), number("1.624"), number("20.909"), number("18.733,5"), "Bestuursrapportage I 2025"),
        ),
        part(
            12,
            "Brabantse norm weerbare overheid",
            koppel=[KoppelSeat(PROVINCE, "gedeputeerde"), KoppelSeat(MUNICIPALITIES, "")],
            signs=signs((quality, green), (time, orange), (money, red)),
            happened=said("De cursus begon een half jaar later."),
            reach=Reach(sessions=3, people=None, organisations=None, talked_with=15),
            untold_sessions=3,
            indicators=resilience(),
            money=MoneyLine(number("450"), None, None, number("612"), "Jaarstukken 2025"),
        ),
        part(
            13,
            "Toekomstbestendig bestuur in Brabant",
            signs=signs((quality, orange)),
            next=said("Een besluit over de academie."),
            reach=Reach(sessions=4, people=96, organisations=48, talked_with=61),
            sessions=[session(4, "Regiobijeenkomst archief en toezicht", 96, 48)],
            indicators=supervision(),
        ),
        part(
            14,
            "Financiële situatie Brabantse gemeenten",
            ends_on=date(2025, 6, 30),
            successor="Toekomstbestendig bestuur in Brabant",
            money=MoneyLine(number("2"), number("125"), number("127"), None, "Begroting 2025"),
        ),
        part(15, "Klimaatadaptatie", starts_on=date(2025, 1, 18), ambition="", koppel=[KoppelSeat(PROVINCE, "")]),
        part(16, "Praktijknetwerk brede welvaart in Brabant"),
    ]  # fmt: skip


@cache
def municipalities() -> list[Municipality]:
    """All 56; of most attendances, of some none, of two a handful."""
    with (ROOT / "app/network/reference/organisations.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["grid_row"]]
    return [
        Municipality(place, row["name"], row["region"], int(row["grid_row"]), int(row["grid_col"]), _attendances(place))
        for place, row in enumerate(rows)
    ]


def _attendances(place: int) -> int:
    return -1 if place in {7, 31} else 0 if place % 4 == 3 else 5 + place * 3 % 19


def sample_contents(**values) -> ReportContents:
    defaults = {
        "title": "Jaarrapportage 2025",
        "network": "Digitale Transformatie",
        "agenda": AGENDA,
        "agenda_starts_on": date(2024, 4, 9),
        "agenda_ends_on": date(2026, 12, 31),
        "parties": ["Provincie Noord-Brabant", "Vereniging van Brabantse Gemeenten"],
        "reference_day": REFERENCE_DAY,
        "counted_at": COUNTED_AT,
        "scope": Scope.ALL,
        "labels": {Aspect.QUALITY: "Prestatie", Aspect.TIME: "Planning", Aspect.MONEY: "Middelen"},
        "meanings": {
            Sign.GREEN: "we halen wat we afspraken",
            Sign.ORANGE: "zonder bijsturen halen we het niet",
            Sign.RED: "we halen het niet",
        },
        "happened": said("Het tweede jaar van de agenda: **zes** thema’s, waarvan er één overging in een ander."),
        "next": said("We bespreken dit verslag op 9 april 2026 in de gezamenlijke ontmoeting."),
        "year": Reach(sessions=14, people=412, organisations=118, talked_with=83),
        "before": Reach(sessions=9, people=261, organisations=None, talked_with=66),
        "insights": 23,
        "promised": 17,
        "kept": 11,
        "municipalities": municipalities(),
        "municipalities_reached": 42,
        "municipalities_before": None,
        "organisations_as_of": date(2025, 1, 1),
        "indicators": indicators_of_the_agenda(),
        "themes": themes(),
        "missing": [Lacking(Lack.KOPPEL_WORDS, "Klimaatadaptatie"), Lacking(Lack.READING, name="Thema-onderzoeken")],
    }
    return ReportContents(**defaults | values)


def sample_report() -> Report:
    return Report(
        kind=ReportKind.YEARLY,
        scope=Scope.ALL,
        readers=Readers.PUBLIC,
        title="Jaarrapportage 2025",
        reference_day=REFERENCE_DAY,
        words_due_on=date(2026, 1, 15),
        due_on=date(2026, 2, 1),
    )


def sample_edition(report: Report | None = None, **values) -> ReportEdition:
    """A first edition, published; none of a database."""
    defaults = {
        "number": 1,
        "reason": "",
        "reference_day": REFERENCE_DAY,
        "readers": Readers.PUBLIC,
        "counted_at": COUNTED_AT,
        "published_at": datetime(2026, 2, 1, 8, 0, tzinfo=UTC),
    }
    return ReportEdition(report=report or sample_report(), **defaults | values)
