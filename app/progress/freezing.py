"""The clockwork counts and freezes the editions that were asked for, while others write."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.database import db, insert_new, only_reading, rows_changed, take_row
from app.progress import counted, frozen
from app.progress.counted import CountedReport
from app.progress.figure_lines import Members
from app.progress.models import Report, ReportEdition, ReportMember
from app.setbacks import one_by_one

JOB = "freeze_wanted_editions"
STEP = 5_000
"""How many rows one transaction writes."""


def freeze_wanted_editions() -> int:
    """Count what was asked for and is not there yet, each by itself; returns how many."""
    wanted = sa.select(ReportEdition.id).where(ReportEdition.counted_at.is_(None)).order_by(ReportEdition.wanted_at)
    waiting = db.session.scalars(wanted).all()
    db.session.commit()
    return one_by_one.do_each(JOB, waiting, _freeze_edition)


def has_failed(edition: ReportEdition) -> bool:
    """Whether counting it went wrong; it is tried again, less and less often."""
    return edition.counted_at is None and str(edition.id) in one_by_one.noted_items(JOB)


def _freeze_edition(edition_id: int) -> int | None:
    """Count while others write, then write what each figure counted in small steps, and at last what the report says.

    Whoever asks anew meanwhile overtakes it. Two workers at once only do it twice: what of both got mixed is given up.
    """
    with only_reading():
        edition = db.session.scalar(_select(edition_id))
        if edition is None:
            return None
        wanted_at = edition.wanted_at
        found = counted.count_report(edition.report, edition.reference_day, edition.readers)
        contents = frozen.freeze_contents(found.contents)
    if not _write_members(edition_id, wanted_at, found):
        return None
    return _finish(edition_id, wanted_at, found, contents)


def _select(edition_id: int) -> sa.Select[ReportEdition]:
    return (
        sa.select(ReportEdition)
        .where(ReportEdition.id == edition_id, ReportEdition.counted_at.is_(None))
        .options(joinedload(ReportEdition.report).joinedload(Report.agenda))
        .execution_options(populate_existing=True)
    )


def _take(edition_id: int, wanted_at: datetime) -> ReportEdition | None:
    """The edition while it still waits for what was counted."""
    waits = (ReportEdition.counted_at.is_(None), ReportEdition.wanted_at == wanted_at)
    return take_row(ReportEdition, edition_id, *waits)


def _write_members(edition_id: int, wanted_at: datetime, found: CountedReport) -> bool:
    """A transaction for each step; whether nobody came between."""
    while _forget_some_members(edition_id, wanted_at):
        db.session.commit()
    for step in _steps(found.members):
        if _take(edition_id, wanted_at) is None:
            return False
        for each, ids in step:
            _add_members(edition_id, each, ids)
        db.session.commit()
    return True


def _steps(members: list[Members]) -> Iterator[list[tuple[Members, list[int]]]]:
    """What each figure counted, in parts that one transaction writes."""
    step: list[tuple[Members, list[int]]] = []
    size = 0
    for each in members:
        numbers = sorted(each.ids)
        for start in range(0, len(numbers), STEP):
            ids = numbers[start : start + STEP]
            if step and size + len(ids) > STEP:
                yield step
                step, size = [], 0
            step.append((each, ids))
            size += len(ids)
    if step:
        yield step


def _add_members(edition_id: int, figure: Members, ids: list[int]) -> None:
    (member_id,) = _select_ids(ids).subquery().c
    row = sa.select(
        sa.literal(edition_id),
        sa.literal(figure.indicator_id),
        sa.literal(figure.year),
        sa.literal(str(figure.kind)),
        member_id,
    )
    add = insert_new(ReportMember.__table__, "edition_id", "indicator_id", "year", "member_id")
    db.session.execute(add.from_select(_COLUMNS, row.where(member_id.is_not(None))))


_COLUMNS = ("edition_id", "indicator_id", "year", "kind", "member_id")


def _select_ids(ids: Iterable[int]) -> sa.Select[int]:
    """A SELECT of these numbers, sent as one value: of a hundred thousand, sending each by itself takes seconds."""
    one_value = sa.literal(list(ids), sa.JSON)
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    taken_apart = sa.func.json_array_elements_text if on_postgresql else sa.func.json_each
    numbers = taken_apart(one_value).table_valued("value").c.value
    return sa.select(sa.cast(numbers, sa.Integer).label("id"))


def _finish(edition_id: int, wanted_at: datetime, found: CountedReport, contents: dict[str, Any]) -> int | None:
    edition = _take(edition_id, wanted_at)
    if edition is None:
        return None
    there = sa.select(sa.func.count()).where(ReportMember.edition_id == edition_id)
    if db.session.scalars(there).one() != sum(len(each.ids) for each in found.members):
        return None
    edition.contents, edition.counted_at = contents, found.contents.counted_at
    return 1


def _forget_some_members(edition_id: int, wanted_at: datetime) -> bool:
    """Of what was counted before, as many as one transaction writes; whether there was anything, and nobody came between."""
    if _take(edition_id, wanted_at) is None:
        return False
    which = (ReportMember.indicator_id, ReportMember.year, ReportMember.member_id)
    mine = ReportMember.edition_id == edition_id
    some = sa.select(*which).where(mine).limit(STEP)
    return rows_changed(sa.delete(ReportMember).where(mine, sa.tuple_(*which).in_(some))) > 0
