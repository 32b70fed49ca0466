"""The material of a session: files, links and recordings, before, during and after it."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.materials import organiser_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, public_views)
