"""The themes that all networks share: one managed list, which sessions, insights, interests and agendas speak."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def bind(app: "Flask") -> None:
    from app.themes import organiser_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, public_views)
