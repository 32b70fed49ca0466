"""The participant's answer: seats, waiting list, substitutes, questions; the organiser's cockpit."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.network import people
    from app.registration import forgetting, organiser_views, participant_views, updates

    app.register_blueprint(organiser_views.blueprint)
    app.register_blueprint(participant_views.blueprint)
    updates.connect()
    people.erased.connect(forgetting.forget)
