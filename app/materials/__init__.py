"""The material of a session: files, links and recordings, before, during and after it."""

from flask import Flask

from app.signals import Signal

infected = Signal("The virus scanner found a virus in a file; sent with the material, which nobody gets any more.")


def bind(app: Flask) -> None:
    from app.materials import organiser_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, public_views)
