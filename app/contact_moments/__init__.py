"""Talks with organisations, as an organiser notes them."""

from flask import Flask


def wire() -> None:
    from app.contact_moments import erasure
    from app.network.people import people

    people.erased.connect(erasure.erase_from_talks)


def bind(app: Flask) -> None:
    from app.contact_moments import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)
