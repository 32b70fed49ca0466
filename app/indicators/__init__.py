"""What is counted for themes and agendas: indicators, their targets, readings, counts, signs and money."""

from flask import Flask


def wire() -> None:
    from app.indicators import models as models


def bind(app: Flask) -> None:
    from app.indicators import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)
