"""Progress reports over an agenda: planned, written by koppels and organisers, checked, frozen and published."""

from flask import Flask


def wire() -> None:
    from app.progress import models  # noqa: F401


def bind(app: Flask) -> None:
    from app.progress import file_views
    from app.web import doors

    doors.hang(app, file_views)
