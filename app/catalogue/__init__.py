"""What is on offer: the home of the site, the catalogue of sessions, courses and what has no date, and how others find it."""

from flask import Flask


def wire() -> None:
    from app.catalogue import models  # noqa: F401


def bind(app: Flask) -> None:
    from app.catalogue import home_views, item_views, public_views, structured_data
    from app.web import doors

    app.jinja_env.globals.update(structured_data=structured_data)
    doors.hang(app, home_views, public_views, item_views)
