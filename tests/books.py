"""Whether the books balance, found out in as few statements as can be; asked after every test that used the database.

`flask check --deep` asks the same invariants one by one (app/upkeep/balance.py) and says what is wrong.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import db
from app.upkeep import balance as _all_invariants  # noqa: F401  # which brings each into its list
from app.upkeep.invariants import SELECTIONS, WALKS


def balance(filled: Collection[str] | None = None) -> bool:
    """Whether nothing is as it should not be, while no other tables than these have rows.

    A selection joins its tables, so it finds nothing while one of them is empty, and need not be asked then.
    """
    filled = db.metadata.tables.keys() if filled is None else filled
    asked = frozenset(number for number, (_, joined) in enumerate(_parts()) if joined <= filled)
    if asked and db.session.scalar(_at_a_glance(asked), {"now": clock.now()}):
        return False
    walks = (walk for walk, over in WALKS if any(model.__tablename__ in filled for model in over))
    return not any(True for walk in walks for _ in walk())


@cache
def _at_a_glance(asked: frozenset[int]) -> sa.Select[tuple[bool]]:
    """Whether any of these parts of selections finds something."""
    return sa.select(sa.or_(*(_parts()[number][0].exists() for number in sorted(asked))))


@cache
def _parts() -> list[tuple[sa.Select[Any], frozenset[str]]]:
    """The selections, each half of a union by itself, with the tables without whose rows it finds nothing."""
    parts = (part for select in SELECTIONS for part in getattr(select(), "selects", [select()]))
    return [(part, frozenset(name for source in part.get_final_froms() for name in _joined(source))) for part in parts]


def _joined(source: sa.FromClause) -> Iterator[str]:
    match source:
        case sa.Join():
            yield from _joined(source.left)
            if not source.isouter:
                yield from _joined(source.right)
        case sa.Alias():
            yield from _joined(source.element)
        case sa.Table():
            yield source.name
