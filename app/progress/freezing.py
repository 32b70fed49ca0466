"""The clockwork counts and freezes the editions that were asked for, while others write."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.database import db, insert_new, only_reading, take_row
from app.progress import counted, frozen
from app.progress.counted import CountedReport
from app.progress.figure_lines import Members
from app.progress.models import Report, ReportEdition, ReportMember
from app.setbacks import one_by_one

STEP = 5_000
"""How many rows one transaction writes."""


def freeze_wanted_editions() -> int:
    """Count what was asked for and is not there yet, each by itself; returns how many."""
    wanted = sa.select(ReportEdition.id).where(ReportEdition.counted_at.is_(None)).order_by(ReportEdition.wanted_at)
    waiting = db.session.scalars(wanted).all()
    db.session.commit()
    return one_by_one.do_each("freeze_wanted_editions", waiting, _freeze_edition)


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
    if _take(edition_id, wanted_at) is None:
        return False
    _forget_members(edition_id)
    db.session.commit()
    rows = _rows(edition_id, found.members)
    add = insert_new(ReportMember.__table__, "edition_id", "indicator_id", "year", "member_id")
    while step := list(islice(rows, STEP)):
        if _take(edition_id, wanted_at) is None:
            return False
        db.session.execute(add, step)
        db.session.commit()
    return True


def _rows(edition_id: int, members: list[Members]) -> Iterator[dict[str, Any]]:
    for each in members:
        figure = {"edition_id": edition_id, "indicator_id": each.indicator_id, "year": each.year, "kind": each.kind}
        yield from (figure | {"member_id": member_id} for member_id in sorted(each.ids))


def _finish(edition_id: int, wanted_at: datetime, found: CountedReport, contents: dict[str, Any]) -> int | None:
    edition = _take(edition_id, wanted_at)
    if edition is None:
        return None
    there = sa.select(sa.func.count()).where(ReportMember.edition_id == edition_id)
    if db.session.scalars(there).one() != sum(len(each.ids) for each in found.members):
        _forget_members(edition_id)
        return None
    edition.contents, edition.counted_at = contents, found.contents.counted_at
    return 1


def _forget_members(edition_id: int) -> None:
    db.session.execute(sa.delete(ReportMember).where(ReportMember.edition_id == edition_id))
