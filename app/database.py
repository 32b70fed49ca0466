"""How tables and transactions behave here, on SQLite and PostgreSQL alike.

A GET or HEAD request opens read-only transactions: the database itself refuses that a
mail scanner, a preview or a prefetch changes anything. Everything else writes; SQLite
then takes its single write lock at once (BEGIN IMMEDIATE), so that two writers wait for
each other instead of failing half-way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

import sqlalchemy as sa
from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, MappedColumn, QueryableAttribute, mapped_column
from sqlalchemy.orm.exc import ObjectDeletedError

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
BUSY_TIMEOUT = 20_000
"""Milliseconds that a SQLite writer waits for another one."""


class Model(DeclarativeBase):
    """What all tables have in common."""

    __table__: ClassVar[sa.Table]
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@event.listens_for(Model.metadata, "before_create")
def never_give_out_an_id_again(metadata: sa.MetaData, *_: Any, **__: Any) -> None:
    """An id that was deleted is in links that were mailed: SQLite too gives it to no other row (sqlite.org/autoinc)."""
    for table in metadata.tables.values():
        if has_generated_id(table):
            table.dialect_options["sqlite"]["autoincrement"] = True


def has_generated_id(table: sa.Table) -> bool:
    """Whether the database hands out the ids of this table."""
    column = table.autoincrement_column
    return column is not None and type(column.type) is sa.Integer


class OneDatabase(Session):
    """A session of the one database that there is: what a statement is about is not looked at to find which."""

    _engine: Engine | None = None

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **_: Any) -> Engine | sa.Connection:
        if bind is None:
            self._engine = bind = self._engine or db.engine
        return bind  # type: ignore[no-any-return]  # one of both, in one call less than by saying so

    def close(self) -> None:
        """Give up what was begun, also where the connection is gone: what was saved and answered before stands."""
        try:
            super().close()
        except SQLAlchemyError:
            self.invalidate()


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False, "class_": OneDatabase})


Condition = sa.ColumnElement[bool] | sa.TextClause
"""What may stand in a WHERE."""
Rows = sa.Select[*tuple[Any, ...]]
"""A SELECT of columns that differ from case to case."""


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Reads a value in one call, where `process_result_value` takes two."""
        read = self.impl_instance.result_processor(dialect, coltype)

        def process(value: Any) -> datetime | None:
            moment: datetime | None = read(value) if read else value
            if moment is None:
                return None
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

        return process


class _Members(dict[str | None, Any]):
    """The values of an enumeration as they are stored; one that it has not goes the way that SQLAlchemy refuses it."""

    def __init__(self, enum: sa.Enum) -> None:
        super().__init__(enum._object_lookup)
        self._enum = enum

    def __missing__(self, value: Any) -> Any:
        return self._enum._object_value_for_elem(value)


class _Enumeration(sa.Enum):
    """An enumeration of which a value is read without a call."""

    cache_ok = True

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        return _Members(self).__getitem__


def enum_column(enum: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """A column that holds one value of an enumeration, guarded by a CHECK in the database."""
    kind = _Enumeration(
        enum,
        native_enum=False,
        create_constraint=True,
        name=enum.__name__.lower(),
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(kind, **options)


class _Listing(dict[str | None, StrEnum | str | None]):
    def __missing__(self, value: str | None) -> str | None:
        return value


class Exact(sa.types.TypeDecorator[Decimal]):
    """A figure of two decimals, stored in hundredths: SQLite has no exact numbers but whole ones."""

    impl = sa.BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def process_bind_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else int((Decimal(value) * 100).to_integral_value(ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class Listed(sa.types.TypeDecorator[Any]):
    """A value of an enumeration; what the program does not know (any more) is read as text."""

    impl = sa.String
    cache_ok = True

    def __init__(self, enum: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.enum = enum
        self._members = _Listing((member.value, member) for member in enum)

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else str(value)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], StrEnum | str | None]:
        return self._members.__getitem__

    def member(self, value: str | None) -> StrEnum | str | None:
        """The value of the enumeration that is written like this, or the text as it is."""
        return self._members[value]


def listed(enum: type[StrEnum], length: int, **options: Any) -> MappedColumn[Any]:
    """A column for an enumeration that grows by an entry in the program alone: no CHECK, so no migration."""
    return mapped_column(Listed(enum, length), **options)


_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def read_only_transactions() -> Iterator[None]:
    """Transactions begun inside only read, and keep no writer waiting."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def only_reading() -> Iterator[None]:
    """End the transaction at hand, saved, and read in the block for as long as it takes, while others write."""
    db.session.commit()
    with read_only_transactions():
        try:
            yield
        except BaseException:
            give_up_transaction()
            raise
        db.session.commit()


def give_up_transaction() -> None:
    """Roll back what was begun, also where that the connection was lost shows only now."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def is_read_only() -> bool:
    """Whether what runs now may change nothing."""
    return _reading.get() or (has_request_context() and request.method in SAFE_METHODS)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: object) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None
        connection.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;PRAGMA busy_timeout={BUSY_TIMEOUT}; PRAGMA cache_size=-16000"
        )


@event.listens_for(Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    guarded = is_read_only()
    _guard(connection, guarded)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if guarded else "BEGIN IMMEDIATE")


def _guard(connection: sa.Connection, guarded: bool) -> None:
    """Let the database refuse writes, or allow them again; only when that differs from this connection's last transaction."""
    if connection.info.get("guarded") == guarded:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={int(guarded)}")
    else:
        cast(Any, connection.connection.driver_connection).read_only = guarded
    connection.info["guarded"] = guarded


def as_database_error(connection: sa.Connection, statement: str, error: Exception) -> BaseException:
    """What SQLAlchemy would have raised, had it run the statement that the driver was given past it.

    Who waits for a database that is away, or says so on a page, knows it by SQLAlchemy's errors alone.
    """
    dialect = connection.dialect
    return DBAPIError.instance(statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect)


@contextmanager
def autocommit_connection() -> Iterator[sa.Connection]:
    """A connection on which every statement is a transaction of its own; not while a session writes."""
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if connection.dialect.name == "sqlite":
            _guard(connection, guarded=False)
        yield connection


def write_in_passing(statement: sa.Update | sa.Insert) -> bool:
    """Write, beside a request that only reads, what may be missed once: no page waits for another writer because of it.

    False when it was missed. On SQLite any other writer is in the way, on PostgreSQL one of the same row.
    """
    with autocommit_connection() as connection:
        if connection.dialect.name == "sqlite":
            return _write_at_once(connection, statement)
        if isinstance(statement, sa.Update):
            statement = _skip_locked(statement)
        return bool(connection.execute(statement).rowcount)


def _write_at_once(connection: sa.Connection, statement: sa.Update | sa.Insert) -> bool:
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        return bool(connection.execute(statement).rowcount)
    except OperationalError:
        return False
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")


def _skip_locked(update: sa.Update) -> sa.Update:
    table = cast(sa.Table, update.table)
    free = sa.select(*table.primary_key).where(cast(Any, update.whereclause)).with_for_update(skip_locked=True)
    return update.where(sa.tuple_(*table.primary_key).in_(free))


def insert_new(table: sa.Table, *unique: str) -> Any:
    """An INSERT that passes over rows that are there already, by the unique key of these columns."""
    if db.session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing(index_elements=unique)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table).on_conflict_do_nothing(index_elements=unique)


