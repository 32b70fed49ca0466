"""What is in the tables: which of them were written to, empty those again, see whether anything changed."""

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.database import Model, db
from app.network.organisations.models import Organisation
from app.network.vocabulary.models import Role

REFERENCE = [Organisation.__table__, Role.__table__]
KEPT = {"alembic_version", *(table.name for table in REFERENCE)}
State = dict[str, list[tuple]]
"""The rows of tables, by their names."""
_WRITES = re.compile(r'\b(?:INSERT(?: OR \w+)? INTO|UPDATE(?: OR \w+)?|DELETE FROM|MERGE INTO) "?(\w+)', re.IGNORECASE)


class Written:
    """The tables that this process wrote to, by any connection of an engine: since they were emptied, and since `keep`."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine
        self._names = {table.name for table in db.metadata.sorted_tables}
        self._lately: set[str] = set()
        self._kept: State = {}
        self._reference: State = {}
        self._made: dict[Callable[[], Any], tuple[Any, State]] = {}
        sa.event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement: str, *_) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN", "SET TRANSACTION")):
            names = _WRITES.findall(statement)
            self._names.update(names)
            self._lately.update(names)

    def filled(self) -> set[str]:
        """The tables that can have rows: no other has one."""
        return self._names | KEPT

    def empty(self) -> None:
        """Leave only the reference data, as it was when tables were first emptied."""
        if self._names:
            empty(self._engine, self._names)
            with self._engine.connect() as connection:
                now = {table.name: _rows(connection, table) for table in REFERENCE if table.name in self._names}
            self._reference = self._reference or now
            self._put_back(self._reference, {name for name, rows in now.items() if rows != self._reference[name]})
            self._names.clear()

    def make_once(self, make: Callable[[], Any]) -> Any:
        """What `make` makes in empty tables, which takes as long as many tests: its rows are put down again from then on."""
        if self.filled() - KEPT:
            raise ValueError("something was made before it")
        if make not in self._made:
            made, rows = make(), everything()
            self._made[make] = _by_key(made), rows
        else:
            state = self._made[make][1]
            self._put_back(state, {name for name, rows in state.items() if rows != self._reference.get(name, [])})
        db.session.expire_all()
        return _read_again(self._made[make][0])

    def keep(self) -> State:
        """Everything there is now, which `changed` compares with and `bring_back` brings back."""
        self._kept = everything()
        self._lately.clear()
        return self._kept

    def changed(self) -> State:
        """What is now in the tables that hold something else than was kept; only where was written can that be."""
        db.session.commit()
        with self._engine.connect() as connection:
            now = {table.name: _rows(connection, table) for table in _with_followers(self._lately)}
        return {name: rows for name, rows in now.items() if name in self._kept and rows != self._kept[name]}

    def bring_back(self) -> None:
        """Leave what was kept, whatever happened to it since."""
        self._put_back(self._kept, self.changed())
        self._lately.clear()

    def _put_back(self, state: State, changed: Collection[str]) -> None:
        if changed:
            with _following_no_references(self._engine) as connection:
                for table in [table for table in db.metadata.sorted_tables if table.name in changed]:
                    connection.execute(sa.delete(table))
                    if rows := state[table.name]:
                        names = table.columns.keys()
                        connection.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])


@dataclass(frozen=True)
class _Row:
    model: type[Model]
    key: tuple[Any, ...]


def _by_key(made: Any) -> Any:
    """What was made, with the key of a row in its place."""
    match made:
        case Model():
            return _Row(type(made), sa.inspect(made).identity)
        case dict():
            return {name: _by_key(each) for name, each in made.items()}
        case list():
            return [_by_key(each) for each in made]
    return made


def _read_again(made: Any) -> Any:
    match made:
        case _Row():
            return db.session.get_one(made.model, made.key)
        case dict():
            return {name: _read_again(each) for name, each in made.items()}
        case list():
            return [_read_again(each) for each in made]
    return made


@contextmanager
def _following_no_references(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which rows may go and come back one table after the other, and take no others along."""
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        if engine.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                yield connection
        finally:
            if engine.dialect.name == "sqlite":
                driver.execute("PRAGMA foreign_keys=ON")


def _with_followers(names: Iterable[str]) -> list[sa.Table]:
    """Tables, with those in which the database itself changes what refers to them (ON DELETE)."""
    found: set[str] = set()
    new = set(names) & db.metadata.tables.keys()
    while new:
        found |= new
        new = {follower for name in new for follower in _followers().get(name, ())} - found
    return [table for table in db.metadata.sorted_tables if table.name in found]


@cache
def _followers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.ondelete:
                found.setdefault(key.column.table.name, set()).add(table.name)
    return found


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


def everything(*, but: Collection[str] = ()) -> State:
    """All rows of all tables, less those: what holds before and after something that changes nothing.

    Without the numbers by which kept pages see that something was written, which never come back.
    """
    db.session.commit()
    with db.engine.connect() as connection:
        return {
            table.name: _rows(connection, table)
            for table in db.metadata.sorted_tables
            if table.name not in {*but, "page_stamps"}
        }


def _rows(connection: sa.Connection, table: sa.Table) -> list[tuple]:
    return [tuple(row) for row in connection.execute(_select(table))]


@cache
def _select(table: sa.Table) -> sa.Select:
    return sa.select(table).order_by(*table.primary_key)
