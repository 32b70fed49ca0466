"""The list behind a frozen figure: who and what it counted then, by the names they have now, for whoever may know them.

A report keeps ids alone. Who was erased since has no name any more, and the figure stands all the same.
"""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import aliased

from app import sheets
from app.database import db
from app.indicators import counted_organisations, counting, counts, member_lists
from app.indicators.counting import Period
from app.indicators.member_lists import Row
from app.indicators.models import Indicator, IndicatorVersion
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.progress import editions, figure_lines
from app.progress.contents import IndicatorLine, PeriodFigure, ReportContents
from app.progress.models import MemberKind, ReportEdition, ReportMembers
from app.progress.sight import Sight
from app.sheets import Sheet, TableKind

TABLES = {
    MemberKind.SESSION: "events",
    MemberKind.PERSON: "people",
    MemberKind.ORGANISATION: "organisations",
    MemberKind.COMMITMENT: "commitments",
    MemberKind.INSIGHT: "insights",
}


@dataclass(frozen=True)
class FrozenList:
    """What a figure counted when it was frozen, as far as whoever looks may know it now."""

    title: str
    """What the report was called then."""
    line: IndicatorLine
    figure: PeriodFigure
    kind: MemberKind
    rows: list[Row]
    total: int
    erased: int
    """Of how many nothing is left."""
    changed: int
    """How many count no more since something was put right."""
    hidden: int
    """How many whoever looks may not know."""
    few: bool
    """Whether they are a handful that whoever looks may not know."""
    counts_otherwise: bool
    """Whether the indicator goes by another rule since."""

    @property
    def joined(self) -> int:
        """How many became one with another of them since."""
        return self.total - len(self.rows) - self.erased - self.changed - self.hidden


def list_frozen_members(edition: ReportEdition, indicator_id: int, year: int, viewer: Viewer) -> FrozenList | None:
    """The list behind a figure of an edition; None where it has none.

    Who was there only behind closed doors is named to nobody, as in the list behind the figure of today.
    """
    contents = editions.contents_for(edition, viewer)
    found = find_figure(contents, indicator_id, year)
    indicator = db.session.get(Indicator, indicator_id)
    if found is None or indicator is None or found[1].measure not in figure_lines.KINDS:
        return None
    line, figure = found
    rule = db.session.get_one(IndicatorVersion, figure.version_id)
    ids, kind = _read_members(edition, indicator_id, year), figure_lines.KINDS[rule.measure]
    there = _find_there(kind, ids)
    sight = Sight(edition.report, edition.reference_day, edition.readers)
    period = sight.period_of(year or None)
    counts_now, seen = _find_now(rule, sight, period, viewer)
    still = [now for now in there.values() if now in counts_now]
    return FrozenList(
        title=contents.title,
        line=replace(line, definition=rule.definition),
        figure=figure,
        kind=kind,
        rows=member_lists.name_rows(TABLES[kind], seen.intersection(still)),
        total=len(ids),
        erased=len(ids) - len(there),
        changed=len(there) - len(still),
        hidden=sum(each not in seen for each in still),
        few=rule.measure in counting.TELLING and figure.members is None,
        counts_otherwise=counts.version_for(indicator, period) is not rule,
    )


def find_figure(contents: ReportContents, indicator_id: int, year: int) -> tuple[IndicatorLine, PeriodFigure] | None:
    """One figure of a report; `year` is counts.WHOLE over the whole agenda."""
    for line in (*contents.indicators, *(line for each in contents.themes for line in each.indicators)):
        for figure in filter(None, (line.year, line.before, line.agenda)):
            if (line.indicator_id, figure.year or counts.WHOLE) == (indicator_id, year):
                return line, figure
    return None


def _read_members(edition: ReportEdition, indicator_id: int, year: int) -> list[int]:
    found = db.session.get(ReportMembers, (edition.id, indicator_id, year))
    return found.ids if found else []


def _find_there(kind: MemberKind, ids: list[int]) -> dict[int, int]:
    """Those of these rows that there still are, with what each is now: two people or organisations may have become one."""
    table = db.metadata.tables[TABLES[kind]]
    wanted = sa.select(table.c.id, table.c.id)
    if kind == MemberKind.PERSON:
        today = aliased(Person)
        is_today = today.id == sa.func.coalesce(Person.merged_into_id, Person.id)
        wanted = sa.select(Person.id, today.id).join(today, is_today).where(today.erased_at.is_(None))
    found: dict[int, int] = {}
    for step in member_lists.in_steps(sorted(ids)):
        found.update(db.session.execute(wanted.where(table.c.id.in_(step))).all())
    if kind == MemberKind.ORGANISATION:
        today_of = counted_organisations.read_what_each_is_today()
        return {each: today_of[each] for each in found}
    return found


def _find_now(version: IndicatorVersion, sight: Sight, period: Period, viewer: Viewer) -> tuple[set[int], set[int]]:
    """What the rule of then finds today in that period, and what of it whoever looks may see."""
    rule = figure_lines.narrow_rule(version, sight.only_network)
    slices = counting.slices_of(version.combining, period)
    now = set[int]().union(*(counting.find_members(rule, each) for each in slices))
    return now, set[int]().union(*(counting.find_members(rule, each, viewer) for each in slices))


def say_rule(found: FrozenList) -> str:
    """That the list goes by a rule which the indicator has no more; else nothing."""
    if not found.counts_otherwise:
        return ""
    return gettext("Deze indicator telt sindsdien anders. De lijst volgt de regel van toen.")


def say_left_out(found: FrozenList) -> str:
    """What the list leaves out and why; of a handful no number."""
    if found.few:
        return gettext("Niet iedereen wordt aan jou getoond.") if found.total > len(found.rows) else ""
    said = []
    if found.hidden:
        said.append(gettext("%(count)s niet aan jou getoond.", count=found.hidden))
    if found.joined:
        said.append(
            ngettext(
                "%(num)s is sindsdien samengegaan met een ander in deze lijst.",
                "%(num)s zijn sindsdien samengegaan met een ander in deze lijst.",
                found.joined,
            )
        )
    if found.erased:
        said.append(
            ngettext(
                "%(num)s is sinds het vastleggen gewist.", "%(num)s zijn sinds het vastleggen gewist.", found.erased
            )
        )
    if found.changed:
        said.append(
            ngettext(
                "%(num)s telt nu niet meer mee, omdat er iets is verbeterd.",
                "%(num)s tellen nu niet meer mee, omdat er iets is verbeterd.",
                found.changed,
            )
        )
    return " ".join(said)


def write_frozen_members(kind: TableKind, edition: ReportEdition, found: FrozenList) -> bytes:
    """The list as a table, with what it leaves out."""
    figures: list[tuple[str, str | int]] = [
        (gettext("Rapportage"), found.title),
        (gettext("Uitgave"), edition.number),
        (gettext("Peildatum"), edition.reference_day.isoformat()),
        (gettext("Geteld op"), edition.counted_at.isoformat(timespec="minutes") if edition.counted_at else ""),
        (gettext("Indicator"), found.line.name),
        (gettext("Wat telt"), found.line.definition),
        (gettext("Regel"), say_rule(found) or gettext("als nu")),
        (gettext("Regels in deze lijst"), len(found.rows)),
        (gettext("Niet getoond"), say_left_out(found) or gettext("geen")),
    ]
    rows = [(row.name, row.about) for row in found.rows]
    heading = (gettext("Naam"), gettext("Waarover"))
    return sheets.write(kind, Sheet(gettext("Cijfer"), figures), Sheet(gettext("Lijst"), rows, heading))
