"""The tables that the migrations make are the tables that the models describe, on both databases.

Alembic passes over CHECKs, conditions of indexes and, on SQLite, defaults. So a second database is made from the models
alone, and what each database says of both is compared in its own words.
"""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.database import db, has_generated_id
from app.upkeep import tables
from tests import factories

SEARCH = ("library_search", "vector", "ix_library_entries_vector")
"""The search index of the library, which each database has in a way of its own."""
KINDS = {
    "columns": ("name", "type", "nullable", "default"),
    "pk_constraint": ("name", "constrained_columns"),
    "indexes": ("name", "column_names", "unique", "dialect_options"),
    "unique_constraints": ("name", "column_names"),
    "foreign_keys": ("name", "constrained_columns", "referred_table", "referred_columns", "options"),
    "check_constraints": ("name", "sqltext"),
}
"""What a database can say of its tables, and what counts in it."""


@pytest.fixture
def described(app, databases) -> Iterator[sa.Engine]:
    """An empty database of the same kind with the tables that the models describe."""
    kind = db.engine.dialect.name
    engine = sa.create_engine("sqlite://" if kind == "sqlite" else databases.empty("postgresql"))
    db.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _told(engine: sa.Engine, kind: str) -> set[str]:
    """Each thing of a kind as one line: its table and what counts."""
    found = getattr(sa.inspect(engine), f"get_multi_{kind}")()
    return {
        f"{table}: {', '.join(_plain(thing.get(part)) for part in KINDS[kind])}"
        for (_, table), things in found.items()
        if table in db.metadata.tables
        for thing in (things if isinstance(things, list) else [things])
        if not str(thing["name"]).startswith(SEARCH)
    }


def _plain(part) -> str:
    """Without the quotes and spaces that a migration may write in another way, values of a list by the alphabet."""
    part = {name: str(value) for name, value in part.items()} if isinstance(part, dict) else part
    text = re.sub(r"\s+", " ", str(part).replace('"', ""))
    return re.sub(r"(?<=[\[(])'[^\])]*", lambda values: ", ".join(sorted(values[0].split(", "))), text)


@pytest.mark.parametrize("kind", KINDS)
def test_the_migrations_make_what_the_models_describe(app, described, kind):
    made, wanted = _told(db.engine, kind), _told(described, kind)

    assert len(wanted) > 20
    assert sorted(made - wanted) == []
    assert sorted(wanted - made) == []


def test_alembic_finds_nothing_to_migrate(app):
    """With the options of `flask db revision`, which must not propose to drop the search index."""
    tables.commands()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=app.extensions["migrate"].configure_args)
        assert compare_metadata(context, db.metadata) == []


def test_an_id_that_was_deleted_is_given_to_no_other_row(app):
    first, last = factories.person("Eerst"), factories.person("Laatst")
    db.session.delete(last)
    db.session.flush()
    assert factories.person("Nieuw").id > last.id > first.id


GIVEN_ONCE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'",
    "postgresql": "SELECT table_name FROM information_schema.columns WHERE column_default LIKE 'nextval(%'",
}


def test_every_table_with_ids_gives_each_once(app):
    given_once = set(db.session.scalars(sa.text(GIVEN_ONCE[db.engine.dialect.name])))
    assert {table.name for table in db.metadata.tables.values() if has_generated_id(table)} - given_once == set()


def test_no_index_repeats_the_beginning_of_another():
    """Each costs every write, and for a session that is new PostgreSQL took the one by the session alone: 300 ms, not 20."""
    repeated = [
        f"{table.name}: {index.name} is in {other}"
        for table in db.metadata.tables.values()
        for index in table.indexes
        if not index.unique and _whole(index)
        for other, columns in _ordered_columns(table)
        if other != index.name and columns[: len(index.columns)] == index.columns.keys()
    ]
    assert repeated == []


def _whole(index: sa.Index) -> bool:
    return index.dialect_options["postgresql"]["where"] is None and len(index.expressions) == len(index.columns)


def _ordered_columns(table: sa.Table) -> Iterator[tuple[str, list[str]]]:
    """What of a table can be looked up in order: the primary key, and what is unique or an index without a condition."""
    for each in (table.primary_key, *table.indexes, *table.constraints):
        if isinstance(each, sa.UniqueConstraint | sa.PrimaryKeyConstraint) or (
            isinstance(each, sa.Index) and _whole(each)
        ):
            yield str(each.name), each.columns.keys()
