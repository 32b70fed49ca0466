"""The participant's answer: seats, waiting list, substitutes, questions; the organiser's cockpit."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.invitations import recipients
    from app.network import merging, people
    from app.outbox import composing
    from app.registration import (
        allotments,
        capacity,
        forgetting,
        merging_invitations,
        organiser_views,
        participant_views,
        seats_views,
        updates,
    )
    from app.web import doors

    doors.hang(app, organiser_views, participant_views, seats_views)
    composing.register(allotments.OFFERED, allotments.compose)
    updates.connect()
    recipients.seats_wanted.connect(capacity.has_room)
    people.erased.connect(forgetting.forget)
    merging.merging.connect(merging_invitations.combine)
    merging.unmerged.connect(merging_invitations.keep_capacity)
