"""What the figures of a frozen report say, for page, paper and files alike."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from flask_babel import gettext

from app import wording
from app.indicators import counting, figure_words
from app.indicators.figure_words import say_figure, say_met, say_target
from app.indicators.models import Aim
from app.papers.blocks import Block, Cell, Style, Table
from app.progress.contents import Amount, IndicatorLine, PeriodFigure, ReportContents, TargetSaid


def say_amount(amount: Amount | None) -> str:
    """A figure; of a handful only that it is few."""
    if amount is None:
        return figure_words.say_no_figure()
    if amount.few:
        return figure_words.say_few()
    if amount.at_least is not None:
        return figure_words.say_at_least(amount.at_least)
    return say_figure(amount.part, amount.whole)


def value_of(amount: Amount | None) -> Decimal | None:
    """The figure as it compares with a target; None where there is none, or it is left out."""
    if amount is None or amount.few or amount.at_least is not None:
        return None
    return counting.figure_of(amount.part, amount.whole)


def aim_of(figure: PeriodFigure) -> Decimal | None:
    return figure.target.value if figure.target and figure.target.aim == Aim.NUMBER else None


def is_met(line: IndicatorLine, figure: PeriodFigure) -> bool | None:
    return figure_words.is_met(aim_of(figure), value_of(figure.realised), line.direction)


def met_words(contents: ReportContents, line: IndicatorLine, figure: PeriodFigure) -> str:
    """How it stood on the reference day; nothing where that would tell what is left out."""
    over = last_day(contents, figure) <= contents.reference_day
    return say_met(is_met(line, figure), line.direction, over=over)


def last_day(contents: ReportContents, figure: PeriodFigure) -> date:
    """Of the period that a figure is about."""
    return min(date(figure.year, 12, 31), contents.agenda_ends_on) if figure.year else contents.agenda_ends_on


def say_realised(line: IndicatorLine, figure: PeriodFigure) -> str:
    """What was realised; of a target of nought with that target, since 0 alone looks like nothing done."""
    said = say_amount(figure.realised)
    if aim_of(figure) == 0 and value_of(figure.realised) is not None:
        return gettext("%(realised)s van %(target)s", realised=said, target=say_target(figure.target, line))
    return said


@dataclass(frozen=True)
class Bar:
    """What was realised against its target: both in parts of the bar's length, 0 to 1, and the figure in words."""

    name: str
    realised: float
    target: float
    words: str

    @property
    def lines(self) -> list[str]:
        """Its name as it stands above it."""
        return textwrap.wrap(self.name, _LETTERS)

    @property
    def height(self) -> int:
        return len(self.lines) * _LINE + _BAR


_LETTERS, _LINE, _BAR = 54, 18, 40
"""Letters of a name on a line, and how high a line and a bar are, in units of the drawing (templates/progress/drawings.html)."""


@dataclass(frozen=True)
class Bars:
    """Indicators with a target as bars; a table beside it says the same."""

    title: str
    caption: str
    bars: list[Bar]

    @property
    def tops(self) -> list[int]:
        """Where each begins, from above."""
        return [sum(each.height for each in self.bars[:place]) for place in range(len(self.bars))]

    @property
    def height(self) -> int:
        return sum(each.height for each in self.bars)


def indicator_blocks(
    contents: ReportContents, name: str, lines: list[IndicatorLine], heading: Style
) -> Iterator[Block | Table | Bars]:
    """A table of indicators, a drawing of it, and at length what changed in the year, under a heading of this level."""
    yield _table(contents, name, lines)
    if bars := [bar for line in lines if (bar := _bar(line))]:
        day = wording.format_day(contents.reference_day)
        caption = gettext(
            "Balk: gerealiseerd tot en met %(day)s. Streep: de streefwaarde voor %(year)s. Elke balk heeft een eigen schaal.",
            day=day,
            year=contents.reference_day.year,
        )
        title = gettext("Gerealiseerd naast de streefwaarde: %(name)s. De tabel erboven zegt hetzelfde.", name=name)
        yield Bars(title, caption, bars)
    if changes := [change for line in lines for change in _changes(line)]:
        yield Block(heading, gettext("Wat er veranderde"))
        yield from changes


def _table(contents: ReportContents, name: str, lines: list[IndicatorLine]) -> Table:
    year = contents.reference_day.year
    has_before = any(line.before for line in lines)
    heading = [
        gettext("Indicator"),
        gettext("Streefwaarde %(year)s", year=year),
        gettext("Gerealiseerd"),
        gettext("Verwachting %(year)s", year=year),
        *([str(year - 1)] if has_before else []),
        gettext("Hele agenda"),
    ]
    rows: list[list[str | Cell]] = [
        [
            _name(line),
            _target(line, line.year),
            _realised(contents, line, line.year),
            say_amount(line.year.forecast) if line.year.forecast else gettext("geen"),
            *([_with_target(contents, line, line.before)] if has_before else []),
            _with_target(contents, line, line.agenda),
        ]
        for line in lines
    ]
    return Table(gettext("Indicatoren: %(name)s", name=name), heading, rows)


