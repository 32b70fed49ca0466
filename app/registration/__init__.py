"""The participant's answer: seats, waiting list, substitutes, questions; the organiser's cockpit."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.network import merging, people
    from app.outbox import composing
    from app.registration import (
        allotments,
        forgetting,
        merging_invitations,
        organiser_views,
        participant_views,
        seats_views,
        updates,
    )

    app.register_blueprint(organiser_views.blueprint)
    app.register_blueprint(participant_views.blueprint)
    app.register_blueprint(seats_views.blueprint)
    composing.register(allotments.OFFERED, allotments.compose)
    updates.connect()
    people.erased.connect(forgetting.forget)
    merging.merging.connect(merging_invitations.combine)
    merging.unmerged.connect(merging_invitations.keep_capacity)
