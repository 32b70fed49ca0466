"""The tables of this version, made and changed step by step by alembic, which loads with this module alone."""

import click
import flask_migrate
from flask import current_app
from flask_migrate import cli

from app.database import db
from app.settings import ROOT

SEARCH = ("library_search", "ix_library_entries_vector")
"""The search index of the library, which each database has in a way of its own and no model describes."""


def is_described(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Whether the models say anything of what is in the database; alembic proposes to drop the rest."""
    return not (reflected and name is not None and (name.startswith(SEARCH) or (kind, name) == ("column", "vector")))


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


def commands() -> click.Group:
    """The commands of Flask-Migrate, for the running application."""
    if "migrate" not in current_app.extensions:
        _migrate.init_app(current_app)
    group: click.Group = cli.db
    return group
