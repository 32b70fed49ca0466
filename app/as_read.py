"""Whether rows are still as they were read: for what is worked out while others write, and saved afterwards."""

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from app.database import Model, db


def find_changed(rows: Iterable[Model]) -> set[Model]:
    """Those of these rows that are gone, or have another value by now, in one statement a table; they are read anew when they are used."""
    changed: set[Model] = set()
    for model, known in _by_number(rows).items():
        key = sa.inspect(model).primary_key[0]
        columns = {each.key: each.columns[0] for each in sa.inspect(model).column_attrs}
        found = db.session.execute(sa.select(*columns.values()).where(key.in_(known)))
        now = {row._mapping[key]: dict(zip(columns, row, strict=True)) for row in found}
        for row_id, row in known.items():
            read = {name: value for name, value in vars(row).items() if name in columns}
            if row_id not in now or any(now[row_id][name] != value for name, value in read.items()):
                changed.add(row)
    for row in changed:
        db.session.expire(row)
    return changed


def lock_free(rows: Iterable[Model]) -> set[Model]:
    """Lock these rows until the transaction ends, and return those that another one has."""
    taken: set[Model] = set()
    for model, known in _by_number(rows).items():
        key = sa.inspect(model).primary_key[0]
        locked = set(db.session.scalars(sa.select(key).where(key.in_(known)).with_for_update(skip_locked=True)))
        taken.update(row for row_id, row in known.items() if row_id not in locked)
    return taken


def _by_number(rows: Iterable[Model]) -> dict[type[Model], dict[int, Model]]:
    found: dict[type[Model], dict[int, Model]] = defaultdict(dict)
    for row in rows:
        found[type(row)][sa.inspect(row).mapper.primary_key_from_instance(row)[0]] = row
    return found