def _name(line: IndicatorLine) -> Cell:
    kind = [line.unit, str(line.result.words), *([gettext("verplicht")] if line.mandatory else [])]
    return Cell(line.name, notes=(" · ".join(kind),))


def _target(line: IndicatorLine, figure: PeriodFigure) -> Cell:
    """The target that counts on the reference day, those before it with the day until which they did, and later ones."""
    earlier = (
        gettext("tot %(day)s: %(words)s", day=wording.format_day(after.decided_on), words=say_target(was, line))
        for was, after in pairwise(_targets(figure))
    )
    later = (
        gettext(
            "besloten na de peildatum, op %(day)s: %(words)s",
            day=wording.format_day(each.decided_on),
            words=say_target(each, line),
        )
        for each in figure.later_targets
    )
    return Cell(say_target(figure.target, line), notes=(*earlier, *later))


def _targets(figure: PeriodFigure) -> list[TargetSaid]:
    """Those decided by the reference day, in the order in which they were entered; the last one counts."""
    return [*figure.earlier_targets, *([figure.target] if figure.target else [])]


def _realised(contents: ReportContents, line: IndicatorLine, figure: PeriodFigure) -> Cell:
    tone = "green" if is_met(line, figure) else "quiet"
    return Cell(say_realised(line, figure), met_words(contents, line, figure), tone)


def _with_target(contents: ReportContents, line: IndicatorLine, figure: PeriodFigure | None) -> Cell | str:
    """A figure of another period, with its own target beside it."""
    if figure is None:
        return figure_words.NOTHING
    cell, target = _realised(contents, line, figure), _target(line, figure)
    words = gettext("streefwaarde: %(words)s", words=target.text) if figure.target else target.text
    return Cell(cell.text, cell.badge, cell.tone, (words, *target.notes))


def _bar(line: IndicatorLine) -> Bar | None:
    """Of a target of nought there is nothing to draw, nor of what is left out."""
    aim, realised = aim_of(line.year), value_of(line.year.realised)
    if not aim or aim < 0 or realised is None or realised < 0:
        return None
    scale = max(aim, realised)
    return Bar(
        line.name,
        float(realised / scale),
        float(aim / scale),
        say_amount(line.year.realised).partition(" (")[0],
    )


def _changes(line: IndicatorLine) -> Iterator[Block]:
    """Targets that changed, for the year and for the whole agenda, and a rule that did."""
    for figure in (line.year, line.agenda):
        for was, now in pairwise(_targets(figure)):
            words = gettext(
                "%(name)s, %(period)s: %(was)s; %(now)s. Besloten op %(day)s, %(decision)s: %(reason)s",
                name=line.name,
                period=figure.year or gettext("hele agenda"),
                was=_say_was(was, line),
                now=_say_is_now(now, line),
                day=wording.format_day(now.decided_on),
                decision=now.decision,
                reason=now.reason,
            )
            yield Block(Style.BULLET, words)
        for later in figure.later_targets:
            words = gettext(
                "%(name)s, %(period)s: besloten na de peildatum, op %(day)s, %(decision)s: %(words)s. %(reason)s",
                name=line.name,
                period=figure.year or gettext("hele agenda"),
                day=wording.format_day(later.decided_on),
                decision=later.decision,
                words=say_target(later, line),
                reason="" if later.aim == Aim.NOT_APPLICABLE else later.reason,
            )
            yield Block(Style.BULLET, words.strip())
    if line.changed_rule:
        words = gettext("%(name)s telt anders dan eerder. %(reason)s", name=line.name, reason=line.changed_rule)
        yield Block(Style.BULLET, words)


def _say_was(target: TargetSaid, line: IndicatorLine) -> str:
    """What a target was, as the first half of a sentence."""
    if target.aim == Aim.NONE:
        return gettext("er was geen streefwaarde")
    if target.aim == Aim.NOT_APPLICABLE:
        return gettext("de streefwaarde was niet van toepassing")
    if target.aim == Aim.UNKNOWN:
        return gettext("de streefwaarde was nog niet bekend")
    return gettext("de streefwaarde was %(words)s", words=say_target(target, line))


def _say_is_now(target: TargetSaid, line: IndicatorLine) -> str:
    """What it became, as the second half."""
    if target.aim == Aim.NONE:
        return gettext("nu is er geen streefwaarde")
    if target.aim == Aim.NOT_APPLICABLE:
        return gettext("nu is die niet van toepassing")
    if target.aim == Aim.UNKNOWN:
        return gettext("nu is die nog niet bekend")
    return gettext("nu is die %(words)s", words=say_target(target, line))


def definition_table(name: str, lines: list[IndicatorLine]) -> Table:
    """What each counts, who answers for it, how years make one, and where it began."""
    heading = [gettext("Indicator"), gettext("Wat telt"), gettext("Wie gaat erover"), gettext("Nulmeting")]
    rows: list[list[str | Cell]] = [
        [
            line.name,
            Cell(line.definition, notes=(str(line.measure.words), str(line.combining.words))),
            line.owner,
            Cell(say_amount(line.baseline), notes=(line.baseline_source,)) if line.baseline else gettext("geen"),
        ]
        for line in lines
    ]
    return Table(gettext("Wat we tellen: %(name)s", name=name), heading, rows)
