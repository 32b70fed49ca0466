"""Counts over all networks for who may not see all of them: what others did in a number of 1 to 4 is left out, and as
much more as it takes that nobody works it out.

Suppression with complementary cells, as statistical offices do it: L. Willenborg and T. de Waal, Elements of
Statistical Disclosure Control (2001), chapter 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

SMALLEST_SHOWN = 5
"""Of what others did, the smallest number that is shown; nothing is shown as well."""


def is_small(number: int | Decimal | None) -> bool:
    """Whether a number is left out for who may not know of whom it is."""
    return number is not None and 0 < number < SMALLEST_SHOWN


@dataclass(frozen=True)
class Cell:
    """A count over all networks, and how much of it is of networks that the reader sees."""

    total: int
    own: int
    hidden: bool = field(default=False, compare=False)

    @property
    def others(self) -> int:
        return self.total - self.own

    @property
    def is_small(self) -> bool:
        return is_small(self.others)

    @property
    def shown(self) -> str | int:
        """As a page and a table have it: 'at least what you know yourself' where the count is left out."""
        return f"≥ {self.own}" if self.hidden else self.total


def suppress(rows: Sequence[Cell], total: Cell) -> tuple[list[Cell], Cell]:
    """A column with its total, without its small cells and what gives them away."""
    small = sum(each.is_small for each in rows)
    hidden, in_all = _hide(rows, small)
    safe = not small or in_all >= small * (SMALLEST_SHOWN - 1) + SMALLEST_SHOWN
    cells = [replace(each, hidden=number in hidden) for number, each in enumerate(rows)]
    return cells, replace(total, hidden=total.is_small or not safe)


def _hide(rows: Sequence[Cell], small: int) -> tuple[set[int], int]:
    """Which cells to leave out and what those come to: the small ones, then the next larger until each small one might
    be any small number."""
    hidden = {number for number, each in enumerate(rows) if each.is_small}
    in_all = sum(rows[number].others for number in hidden)
    for number in sorted(range(len(rows)), key=lambda number: rows[number].others):
        if not small or in_all >= small * (SMALLEST_SHOWN - 1) + SMALLEST_SHOWN:
            break
        if number not in hidden and rows[number].others:
            hidden.add(number)
            in_all += rows[number].others
    return hidden, in_all
