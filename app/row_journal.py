"""A journal of rows that change because two things become one, by which all of them can be made what they were."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.database import Condition, db
from app.rows import plain_row, typed_row

Entries = list[dict[str, Any]]


class RowJournal:
    """Changes rows and writes down how they were."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def update(self, table: sa.Table, key: dict[str, Any], **values: Any) -> None:
        """Change columns of the row with this primary key."""
        row = db.session.execute(sa.select(table).where(*_key_conditions(table, key))).mappings().one()
        before = plain_row({name: row[name] for name in values})
        db.session.execute(sa.update(table).where(*_key_conditions(table, key)).values(values))
        self.entries.append({"table": table.name, "key": key, "before": before, "after": plain_row(values)})

    def delete(self, table: sa.Table, key: dict[str, Any]) -> None:
        """Delete the row with this primary key."""
        row = db.session.execute(sa.select(table).where(*_key_conditions(table, key))).mappings().one()
        self.entries.append({"table": table.name, "key": key, "row": plain_row(row)})
        db.session.execute(sa.delete(table).where(*_key_conditions(table, key)))

    def insert(self, table: sa.Table, key: dict[str, Any], **values: Any) -> None:
        """Add a row, which undoing takes away."""
        db.session.execute(sa.insert(table).values({**key, **values}))
        self.entries.append({"table": table.name, "key": key})

    def move(self, column: sa.Column[Any], old: int, new: int) -> None:
        """Let references to one row point to another; a row that would then break a unique key stays as it is."""
        table = column.table
        for row in select_rows(table, column == old):
            if not _breaks_unique_key(table, {**row, column.name: new}, row):
                self.update(table, _primary_key(table, row), **{column.name: new})


def take_back(entries: Entries) -> None:
    """Make rows what they were; one that was changed since stays. Raises IntegrityError where that breaks a key."""
    for entry in reversed(entries):
        _take_back(db.metadata.tables[entry["table"]], entry)


def references_to(name: str) -> Iterator[sa.Column[Any]]:
    """Columns of all tables that refer to this table."""
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == name:
                yield key.parent


def select_rows(table: sa.Table, *conditions: Condition) -> list[Any]:
    return list(db.session.execute(sa.select(table).where(*conditions)).mappings())


def _primary_key(table: sa.Table, row: sa.RowMapping) -> dict[str, Any]:
    return {column.name: row[column.name] for column in table.primary_key}


def _key_conditions(table: sa.Table, key: dict[str, Any]) -> list[Any]:
    return [table.c[name] == value for name, value in key.items()]


def _breaks_unique_key(table: sa.Table, row: dict[str, Any], old: sa.RowMapping) -> bool:
    """Whether a row that is changed like this would break a unique key."""
    changed = {name for name in row if row[name] != old[name]}
    keys = [list(table.primary_key.columns)]
    keys += [list(each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    keys += [list(index.columns) for index in table.indexes if index.unique]
    for columns in keys:
        if not changed & {column.name for column in columns}:
            continue
        if any(row[column.name] is None for column in columns):
            continue
        other = sa.select(sa.literal(1)).select_from(table).where(*(column == row[column.name] for column in columns))
        if db.session.scalar(other.limit(1)):
            return True
    return False


def _take_back(table: sa.Table, entry: dict[str, Any]) -> None:
    if "row" in entry:
        db.session.execute(sa.insert(table).values(typed_row(table, entry["row"])))
    elif "before" not in entry:
        db.session.execute(sa.delete(table).where(*_key_conditions(table, entry["key"])))
    else:
        before, after = (typed_row(table, entry[when]) for when in ("before", "after"))
        key = {name: entry["after"].get(name, value) for name, value in entry["key"].items()}
        as_left = [_is(table.c[name], value) for name, value in after.items()]
        db.session.execute(sa.update(table).where(*_key_conditions(table, key), *as_left).values(before))


def _is(column: sa.Column[Any], value: object) -> Condition:
    """Whether a column holds this. JSON compares with nothing on PostgreSQL, and is kept there as it was written."""
    if isinstance(column.type, sa.JSON):
        return sa.cast(column, sa.Text) == json.dumps(value)
    return column.is_not_distinct_from(value)
