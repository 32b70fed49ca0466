"""The list behind a counted figure, as far as whoever looks may see it, and how many rows that leaves out.

Confidential sessions count, and are named to nobody here: a list is taken along and read by others.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app import clock, sheets
from app.database import db
from app.events.models import Event
from app.indicators import counting, counts
from app.indicators.counting import Period
from app.indicators.figures import Figure
from app.indicators.models import Indicator, Measure
from app.lessons.insights.models import Commitment, Insight
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.reports import small_cells
from app.reports.small_cells import Cell
from app.sheets import Sheet, TableKind

MOST_ON_A_PAGE = 200
_STEP = 10_000
"""How many ids one statement names."""


@dataclass(frozen=True)
class Row:
    """Something that counted: what it is called, a word about it, and which row it is."""

    name: str
    about: str
    id: int


@dataclass(frozen=True)
class MemberList:
    """What counted in a period, as it is now."""

    table: str
    rows: list[Row]
    total: int
    """How many counted, each once."""
    few: bool = False
    """Whether they are a handful that who looks may not know, or were in one of the years that are counted apart."""

    @property
    def hidden(self) -> int:
        return self.total - len(self.rows)


def list_members(indicator: Indicator, period: Period, viewer: Viewer) -> MemberList | None:
    """The list behind a figure; None where figures are entered by hand, or nothing can be counted yet."""
    version = counts.version_for(indicator, period)
    if not counting.is_countable(version.measure):
        return None
    slices = counting.slices_of(version.combining, period)
    all_of_them = [counting.find_members(version, each) for each in slices]
    seen = {row for each in slices for row in counting.find_members(version, each, viewer)}
    table = counting.TABLES[version.measure]
    rows = name_rows(table, seen)
    kept_from = version.measure in counting.TELLING and not counting.knows_all(version, viewer)
    few = kept_from and any(small_cells.is_small(len(each)) for each in all_of_them)
    return MemberList(table, rows, len(set().union(*all_of_them)), few)


def name_rows(table: str, ids: Collection[int]) -> list[Row]:
    """What rows of a table are called today, by name; whoever asks has seen to it that these may be known."""
    rows = [row for step in in_steps(sorted(ids)) for row in _ROWS[table](step)]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def in_steps(ids: Sequence[int]) -> list[Sequence[int]]:
    """Ids in parts that one statement can name."""
    return [ids[at : at + _STEP] for at in range(0, len(ids), _STEP)]


def _people(ids: Collection[int]) -> list[Row]:
    wanted = sa.select(Person.id, Person.name).where(Person.id.in_(ids))
    return [Row(name, "", person_id) for person_id, name in db.session.execute(wanted)]


def _organisations(ids: Collection[int]) -> list[Row]:
    wanted = sa.select(Organisation.id, Organisation.name, Organisation.kind).where(Organisation.id.in_(ids))
    return [Row(name, str(kind.words), organisation_id) for organisation_id, name, kind in db.session.execute(wanted)]


def _events(ids: Collection[int]) -> list[Row]:
    events = db.session.scalars(sa.select(Event).where(Event.id.in_(ids)))
    return [Row(each.title, _day(each), each.id) for each in events]


def _commitments(ids: Collection[int]) -> list[Row]:
    wanted = sa.select(Commitment).where(Commitment.id.in_(ids)).options(joinedload(Commitment.event))
    return [Row(each.what, each.event.title, each.id) for each in db.session.scalars(wanted)]


def _insights(ids: Collection[int]) -> list[Row]:
    wanted = sa.select(Insight).where(Insight.id.in_(ids)).options(joinedload(Insight.impression))
    return [Row(each.title, each.impression.title, each.id) for each in db.session.scalars(wanted)]


def _day(event: Event) -> str:
    return clock.to_local(event.starts_at, event.zone).strftime("%d-%m-%Y")


_ROWS = {
    "people": _people,
    "organisations": _organisations,
    "events": _events,
    "commitments": _commitments,
    "insights": _insights,
}


def count_kinds(indicator: Indicator, period: Period, viewer: Viewer) -> dict[str, int | None]:
    """People who counted, each once, by the kind of organisation from which they came last; nothing of other figures.

    None is a number that who looks may not know; nothing at all where their total would give one away.
    """
    version = counts.version_for(indicator, period)
    if version.measure != Measure.PEOPLE:
        return {}
    slices = [counting.find_kinds(version, each) for each in counting.slices_of(version.combining, period)]
    kinds = {person_id: kind for each in slices for person_id, kind in each.items()}
    counted = dict(Counter(kinds.values()).most_common())
    if counting.knows_all(version, viewer):
        return {**counted}
    cells, total = small_cells.suppress([Cell(each, 0) for each in counted.values()], Cell(len(kinds), 0))
    told = {kind: None if cell.hidden else cell.total for kind, cell in zip(counted, cells, strict=True)}
    return {} if total.hidden or any(small_cells.is_small(len(each)) for each in slices) else told


def say_hidden(members: MemberList) -> str:
    """How many rows whoever looks may not see; nothing when they see all. Of a handful they read no number."""
    if not members.hidden:
        return ""
    if members.few:
        return gettext("niet iedereen wordt aan jou getoond")
    return gettext("%(count)s niet aan jou getoond", count=members.hidden)


def write_members(kind: TableKind, figure: Figure, members: MemberList, viewer: Viewer) -> bytes:
    """The list as a table, with what it leaves out."""
    figures: list[tuple[str, str | int]] = [
        (gettext("Indicator"), figure.indicator.name),
        (gettext("Wat telt"), figure.version.definition),
        (gettext("Gerealiseerd"), figure.realised_for(viewer)),
        (gettext("Regels in deze lijst"), len(members.rows)),
        (gettext("Niet getoond"), say_hidden(members) or gettext("geen")),
    ]
    rows = [(row.name, row.about) for row in members.rows]
    return sheets.write(
        kind,
        Sheet(gettext("Cijfer"), figures),
        Sheet(gettext("Lijst"), rows, (gettext("Naam"), gettext("Waarover"))),
    )
