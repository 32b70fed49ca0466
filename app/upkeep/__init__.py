"""Keeping it well: health, set-up check, backup and restore, the state of the database."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.upkeep import models, views  # noqa: F401

    app.register_blueprint(views.blueprint)
    views.guard(app)
