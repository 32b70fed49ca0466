"""Who was there: check-in at the door, walk-ins, joining online, who stayed away."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.attendance import organiser_views, participant_views

    app.register_blueprint(organiser_views.blueprint)
    app.register_blueprint(participant_views.blueprint)
