"""What is in the tables: which of them were written to, empty those again, see whether anything changed."""

import re
from collections.abc import Collection, Container
from functools import cache

import sqlalchemy as sa

from app.database import db
from app.network.organisations.models import Organisation
from app.network.vocabulary.models import Role

KEPT = {"alembic_version", Organisation.__tablename__, Role.__tablename__}
_WRITES = re.compile(r'\b(?:INSERT(?: OR \w+)? INTO|UPDATE(?: OR \w+)?|DELETE FROM|MERGE INTO) "?(\w+)', re.IGNORECASE)


class Written:
    """The tables that this process wrote to, by any connection of an engine, since they were last emptied."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine
        self._names = {table.name for table in db.metadata.sorted_tables}
        sa.event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement: str, *_) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN", "SET TRANSACTION")):
            self._names.update(_WRITES.findall(statement))

    def empty(self) -> None:
        """Leave only the reference data."""
        if self._names:
            empty(self._engine, self._names)
            self._names.clear()

    def bring_back(self, state: dict[str, list[tuple]]) -> None:
        """Leave what `everything` found, whatever happened to it since."""
        self.empty()
        with self._engine.begin() as connection:
            found = [table for table in db.metadata.sorted_tables if table.name in state]
            for table in reversed(found):
                connection.execute(sa.delete(table))
            for table in found:
                if rows := state[table.name]:
                    names = table.columns.keys()
                    connection.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def empty(engine: sa.Engine, names: Container[str] | None = None) -> None:
    """Empty tables but for the reference data; all tables unless names are given."""
    names = db.metadata.tables if names is None else names
    deletes = [delete for name, delete in _deletes() if name in names]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Nothing is left for keys to be checked against, which would cost a query per row and table.
            deletes = [f"DO $$ BEGIN SET LOCAL session_replication_role = replica; {'; '.join(deletes)}; END $$"]
        for delete in deletes:
            connection.exec_driver_sql(delete)


@cache
def _deletes() -> list[tuple[str, str]]:
    """What empties each table but for the reference data, in an order in which keys allow it."""
    found = []
    for table in reversed(db.metadata.sorted_tables):
        if table.name == "invitations":
            found.append((table.name, "UPDATE invitations SET substitute_for_id = NULL"))
        if table.name not in KEPT:
            found.append((table.name, f'DELETE FROM "{table.name}"'))
        if table is Organisation.__table__:
            found.append((table.name, f"DELETE FROM \"{table.name}\" WHERE name LIKE 'Test %%'"))
    return found


def everything(*, but: Collection[str] = ()) -> dict[str, list[tuple]]:
    """All rows of all tables, less those: what holds before and after something that changes nothing.

    Without the numbers by which kept pages see that something was written, which never come back.
    """
    db.session.commit()
    state = {
        table.name: [tuple(row) for row in db.session.execute(sa.select(table).order_by(*table.primary_key))]
        for table in db.metadata.sorted_tables
        if table.name not in {*but, "page_stamps"}
    }
    db.session.commit()
    return state
