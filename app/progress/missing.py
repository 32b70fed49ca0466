"""What a report lacks before it is frozen, each in words, with where it is mended; nobody's name is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app import clock
from app.agendas import koppels
from app.agendas.models import Agenda, AgendaTheme
from app.indicators import by_hand, counts, figures, money, signs
from app.indicators.figures import Figure
from app.indicators.models import Aim, Aspect, Budget, Indicator, Measure, ReadingKind
from app.progress import reports, words
from app.progress.models import Part, Report, ReportKind
from app.progress.words import WordsNow
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
class Missing:
    """One thing that is not there, of a theme or of the agenda as a whole."""

    lack: Lack
    says: str
    row: AgendaTheme | None = None
    indicator: Indicator | None = None
    place: koppels.Place | None = None

    @property
    def words(self) -> str:
        """The same where it stands apart from its theme."""
        return f"{self.row.theme.words}: {self.says}" if self.row else self.says


def what_is_missing(report: Report, now: WordsNow | None = None) -> list[Missing]:
    """All of it, of the agenda as a whole first, then theme by theme; in a fixed number of statements."""
    now = now or words.words_now(report)
    agenda, day = report.agenda, report.reference_day
    year = figures.group_by_theme(figures.list_figures(agenda, report.reference_day.year))
    whole = figures.group_by_theme(figures.list_figures(agenda))
    set_signs, first = signs.list_signs(agenda), reports.first_day_of_period(report)
    amounts = money.amounts_now(money.list_amounts(agenda))
    found = [*_words_of(report, None, now), *_of_figures(None, day, year[None], whole[None])]
    for row in reports.themes_of(report):
        theme = row.theme_id
        set_now = {
            each.aspect for each in set_signs if each.theme_id == theme and first <= each.day <= report.reference_day
        }
        found += _words_of(report, row, now)
        found += _of_koppel(report, row, now)
        found += _of_figures(row, day, year[theme], whole[theme])
        found += _of_signs(agenda, row, set_now)
        found += _of_money(report, row, amounts.get(theme, {}).get(report.reference_day.year))
    return found


def _words_of(report: Report, row: AgendaTheme | None, now: WordsNow) -> Iterator[Missing]:
    says = {
        Part.HAPPENED: gettext("Er staat nog niet wat er is gebeurd."),
        Part.NEXT: gettext("Er staat nog niet wat we gaan doen."),
    }
    for part in words.parts_of(report, row):
        if (row.id if row else None, part) not in now.by_organisers:
            yield Missing(Lack.WORDS, says[part], row)


def _of_koppel(report: Report, row: AgendaTheme, now: WordsNow) -> Iterator[Missing]:
    """Who stood there on the reference day, today before that; whoever stands there today writes."""
    for place in koppels.list_places(row, min(report.reference_day, clock.today(), row.last_day)):
        if place.holder is None:
            says = gettext("Vacant: %(kind)s, %(party)s.", kind=place.kind.words, party=place.party.name)
            yield Missing(Lack.VACANT, says, row, place=place)
    for place in koppels.list_places(row):
        if place.holder and now.of_place(place.holder) is None:
            says = gettext("Nog geen woord van %(office)s.", office=words.say_office(place.holder))
            yield Missing(Lack.KOPPEL_WORDS, says, row, place=place)


def _of_figures(row: AgendaTheme | None, day: date, year: list[Figure], whole: list[Figure]) -> Iterator[Missing]:
    """Until the reference date, as the report looks."""
    if row and not year:
        yield Missing(Lack.NO_INDICATOR, gettext("Nog geen indicator."), row)
    for this_year, all_years in zip(year, whole, strict=True):
        indicator = this_year.indicator
        version = counts.version_on(indicator, day)
        if not _is_decided(this_year, day) and not _is_decided(all_years, day):
            says = gettext("‘%(name)s’ heeft nog geen streefwaarde.", name=indicator.name)
            yield Missing(Lack.TARGET, says, row, indicator)
        if version.measure == Measure.BY_HAND and not _has_reading(indicator, day):
            says = gettext("‘%(name)s’ heeft nog geen cijfer van %(year)s.", name=indicator.name, year=day.year)
            yield Missing(Lack.READING, says, row, indicator)
        if not version.owner:
            says = gettext("‘%(name)s’ heeft geen eigenaar.", name=indicator.name)
            yield Missing(Lack.OWNER, says, row, indicator)


def _is_decided(figure: Figure, day: date) -> bool:
    """Whether it was said by a day what is aimed for; 'not known yet' has still to be said."""
    targets = [*figure.earlier_targets, *([figure.target] if figure.target else [])]
    held = [each for each in targets if each.decided_on <= day]
    return bool(held) and held[-1].aim != Aim.UNKNOWN


def _has_reading(indicator: Indicator, day: date) -> bool:
    """Whether somebody entered a figure of the year of a day until then."""
    found = by_hand.last_reading(indicator.readings, ReadingKind.REALISED, date(day.year, 1, 1), day)
    return found is not None


def _of_signs(agenda: Agenda, row: AgendaTheme, set_now: set[Aspect]) -> Iterator[Missing]:
    lacking = [signs.label_of(agenda, aspect) for aspect in Aspect if aspect not in set_now]
    if lacking:
        says = gettext("Nog geen teken in deze periode voor %(names)s.", names=", ".join(lacking))
        yield Missing(Lack.SIGNS, says, row)


def _of_money(report: Report, row: AgendaTheme, amounts: Budget | None) -> Iterator[Missing]:
    year = report.reference_day.year
    if amounts is None:
        yield Missing(Lack.MONEY, gettext("Nog geen bedragen van %(year)s.", year=year), row)
    elif report.kind == ReportKind.YEARLY and amounts.realised is None:
        yield Missing(Lack.MONEY, gettext("Nog niet bekend wat er in %(year)s is uitgegeven.", year=year), row)
