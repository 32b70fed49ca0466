"""Counts that are kept: pages read these, the clockwork makes them, and an organiser may ask for them now."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.database import db, insert_or_update, only_reading
from app.indicators import counting
from app.indicators.counting import Period
from app.indicators.models import Count, Indicator, IndicatorVersion
from app.setbacks import one_by_one

WHOLE = 0
"""The year of a count over the whole agenda."""
KEEP_FOR = timedelta(hours=1)
"""How long a count is good enough for the clockwork."""
STALE_AFTER = timedelta(days=1)
"""From when on a page says of a count that it is old."""


def version_on(indicator: Indicator, day: date) -> IndicatorVersion:
    """The rule that holds on a day: the last one that had begun, before the first that one."""
    begun = [each for each in indicator.versions if each.valid_from <= day]
    return begun[-1] if begun else indicator.versions[0]


def periods_of(indicator: Indicator) -> dict[int, Period]:
    """Each year of the agenda that has begun, and all of it."""
    whole = Period(indicator.agenda.starts_on, indicator.agenda.ends_on)
    begun = {each.first.year: each for each in whole.years if each.first <= clock.today()}
    return {WHOLE: whole} | begun


def version_for(indicator: Indicator, period: Period) -> IndicatorVersion:
    """By which rule a period is counted: the one at its end, or of today while it lasts."""
    return version_on(indicator, min(period.last, clock.today()))


def count_now(indicator: Indicator) -> None:
    """Count an indicator in each of its periods, while others write, and keep that."""
    at = clock.now()
    with only_reading():
        counted = {
            year: counting.count_indicator(version_for(indicator, period), indicator, period)
            for year, period in periods_of(indicator).items()
        }
    for year, each in counted.items():
        figures = {"value": each.part, "whole": each.whole, "counted_at": at}
        row = {"indicator_id": indicator.id, "year": year} | figures
        db.session.execute(insert_or_update(Count.__table__, "indicator_id", "year", **figures).values(row))


def forget_counts(indicator: Indicator) -> None:
    """What was counted by another rule; the clockwork counts anew within the minute."""
    db.session.execute(sa.delete(Count).where(Count.indicator_id == indicator.id))


def count_due_indicators() -> int:
    """Count what was counted longest ago or never, one indicator after the other; returns how many."""
    known = sa.select(Count.indicator_id, sa.func.max(Count.counted_at).label("last")).group_by(Count.indicator_id)
    last = known.subquery()
    due = (
        sa.select(Indicator.id)
        .outerjoin(last, last.c.indicator_id == Indicator.id)
        .where(sa.or_(last.c.last.is_(None), last.c.last < clock.now() - KEEP_FOR))
        .order_by(last.c.last.asc().nulls_first(), Indicator.id)
    )
    return one_by_one.do_each("count_due_indicators", db.session.scalars(due).all(), _count_one, complete=False)


def _count_one(indicator_id: int) -> int | None:
    indicator = db.session.get(Indicator, indicator_id, options=[selectinload(Indicator.versions)])
    if indicator is None:
        return None
    count_now(indicator)
    return 1
