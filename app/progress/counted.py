"""A whole report, counted anew for its reference day: what it says, and what each of its figures counted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import selectinload

from app import clock
from app.agendas import agendas
from app.agendas.models import AgendaTheme, OfficeKind
from app.database import db
from app.indicators import money, signs
from app.indicators.models import Aspect, Assessment, Budget, Indicator, IndicatorVersion, Measure, Sign
from app.progress import missing, reach, reports, small_numbers, theme_parts, words
from app.progress.contents import IndicatorLine, Reach, ReportContents, ThemePart, WordsSaid
from app.progress.figure_lines import Counter, Members
from app.progress.models import Part, Readers, Report, ReportWords
from app.progress.sight import Sight


@dataclass(frozen=True)
class CountedReport:
    contents: ReportContents
    members: list[Members]


def count_report(report: Report, day: date, readers: Readers | None = None) -> CountedReport:
    """What a report says on a reference day and what each figure counted, in Dutch; for everybody without what everybody
    may not read.

    Takes seconds: not inside a transaction that writes.
    """
    sight = Sight(report, day, readers or report.readers)
    with force_locale("nl"):
        counting_now = _Counting(sight)
        contents = counting_now.write()
    if sight.readers == Readers.PUBLIC:
        contents = small_numbers.hide_small_numbers(contents)
    return CountedReport(contents, counting_now.counter.members)


class _Counting:
    """What is read once for a whole report."""

    def __init__(self, sight: Sight) -> None:
        self.at, self.sight = clock.now(), sight
        self.agenda = agendas.find_agenda(sight.agenda.slug) or sight.agenda
        self.counter = Counter(sight)
        self.words = words.words_now(sight.report)
        self.rows = reports.themes_of(sight.report)
        self.reaches = reach.count_reach_of_themes(self.sight, self.rows)
        self.signs: dict[int, dict[Aspect, Assessment]] = signs.signs_now(
            signs.list_signs(self.agenda), self.sight.last
        )
        self.amounts: dict[int | None, dict[int, Budget]] = money.amounts_now(money.list_amounts(self.agenda))
        self.lines = self._write_lines()

    def _write_lines(self) -> dict[int | None, list[IndicatorLine]]:
        """Indicators by the id of their theme; under None those of the agenda, and of a theme that is not in the report."""
        wanted = (
            sa.select(Indicator)
            .where(Indicator.agenda_id == self.agenda.id)
            .order_by(Indicator.place, Indicator.id)
            .options(
                selectinload(Indicator.versions), selectinload(Indicator.targets), selectinload(Indicator.readings)
            )
        )
        there = {each.theme_id for each in self.rows}
        lines: dict[int | None, list[IndicatorLine]] = defaultdict(list)
        for each in db.session.scalars(wanted.execution_options(populate_existing=True)):
            line = self.counter.write_line(each)
            lines[each.theme_id if each.theme_id in there else None].append(line)
        return lines

    def write(self) -> ReportContents:
        sight, agenda = self.sight, self.agenda
        before = sight.before
        now, then = reach.load_map(sight, sight.year), reach.load_map(sight, before) if before else None
        promised, kept = theme_parts.count_promises(sight, sight.year)
        return ReportContents(
            title=sight.report.title,
            network=agenda.network.name,
            agenda=agenda.title,
            agenda_starts_on=agenda.starts_on,
            agenda_ends_on=agenda.ends_on,
            parties=[each.name for each in agenda.parties],
            reference_day=sight.day,
            counted_at=self.at,
            scope=sight.report.scope,
            labels={aspect: signs.label_of(agenda, aspect) for aspect in Aspect},
            meanings={sign: signs.meaning_of(agenda, sign) for sign in Sign},
            happened=_say(self.words.by_organisers.get((None, Part.HAPPENED)), sight.readers),
            next=_say(self.words.by_organisers.get((None, Part.NEXT)), sight.readers),
            year=reach.count_reach(sight, sight.year),
            before=reach.count_reach(sight, before) if before else None,
            insights=self._count_insights(),
            promised=promised,
            kept=kept,
            municipalities=now.municipalities,
            municipalities_reached=now.reached,
            municipalities_before=then.reached if then else None,
            organisations_as_of=clock.to_local(self.at).date(),
            indicators=self.lines[None],
            themes=[self._write_theme(each) for each in self.rows],
            missing=missing.tell(missing.what_is_missing(sight.report, self.words), sight.readers, self.words),
        )

    def _write_theme(self, row: AgendaTheme) -> ThemePart:
        sight, happened = self.sight, self.reaches[row.theme_id]
        sessions = theme_parts.list_sessions(row, sight)
        promised, kept = theme_parts.count_promises(sight, sight.days_of(row), row)
        return ThemePart(
            agenda_theme_id=row.id,
            name=row.theme.words,
            starts_on=row.first_day,
            ends_on=row.last_day,
            successor=theme_parts.say_successor(row, sight),
            ambition=row.ambition,
            koppel=theme_parts.list_koppel(row, sight),
            signs=theme_parts.say_signs(self.signs.get(row.theme_id, {})),
            happened=_say(self.words.by_organisers.get((row.id, Part.HAPPENED)), sight.readers),
            koppel_words=[
                said for each in self.words.by_koppels.get(row.id, []) if (said := _say(each, sight.readers))
            ],
            next=_say(self.words.by_organisers.get((row.id, Part.NEXT)), sight.readers),
            reach=happened,
            sessions=sessions,
            untold_sessions=_left(happened, len(sessions)),
            insights=theme_parts.list_insights(row, sight),
            promises=theme_parts.list_promises(row, sight),
            promised=promised,
            kept=kept,
            indicators=self.lines[row.theme_id],
            money=theme_parts.say_money(self.amounts.get(row.theme_id, {}).get(sight.last.year)),
        )

    def _count_insights(self) -> int:
        """Published in the year of the reference day until then."""
        rule = IndicatorVersion(measure=Measure.INSIGHTS, narrowing={})
        return len(self.counter.find_members(rule, self.sight.year))


def _say(written: ReportWords | None, readers: Readers) -> WordsSaid | None:
    """As whom it was written, never by whom; for everybody of an official only for which party."""
    if written is None:
        return None
    office = written.office
    if office is None:
        return WordsSaid(written.text, "", written.written_at)
    official = readers == Readers.PUBLIC and office.kind == OfficeKind.OFFICIAL
    by = office.party.name if official else words.say_office(office)
    return WordsSaid(written.text, by, written.written_at)


def _left(happened: Reach, named: int) -> int:
    return max((happened.sessions or 0) - named, 0)
