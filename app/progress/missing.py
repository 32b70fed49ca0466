"""What a report lacks before it is frozen, each in words, with where it is mended; nobody's name is in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from app import clock
from app.agendas import koppels
from app.agendas.models import Agenda, AgendaTheme, OfficeKind
from app.indicators import by_hand, counts, figures, money, signs
from app.indicators.figures import Figure
from app.indicators.models import Aim, Aspect, Budget, Indicator, Measure, ReadingKind
from app.progress import lack_words, reports, words
from app.progress.contents import Lack, Lacking
from app.progress.models import Readers, Report, ReportKind
from app.progress.words import WordsNow


@dataclass(frozen=True)
class Missing:
    """One thing that is not there, of a theme or of the agenda as a whole."""

    lack: Lack
    year: int
    row: AgendaTheme | None = None
    indicator: Indicator | None = None
    place: koppels.Place | None = None
    name: str = ""

    @property
    def says(self) -> str:
        return lack_words.say_lack(self.lack, self.name, self.year)

    @property
    def is_executive(self) -> bool:
        return self.place is not None and self.place.kind == OfficeKind.EXECUTIVE

    @property
    def value(self) -> Lacking:
        return Lacking(self.lack, self.row.theme.words if self.row else "", self.name)

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
        found += _of_signs(agenda, row, day.year, set_now)
        found += _of_money(report, row, amounts.get(theme, {}).get(report.reference_day.year))
    return found


def tell(found: list[Missing], readers: Readers, now: WordsNow) -> list[Lacking]:
    """What a report says of it: nobody is named of a koppel, which lacks nothing once somebody of it wrote.

    Everybody reads what is not in it, and nothing about officials or work to be done.
    """
    told = []
    for each in found:
        if each.lack == Lack.KOPPEL_WORDS:
            told += [replace(each.value, name="")] if each.row and each.row.id not in now.by_koppels else []
        elif readers == Readers.INTERNAL or each.lack == Lack.READING or each.is_executive:
            told.append(each.value)
    return list(dict.fromkeys(told))


def _words_of(report: Report, row: AgendaTheme | None, now: WordsNow) -> Iterator[Missing]:
    for part in words.parts_of(report, row):
        if (row.id if row else None, part) not in now.by_organisers:
            yield Missing(Lack.WORDS, report.reference_day.year, row, name=part)


def _of_koppel(report: Report, row: AgendaTheme, now: WordsNow) -> Iterator[Missing]:
    """Who stood there on the reference day, today before that; whoever stands there today writes."""
    year = report.reference_day.year
    for place in koppels.list_places(row, min(report.reference_day, clock.today(), row.last_day)):
        if place.holder is None:
            yield Missing(Lack.VACANT, year, row, place=place, name=f"{place.kind.words}, {place.party.name}")
    for place in koppels.list_places(row):
        if place.holder and now.of_place(place.holder) is None:
            yield Missing(Lack.KOPPEL_WORDS, year, row, place=place, name=words.say_office(place.holder))


def _of_figures(row: AgendaTheme | None, day: date, year: list[Figure], whole: list[Figure]) -> Iterator[Missing]:
    """Until the reference date, as the report looks."""
    if row and not year:
        yield Missing(Lack.NO_INDICATOR, day.year, row)
    for this_year, all_years in zip(year, whole, strict=True):
        indicator = this_year.indicator
        version = counts.version_on(indicator, day)
        if not _is_decided(this_year, day) and not _is_decided(all_years, day):
            yield Missing(Lack.TARGET, day.year, row, indicator, name=indicator.name)
        if version.measure == Measure.BY_HAND and not _has_reading(indicator, day):
            yield Missing(Lack.READING, day.year, row, indicator, name=indicator.name)
        if not version.owner:
            yield Missing(Lack.OWNER, day.year, row, indicator, name=indicator.name)


def _is_decided(figure: Figure, day: date) -> bool:
    """Whether it was said by a day what is aimed for; 'not known yet' has still to be said."""
    targets = [*figure.earlier_targets, *([figure.target] if figure.target else [])]
    held = [each for each in targets if each.decided_on <= day]
    return bool(held) and held[-1].aim != Aim.UNKNOWN


def _has_reading(indicator: Indicator, day: date) -> bool:
    """Whether somebody entered a figure of the year of a day until then."""
    found = by_hand.last_reading(indicator.readings, ReadingKind.REALISED, date(day.year, 1, 1), day)
    return found is not None


def _of_signs(agenda: Agenda, row: AgendaTheme, year: int, set_now: set[Aspect]) -> Iterator[Missing]:
    lacking = [signs.label_of(agenda, aspect) for aspect in Aspect if aspect not in set_now]
    if lacking:
        yield Missing(Lack.SIGNS, year, row, name=", ".join(lacking))


def _of_money(report: Report, row: AgendaTheme, amounts: Budget | None) -> Iterator[Missing]:
    year = report.reference_day.year
    if amounts is None:
        yield Missing(Lack.MONEY, year, row)
    elif report.kind == ReportKind.YEARLY and amounts.realised is None:
        yield Missing(Lack.MONEY, year, row, name=lack_words.SPENT)
