"""What a figure and its target say, alike on the page of an agenda and in a report that was frozen."""

from decimal import Decimal
from typing import Any, Protocol

from flask_babel import gettext

from app.indicators import counting
from app.indicators.models import Aim, Direction
from app.indicators.numbers import format_figure
from app.reports import small_cells

PERCENT = "%"
"""The unit of an indicator whose readings are a part of a whole."""
NOTHING = "–"
"""Where nothing can be said: a part of a whole of nought."""


class Aimed(Protocol):
    """What says what was aimed for: a target, kept or frozen."""

    @property
    def aim(self) -> Any: ...
    @property
    def value(self) -> Any: ...
    @property
    def reason(self) -> Any: ...


class Ruled(Protocol):
    """What says how a figure is read: a rule of an indicator, kept or frozen."""

    @property
    def direction(self) -> Any: ...
    @property
    def unit(self) -> Any: ...


def say_target(target: Aimed | None, rule: Ruled) -> str:
    """What was aimed for: four things that are not the same."""
    if target is None or target.aim == Aim.NONE:
        return gettext("geen streefwaarde")
    if target.aim == Aim.NOT_APPLICABLE:
        return gettext("n.v.t.: %(reason)s", reason=target.reason)
    if target.value is None:
        return gettext("nog niet bekend")
    words = (
        gettext("ten minste %(value)s") if rule.direction == Direction.AT_LEAST else gettext("ten hoogste %(value)s")
    )
    return words % {"value": format_figure(target.value) + (PERCENT if rule.unit == PERCENT else "")}


def say_figure(part: Decimal | None, whole: Decimal | None) -> str:
    """A figure; a percentage with what it is made of."""
    part = part or Decimal(0)
    if whole is None:
        return format_figure(part)
    if not whole:
        return NOTHING
    return gettext(
        "%(percentage)s%% (%(part)s van %(whole)s)",
        percentage=format_figure(counting.figure_of(part, whole) or Decimal(0)),
        part=format_figure(part),
        whole=format_figure(whole),
    )


def say_no_figure() -> str:
    return gettext("nog geen cijfer")


def say_few() -> str:
    """Instead of a handful."""
    return gettext("minder dan %(least)s", least=small_cells.SMALLEST_SHOWN)


def say_at_least(number: Decimal) -> str:
    """Of years that add up, those that may be told."""
    return f"≥ {format_figure(number)}"


def is_met(aim: Decimal | None, realised: Decimal | None, direction: Direction) -> bool | None:
    """Whether what was realised is what was aimed for; None where one of both is no number."""
    if aim is None or realised is None:
        return None
    return realised >= aim if direction == Direction.AT_LEAST else realised <= aim


def say_met(met: bool | None, direction: Direction, *, over: bool) -> str:
    """How it stands against its target, in words: never a percentage, which of a target of nought says nothing.

    `over`: its period has ended.
    """
    if met is None:
        return ""
    if direction == Direction.AT_MOST and met and not over:
        return gettext("tot nu toe gehaald")
    if met:
        return gettext("gehaald")
    exceeded = direction == Direction.AT_MOST
    return gettext("niet gehaald") if over or exceeded else gettext("nog niet gehaald")
