"""The figures of an agenda as its pages show them: targets, kept counts, forecasts and baselines, in a few statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.agendas.models import Agenda
from app.database import db
from app.indicators import by_hand, counting, counts, figure_words
from app.indicators.counting import Period
from app.indicators.models import (
    Combining,
    Count,
    Indicator,
    IndicatorVersion,
    Reading,
    ReadingKind,
    Target,
)
from app.network.seeing import Viewer
from app.reports import small_cells


@dataclass(frozen=True)
class Figure:
    """One indicator in a year, or over its whole agenda."""

    indicator: Indicator
    version: IndicatorVersion
    target: Target | None
    earlier_targets: list[Target]
    """Those that the target came instead of, the first first."""
    realised: Decimal | None
    counted_at: datetime | None
    stale: bool
    forecast: Reading | None
    baseline: Reading | None
    over: bool = False
    """Whether its period has ended."""
    part: Decimal | None = None
    whole: Decimal | None = None
    """Of a percentage, what it is made of."""
    at_least: Decimal | None = None
    """Of people or bodies in years that add up: those of the years that may be told, where another year is a handful."""

    @property
    def aim(self) -> Decimal | None:
        return self.target.value if self.target else None

    @property
    def met(self) -> bool | None:
        return figure_words.is_met(self.aim, self.realised, self.version.direction)

    @property
    def met_words(self) -> str:
        return figure_words.say_met(self.met, self.version.direction, over=self.over)

    @property
    def target_words(self) -> str:
        return figure_words.say_target(self.target, self.version)

    @property
    def realised_words(self) -> str:
        if self.realised is None:
            return figure_words.say_no_figure()
        return figure_words.say_figure(self.part, self.whole)

    @property
    def forecast_words(self) -> str:
        forecast = self.forecast
        return figure_words.say_figure(forecast.value, forecast.out_of) if forecast else gettext("geen")

    def realised_for(self, viewer: Viewer) -> str:
        """The same; of a handful in networks that somebody does not organise they read only that it is few, also of one
        in years that add up."""
        if counting.knows_all(self.version, viewer):
            return self.realised_words
        if self.at_least is not None:
            return figure_words.say_at_least(self.at_least)
        few = self.version.measure in counting.TELLING and small_cells.is_small(self.realised)
        return figure_words.say_few() if few else self.realised_words

    def met_for(self, viewer: Viewer) -> str:
        """How it stands, unless that tells a figure which whoever looks may not read."""
        return self.met_words if self.realised_for(viewer) == self.realised_words else ""


def list_figures(agenda: Agenda, year: int | None = None) -> list[Figure]:
    """The figures of an agenda in a year, or over all of it, in the order of its list; in a fixed number of statements."""
    wanted = (
        sa.select(Indicator)
        .where(Indicator.agenda_id == agenda.id)
        .order_by(Indicator.place, Indicator.id)
        .options(selectinload(Indicator.versions), selectinload(Indicator.targets), selectinload(Indicator.readings))
        .options(joinedload(Indicator.theme))
    )
    indicators = db.session.scalars(wanted.execution_options(populate_existing=True)).all()
    kept = sa.select(Count).join(Indicator, Indicator.id == Count.indicator_id)
    kept = kept.where(Indicator.agenda_id == agenda.id, *([Count.year == year] if year else []))
    by_indicator = defaultdict(list)
    for each in db.session.scalars(kept.execution_options(populate_existing=True)):
        by_indicator[each.indicator_id].append(each)
    period = period_of(agenda, year)
    return [_figure(each, year, period, by_indicator[each.id]) for each in indicators]


def figure_of(indicator: Indicator, year: int | None = None) -> Figure:
    """One of those figures."""
    kept = sa.select(Count).where(Count.indicator_id == indicator.id, *([Count.year == year] if year else []))
    found = db.session.scalars(kept.execution_options(populate_existing=True)).all()
    return _figure(indicator, year, period_of(indicator.agenda, year), found)


def period_of(agenda: Agenda, year: int | None) -> Period:
    """A year as far as it lies within the agenda, or all of the agenda."""
    if year is None:
        return Period(agenda.starts_on, agenda.ends_on)
    return Period(max(agenda.starts_on, date(year, 1, 1)), min(agenda.ends_on, date(year, 12, 31)))


def years_of(agenda: Agenda) -> list[int]:
    return list(range(agenda.starts_on.year, agenda.ends_on.year + 1))


def year_now(agenda: Agenda) -> int:
    """The year of today, or the one of the agenda that lies nearest."""
    return min(max(clock.today().year, agenda.starts_on.year), agenda.ends_on.year)


def _figure(indicator: Indicator, year: int | None, period: Period, known: Sequence[Count]) -> Figure:
    kept = next((each for each in known if each.year == (year or counts.WHOLE)), None)
    version = counts.version_for(indicator, period)
    targets = targets_of(indicator, year)
    return Figure(
        indicator=indicator,
        version=version,
        target=targets[-1] if targets else None,
        earlier_targets=targets[:-1],
        realised=counting.figure_of(kept.value, kept.whole) if kept else None,
        counted_at=kept.counted_at if kept else None,
        stale=bool(kept and kept.counted_at < clock.now() - counts.STALE_AFTER),
        forecast=by_hand.last_reading(indicator.readings, ReadingKind.FORECAST, period.first, period.last),
        baseline=next(iter(reversed(by_hand.standing_readings(indicator.readings, ReadingKind.BASELINE))), None),
        over=period.last < clock.today(),
        part=kept.value if kept else None,
        whole=kept.whole if kept else None,
        at_least=None if year else _told_of_years(version, known),
    )


def _told_of_years(version: IndicatorVersion, known: Sequence[Count]) -> Decimal | None:
    """Of what is counted per year what outsiders may know of all years, where one is a handful; else nothing."""
    years = [each.value for each in known if each.year != counts.WHOLE and each.value]
    if version.measure not in counting.TELLING or version.combining != Combining.PER_YEAR or len(years) == 1:
        return None
    told = [each for each in years if not small_cells.is_small(each)]
    return sum(told, Decimal(0)) if len(told) < len(years) else None


def targets_of(indicator: Indicator, year: int | None) -> list[Target]:
    """What was aimed for in a year, or over the whole agenda, in the order in which it was entered."""
    return [each for each in indicator.targets if each.year == year]


def group_by_theme(figures: list[Figure]) -> dict[int | None, list[Figure]]:
    """Figures under the id of their theme; those of the agenda as a whole under None."""
    grouped = defaultdict(list)
    for each in figures:
        grouped[each.indicator.theme_id].append(each)
    return grouped
