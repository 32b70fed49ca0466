"""How an invariant of the balance is written down: as a selection of what should not be there, or as a walk."""

from collections.abc import Callable, Iterator
from functools import cache, wraps
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import Model, db

Rows = sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]
INVARIANTS: list[Callable[[], Iterator[str]]] = []
"""Each gives what is wrong, in words."""
SELECTIONS: list[Callable[[], Rows]] = []
"""What should not be there, of the invariants that are a selection."""
WALKS: list[tuple[Callable[[], Iterator[str]], tuple[type[Model], ...]]] = []
"""The other invariants, each with the tables of which one must have rows for it to have anything to say."""


def selected(words: str) -> Callable[[Callable[[], Rows]], Callable[[], Rows]]:
    """Take a selection of what should not be there into the list; `words` is said of each row, with its columns."""

    def add(select: Callable[[], Rows]) -> Callable[[], Rows]:
        select = cache(select)

        @wraps(select)
        def walk() -> Iterator[str]:
            for row in db.session.execute(select(), {"now": clock.now()}).mappings():
                yield words.format(**row)

        INVARIANTS.append(walk)
        SELECTIONS.append(select)
        return select

    return add


def walked(*over: type[Model]) -> Callable[[Callable[[], Iterator[str]]], Callable[[], Iterator[str]]]:
    """Take an invariant into the list that asks a rule of the program what it would say of rows of one of these tables."""

    def add(walk: Callable[[], Iterator[str]]) -> Callable[[], Iterator[str]]:
        INVARIANTS.append(walk)
        WALKS.append((walk, over))
        return walk

    return add
