"""Who was there: check-in at the door, walk-ins, joining online, who stayed away."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.attendance import door_views, organiser_views, participant_views
    from app.web import doors

    doors.hang(app, door_views, organiser_views, participant_views)
