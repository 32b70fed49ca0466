"""Calendars to subscribe to: public ones, of a person, of an organiser."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.feeds import subscribe_views, views
    from app.web import doors

    doors.hang(app, views, subscribe_views)
