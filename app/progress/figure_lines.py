"""Indicators as a report has them: counted anew until its reference day, with what was aimed for and what they counted."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app import clock, wording
from app.indicators import by_hand, counted_organisations, counting, counts, figures
from app.indicators.counting import Period
from app.indicators.models import Combining, Indicator, IndicatorVersion, Measure, Narrow, Reading, ReadingKind, Target
from app.progress.contents import Amount, IndicatorLine, PeriodFigure, TargetSaid
from app.progress.models import MemberKind
from app.progress.sight import Sight
from app.reports import small_cells

KINDS = {
    Measure.SESSIONS: MemberKind.SESSION,
    Measure.PEOPLE: MemberKind.PERSON,
    Measure.ORGANISATIONS: MemberKind.ORGANISATION,
    Measure.CONTACTED: MemberKind.ORGANISATION,
    Measure.REACHED: MemberKind.ORGANISATION,
    Measure.COMMITMENTS: MemberKind.COMMITMENT,
    Measure.INSIGHTS: MemberKind.INSIGHT,
    Measure.COMPLETED: MemberKind.PERSON,
}
"""What is behind a figure of each counted measure."""
_NOBODY = 0
"""No network has this id: what is narrowed to it counts nothing."""


@dataclass(frozen=True)
class Members:
    """What one figure counted."""

    indicator_id: int
    year: int
    """counts.WHOLE: over the whole agenda."""
    kind: MemberKind
    ids: frozenset[int]


@dataclass
class Counter:
    """Counts the figures of a report: each period of a rule once, however many indicators have that rule."""

    sight: Sight
    members: list[Members] = field(default_factory=list)
    _today: dict[int, int] = field(default_factory=counted_organisations.read_what_each_is_today)
    _found: dict[tuple[Measure, str, Period], set[int]] = field(default_factory=dict)

    def write_line(self, indicator: Indicator) -> IndicatorLine:
        """An indicator as the report has it, in a fixed number of statements."""
        sight, agenda = self.sight, self.sight.agenda
        version = counts.version_on(indicator, sight.last)
        baseline = next(iter(reversed(by_hand.standing_readings(indicator.readings, ReadingKind.BASELINE))), None)
        year, before = sight.last.year, sight.last.year - 1
        return IndicatorLine(
            indicator_id=indicator.id,
            name=indicator.name,
            definition=version.definition,
            owner=version.owner,
            unit=version.unit,
            result=version.result,
            mandatory=version.mandatory,
            direction=version.direction,
            combining=version.combining,
            measure=version.measure,
            changed_rule=_say_change(version, agenda.starts_on),
            baseline=_read(baseline),
            baseline_source=baseline.source if baseline else "",
            year=self._figure(indicator, year),
            before=self._figure(indicator, before) if before >= agenda.starts_on.year else None,
            agenda=self._figure(indicator, None),
        )

    def _figure(self, indicator: Indicator, year: int | None) -> PeriodFigure:
        whole, period = figures.period_of(self.sight.agenda, year), self.sight.period_of(year)
        decided = figures.targets_of(indicator, year)
        targets = [_say_target(each) for each in decided if each.decided_on <= self.sight.day]
        forecast = by_hand.last_reading(self._known_forecasts(indicator), ReadingKind.FORECAST, whole.first, whole.last)
        version = counts.version_for(indicator, period)
        realised, members = self._realise(version, indicator, year, period)
        return PeriodFigure(
            year,
            targets[-1] if targets else None,
            targets[:-1],
            realised,
            _read(forecast),
            version_id=version.id,
            measure=version.measure,
            members=members,
            later_targets=[_say_target(each) for each in decided if each.decided_on > self.sight.day],
        )

    def _known_forecasts(self, indicator: Indicator) -> list[Reading]:
        """What was entered by the day on which the report was due.

        The day of a forecast is the last of the period that it is about, so when it was said tells only the moment at
        which it was entered. Whoever makes a report enters it after the reference day, as they write their words; what
        is entered once the report was due is said with what came since, and belongs to a later one.
        """
        due_on = self.sight.report.due_on
        return [each for each in indicator.readings if clock.to_local(each.entered_at).date() <= due_on]

    def _realise(
        self, version: IndicatorVersion, indicator: Indicator, year: int | None, period: Period
    ) -> tuple[Amount | None, int | None]:
        """What was realised, and how many rows are behind that; those are noted."""
        if version.measure == Measure.BY_HAND:
            part, of = by_hand.combine_readings(indicator.readings, version.combining, period.first, period.last)
            return (None if part is None else Amount(part, of)), None
        if not counting.is_countable(version.measure):
            return None, None
        slices = [self.find_members(version, each) for each in counting.slices_of(version.combining, period)]
        ids = frozenset[int]().union(*slices)
        self.members.append(Members(indicator.id, year or counts.WHOLE, KINDS[version.measure], ids))
        numbers = [len(each) for each in slices]
        at_least = _told_of_years(version, numbers) if year is None else None
        return Amount(Decimal(sum(numbers)), at_least=at_least), len(ids)

    def find_members(self, version: IndicatorVersion, period: Period) -> set[int]:
        """What a rule counts in a period of the networks that the report is about."""
        rule = narrow_rule(version, self.sight.only_network)
        known = (rule.measure, str(sorted(rule.narrowing.items())), period)
        if known not in self._found:
            self._found[known] = counting.find_members(rule, period, today=self._today)
        return self._found[known]


def narrow_rule(version: IndicatorVersion, only: int | None) -> IndicatorVersion:
    """A rule in one network alone; as it is without one."""
    if only is None or version.measure == Measure.BY_HAND:
        return version
    asked = version.narrowing.get(Narrow.NETWORK)
    network = only if not asked or only in asked else _NOBODY
    return IndicatorVersion(measure=version.measure, narrowing={**version.narrowing, Narrow.NETWORK: [network]})


def _told_of_years(version: IndicatorVersion, numbers: list[int]) -> Decimal | None:
    """Of what is counted per year what everybody may know of several years, where one is a handful; else nothing."""
    years = [each for each in numbers if each]
    told = [each for each in years if not small_cells.is_small(each)]
    if version.measure not in counting.TELLING or version.combining != Combining.PER_YEAR or len(years) < 2:
        return None
    return Decimal(sum(told)) if len(told) < len(years) else None


def _say_change(version: IndicatorVersion, first: date) -> str:
    return f"{version.reason} ({wording.format_day(version.valid_from)})" if version.valid_from > first else ""


def _say_target(target: Target) -> TargetSaid:
    return TargetSaid(target.aim, target.value, target.decided_on, target.decision, target.reason)


def _read(reading: Reading | None) -> Amount | None:
    return Amount(reading.value, reading.out_of) if reading else None
