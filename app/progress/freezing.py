"""The clockwork counts and freezes the editions that were asked for, while others write."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.database import db, insert_new, only_reading, take_row
from app.progress import counted, frozen
from app.progress.counted import CountedReport
from app.progress.figure_lines import Members
from app.progress.models import Report, ReportEdition, ReportMembers
from app.setbacks import one_by_one

JOB = "freeze_wanted_editions"


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
    """A transaction for each figure; whether nobody came between."""
    if _take(edition_id, wanted_at) is None:
        return False
    db.session.execute(sa.delete(ReportMembers).where(ReportMembers.edition_id == edition_id))
    db.session.commit()
    add = insert_new(ReportMembers.__table__, "edition_id", "indicator_id", "year")
    for each in found.members:
        if _take(edition_id, wanted_at) is None:
            return False
        db.session.execute(add, _row_of_members(edition_id, each))
        db.session.commit()
    return True


def _row_of_members(edition_id: int, figure: Members) -> dict[str, Any]:
    of = {"edition_id": edition_id, "indicator_id": figure.indicator_id, "year": figure.year}
    return {**of, "kind": figure.kind, "ids": sorted(figure.ids)}


def _finish(edition_id: int, wanted_at: datetime, found: CountedReport, contents: dict[str, Any]) -> int | None:
    edition = _take(edition_id, wanted_at)
    if edition is None:
        return None
    lengths = sa.func.sum(sa.func.json_array_length(ReportMembers.ids))
    there = db.session.scalar(sa.select(lengths).where(ReportMembers.edition_id == edition_id))
    if (there or 0) != sum(len(each.ids) for each in found.members):
        return None
    edition.contents, edition.counted_at = contents, found.contents.counted_at
    return 1
