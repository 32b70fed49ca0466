"""What others organise: partners' calendars, shown in the agenda and taken into account when planning."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def bind(app: "Flask") -> None:
    from app.elsewhere import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)
