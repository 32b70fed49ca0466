"""Calendars to subscribe to: public ones, of a person, of an organiser."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.feeds import subscribe_views, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(subscribe_views.blueprint)
