"""What is counted for themes and agendas: indicators, their targets, readings, counts, signs and money."""

from flask import Flask


def wire() -> None:
    from app.agendas import agenda_themes
    from app.indicators import indicators

    agenda_themes.taking_off.connect(indicators.keep_with_figures)


def bind(app: Flask) -> None:
    from app.indicators import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)