def insert_or_update(table: sa.Table, *unique: str, **values: Any) -> Any:
    """An INSERT that gives a row which is there already, by the unique key of these columns, these values instead."""
    if db.session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_update(index_elements=unique, set_=values)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table).on_conflict_do_update(index_elements=unique, set_=values)


def rows_changed(statement: sa.UpdateBase) -> int:
    """Carry out an INSERT, UPDATE or DELETE and return how many rows it changed."""
    result = db.session.execute(statement, execution_options={"preserve_rowcount": True})
    return cast("sa.CursorResult[Any]", result).rowcount


def add_once(row: Model) -> bool:
    """Add a row of which there may be one; False when somebody else added theirs at the same moment."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


Row = TypeVar("Row", bound=Model)


def take_row(model: type[Row], row_id: int, *conditions: Condition) -> Row | None:
    """A row by its id, locked for this transaction and read anew; None when another one has it, or it meets the conditions no more."""
    key = model.__table__.primary_key.columns.values()[0]
    wanted = sa.select(model).where(key == row_id, *conditions).with_for_update(of=model, skip_locked=True)
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


def lock_row(row: Model) -> None:
    """Hold a row until the transaction ends, awaiting who changes it, and read it anew; what was set and not saved is saved first.

    SQLAlchemy's own refresh() forgets what was set. New rows may go on referring to it. Raises ObjectDeletedError when
    somebody deleted the row.
    """
    db.session.flush()
    kind = type(row)
    wanted = sa.select(kind).where(*_is_row(row)).with_for_update(of=kind, key_share=True)
    if db.session.scalar(wanted, execution_options={"populate_existing": True}) is None:
        raise ObjectDeletedError(sa.inspect(row))


def _is_row(row: Model) -> list[Condition]:
    mapper, key = sa.inspect(type(row)), sa.inspect(row).identity or ()
    return [column == value for column, value in zip(mapper.primary_key, key, strict=True)]


def take_turns(about: str) -> None:
    """Let nobody else work on this until the transaction ends; SQLite has one writer as it is.

    What was read stays as it was read.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(about))))


def wait_for_others(about: str) -> None:
    """Like `take_turns`, and read anew."""
    take_turns(about)
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.expire_all()


def work_beside_others(about: str) -> None:
    """Work on this together with others who do, until the transaction ends: awaits only who lets nobody else work on it.

    What was read stays as it was read.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(sa.func.hashtext(about))))


def too_often(
    at: QueryableAttribute[datetime], since: datetime, most: int, *conditions: sa.ColumnElement[bool]
) -> bool:
    """Whether `most` rows or more meet the conditions with a moment `at` after `since`: one more would be too many."""
    return db.session.scalars(sa.select(sa.func.count()).where(at > since, *conditions)).one() >= most


ALWAYS = sa.literal(1) == 1
"""Ends the SELECT of an INSERT with a WHERE, without which SQLite reads its ON CONFLICT as part of a join."""
