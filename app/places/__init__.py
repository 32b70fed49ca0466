"""The book of places where sessions are, with their rooms; kept by organisers for all networks."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.places import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)
