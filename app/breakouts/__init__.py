"""Choices in the programme: rounds with parallel slots, who has a place in which, and who waits for one."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.breakouts import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)
