"""What is counted for themes and agendas: indicators, their targets, readings, counts, signs and money."""

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.agendas.models import AgendaTheme


def wire() -> None:
    from app.agendas import agenda_themes
    from app.indicators import models  # noqa: F401

    agenda_themes.taking_off.connect(_keep_with_figures)


def bind(app: Flask) -> None:
    from app.indicators import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)


def _keep_with_figures(row: "AgendaTheme") -> None:
    from app.indicators import indicators

    indicators.keep_with_figures(row)
