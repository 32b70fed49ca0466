"""The tables of this version, made and changed step by step by alembic, which loads with this module alone."""

from collections.abc import Sequence
from typing import Any

import click
import flask_migrate
import sqlalchemy as sa
from alembic.operations import batch
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import cli

from app.database import autocommit_connection, db
from app.settings import ROOT

SEARCH = ("library_search", "ix_library_entries_vector")
"""The search index of the library, which each database has in a way of its own and no model describes."""


def is_described(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Whether the models say anything of what is in the database; alembic proposes to drop the rest."""
    return not (reflected and name is not None and (name.startswith(SEARCH) or (kind, name) == ("column", "vector")))


class _Alone(batch.BatchOperationsImpl):
    """Changes a table on SQLite, where that is to make it anew, after looking at it alone.

    Alembic looks at all tables that it refers to as well, and at theirs, of which it uses nothing: a quarter of the time of an update.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]  # alembic says no types here
        self.reflect_kwargs["resolve_fks"] = False


batch.BatchOperationsImpl = _Alone  # type: ignore[misc]  # alembic takes it by this name, and has no setting for it

_migrate = flask_migrate.Migrate(
    db=db,
    directory=str(ROOT / "migrations"),
    render_as_batch=True,
    compare_type=True,
    include_object=is_described,
)


def upgrade(revision: str = "head") -> None:
    """Bring the database to a revision."""
    commands()
    flask_migrate.upgrade(revision=revision)


def is_known(revision: str) -> bool:
    """Whether this version has the migration with that number; a newer one may have more."""
    script = ScriptDirectory(str(ROOT / "migrations"))
    return revision in {each.revision for each in script.walk_revisions()}


def drop_all() -> None:
    """Leave an empty database, whatever was half made in it."""
    db.session.remove()
    with autocommit_connection() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            virtual = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
            _drop(connection, connection.exec_driver_sql(virtual).scalars().all())
        _drop(connection, sa.inspect(connection).get_table_names())
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _drop(connection: sa.Connection, names: Sequence[str]) -> None:
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for name in names:
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"{cascade}')


def commands() -> click.Group:
    """The commands of Flask-Migrate, for the running application."""
    if "migrate" not in current_app.extensions:
        _migrate.init_app(current_app)
    group: click.Group = cli.db
    return group
