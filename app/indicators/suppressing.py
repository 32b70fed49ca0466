"""Small numbers of people, which outside the organisers' room could tell who somebody is, are left out.

CBS does so below five; a second cell goes where the total would give the first one away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

Cell = TypeVar("Cell")
LEAST = 5
"""From how many people a number is told; nought is told as well."""


@dataclass(frozen=True)
class Cells(Generic[Cell]):
    """A table of one line: what may be told of each cell and of their total; None is left out."""

    cells: dict[Cell, int | None]
    total: int | None


def is_few(number: int | Decimal | None) -> bool:
    return number is not None and 0 < number < LEAST


def suppress_cells(numbers: Mapping[Cell, int]) -> Cells[Cell]:
    """Leave out cells of 1 to 4, and of the others the smallest until the total gives none of them away."""
    hidden = {cell for cell, number in numbers.items() if is_few(number)}
    others = sorted((cell for cell, number in numbers.items() if number >= LEAST), key=lambda cell: numbers[cell])
    if hidden and _gives_away([numbers[cell] for cell in hidden]):
        hidden |= set(others[:1])
    told = {cell: None if cell in hidden else number for cell, number in numbers.items()}
    total = None if _gives_away([numbers[cell] for cell in hidden]) else sum(numbers.values())
    return Cells(told, total)


def tell_beside_total(numbers: Mapping[Cell, int]) -> dict[Cell, int | None]:
    """What may be told of cells on a page that tells their total: nothing at all where that gives one away."""
    found = suppress_cells(numbers)
    return found.cells if found.total is not None else {}


def _gives_away(hidden: list[int]) -> bool:
    """Whether the sum of what is left out says what each is: one alone, or all the smallest or largest they may be."""
    few = all(is_few(each) for each in hidden)
    return bool(hidden) and (len(hidden) == 1 or (few and sum(hidden) in {len(hidden), len(hidden) * (LEAST - 1)}))
