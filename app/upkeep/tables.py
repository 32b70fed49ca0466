"""The tables of this version, made and changed step by step by alembic, which loads with this module alone."""

import click
import flask_migrate
from flask import current_app
from flask_migrate import cli

from app.database import db
from app.settings import ROOT

_migrate = flask_migrate.Migrate(db=db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)


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
