"""The readable part of an address of a page, made once from its first title: 'samen-slimmer', 'samen-slimmer-2'."""

from collections.abc import Collection
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app import folding
from app.database import db, take_turns

LONGEST = 70
"""Characters, so that a number still fits into the shortest column."""


def free_slug(column: InstrumentedAttribute[str], title: str, otherwise: str, taken: Collection[str] = ()) -> str:
    """A slug that is in no row of this column, nor among those taken besides; `otherwise` when a title has no letters.

    Who asks for the same one at the same moment waits until the transaction ends.
    """
    base = folding.in_address(title)[:LONGEST].strip("-") or otherwise
    take_turns(f"{column} {base}")
    used = {*taken, *db.session.scalars(sa.select(column).where(column.startswith(base)))}
    return base if base not in used else next(f"{base}-{n}" for n in count(2) if f"{base}-{n}" not in used)
