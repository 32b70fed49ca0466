"""Calendars to subscribe to: of a network, of a person."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.feeds import views

    app.register_blueprint(views.blueprint)
