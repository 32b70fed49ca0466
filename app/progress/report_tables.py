"""The figures of a frozen report as tables: each number as a number, what is left out in the words of the page."""

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext

from app import sheets, wording
from app.indicators.figure_words import say_target
from app.indicators.models import Aspect
from app.progress.contents import Amount, IndicatorLine, PeriodFigure, ReportContents
from app.progress.indicator_words import aim_of, met_words, say_amount, value_of
from app.progress.report_blocks import list_comparison, say_attendances, say_left_out
from app.progress.theme_blocks import money_heading, money_of
from app.sheets import Row, Sheet, TableKind


def write_report_sheets(kind: TableKind, contents: ReportContents) -> bytes:
    """Overview, indicators, signs, money, sessions and municipalities, a sheet each."""
    return sheets.write(
        kind,
        Sheet(gettext("Overzicht"), list(_overview(contents))),
        _indicators(contents),
        _targets(contents),
        _signs(contents),
        _money(contents),
        _sessions(contents),
        _municipalities(contents),
    )


def _overview(contents: ReportContents) -> Iterator[Row]:
    """Both moments, and the year beside the one before."""
    yield gettext("Agenda"), contents.agenda, ""
    yield gettext("Stand op"), wording.format_day(contents.reference_day), ""
    yield gettext("Geteld op"), wording.format_day_and_hour(contents.counted_at), ""
    yield gettext("Wat meetelt"), str(contents.scope.words), ""
    year = contents.reference_day.year
    yield gettext("Wat"), str(year), gettext("%(year)s, dezelfde dagen", year=year - 1) if contents.before else ""
    for words, now, before in list_comparison(contents, contents.before):
        yield words, _number(now), _number(before) if contents.before else ""
    yield gettext("Inzichten"), contents.insights, ""
    yield gettext("Afspraken"), contents.promised, ""
    yield gettext("Afspraken die gedaan zijn"), contents.kept, ""


def _number(number: int | None) -> str | int:
    return say_left_out() if number is None else number


def _lines(contents: ReportContents) -> Iterator[tuple[str, IndicatorLine]]:
    """Each indicator with its theme; those of the agenda as a whole first."""
    for line in contents.indicators:
        yield gettext("de hele agenda"), line
    for theme in contents.themes:
        for line in theme.indicators:
            yield theme.name, line


def _figures(line: IndicatorLine) -> list[PeriodFigure]:
    return [*([line.before] if line.before else []), line.year, line.agenda]


def _period(figure: PeriodFigure) -> str | int:
    return figure.year or gettext("hele agenda")


def _indicators(contents: ReportContents) -> Sheet:
    heading = (
        gettext("Thema"), gettext("Indicator"), gettext("Eenheid"), gettext("Soort"), gettext("Verplicht"),
        gettext("Periode"), gettext("Streefwaarde"), gettext("Richting"), gettext("Gerealiseerd"), gettext("Deel"),
        gettext("Geheel"), gettext("Hoe het staat"), gettext("Verwachting"), gettext("Regels achter het cijfer"),
        gettext("Wat telt"), gettext("Wie gaat erover"),
    )  # fmt: skip
    rows = [_indicator(contents, theme, line, figure) for theme, line in _lines(contents) for figure in _figures(line)]
    return Sheet(gettext("Indicatoren"), rows, heading)


def _indicator(contents: ReportContents, theme: str, line: IndicatorLine, figure: PeriodFigure) -> Row:
    aim, amount = aim_of(figure), figure.realised
    is_part = amount is not None and amount.whole is not None
    return (
        theme,
        line.name,
        line.unit,
        str(line.result.words),
        gettext("ja") if line.mandatory else gettext("nee"),
        _period(figure),
        say_target(figure.target, line) if aim is None else aim,
        str(line.direction.words),
        _amount(amount),
        amount.part if amount and amount.part is not None and is_part else "",
        amount.whole if amount and amount.whole is not None else "",
        met_words(contents, line, figure),
        _amount(figure.forecast) if figure.forecast else "",
        "" if figure.members is None else figure.members,
        line.definition,
        line.owner,
    )


def _amount(amount: Amount | None) -> str | Decimal:
    value = value_of(amount)
    return say_amount(amount) if value is None else value


def _targets(contents: ReportContents) -> Sheet:
    """Every target, also those that another came instead of, and those decided after the reference day."""
    heading = (
        gettext("Thema"), gettext("Indicator"), gettext("Periode"), gettext("Streefwaarde"), gettext("Besloten"),
        gettext("Besluit"), gettext("Waarom"),
    )  # fmt: skip
    rows = [
        (
            theme,
            line.name,
            _period(figure),
            say_target(each, line),
            each.decided_on.isoformat(),
            each.decision,
            each.reason,
        )
        for theme, line in _lines(contents)
        for figure in _figures(line)
        for each in (*figure.earlier_targets, figure.target, *figure.later_targets)
        if each
    ]
    return Sheet(gettext("Streefwaarden"), rows, heading)


def _signs(contents: ReportContents) -> Sheet:
    heading = (
        gettext("Thema"), gettext("Waarover"), gettext("Teken"), gettext("Wat dat betekent"), gettext("Gezet op"),
        gettext("Oorzaak"), gettext("Gevolg"), gettext("Wat we doen"),
    )  # fmt: skip
    rows = [
        (
            theme.name,
            contents.labels[each.aspect],
            str(each.sign.words),
            contents.meanings[each.sign],
            each.day.isoformat(),
            each.cause,
            each.consequence,
            each.correction,
        )
        for theme in contents.themes
        for each in sorted(theme.signs, key=lambda sign: list(Aspect).index(sign.aspect))
    ]
    return Sheet(gettext("Tekens"), rows, heading)


def _money(contents: ReportContents) -> Sheet:
    """In thousands of euros, as printed."""
    heading = (gettext("Thema"), gettext("Jaar"), *money_heading(), gettext("Bron"))
    rows = [
        (
            theme.name,
            contents.reference_day.year,
            *("" if each is None else each for each in money_of(theme.money)),
            theme.money.source,
        )
        for theme in contents.themes
        if theme.money
    ]
    return Sheet(gettext("Geld, in duizenden euro’s"), rows, heading)


def _sessions(contents: ReportContents) -> Sheet:
    heading = (
        gettext("Thema"), gettext("Sessie"), gettext("Dag"), gettext("Plaats"), gettext("Mensen"),
        gettext("Organisaties"), gettext("Adres"),
    )  # fmt: skip
    rows = [
        (
            theme.name,
            each.title,
            each.day.isoformat(),
            wording.say_place(each.place, online=each.online),
            _number(each.people),
            _number(each.organisations),
            each.address,
        )
        for theme in contents.themes
        for each in theme.sessions
    ]
    return Sheet(gettext("Sessies"), rows, heading)


def _municipalities(contents: ReportContents) -> Sheet:
    heading = (
        gettext("Gemeente"),
        gettext("Regio"),
        gettext("Keer aanwezig in %(year)s", year=contents.reference_day.year),
    )
    rows = [
        (each.name, each.region, say_attendances(each) if each.attendances < 0 else each.attendances)
        for each in contents.municipalities
    ]
    return Sheet(gettext("Gemeenten"), rows, heading)
