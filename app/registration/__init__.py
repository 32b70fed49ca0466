"""The participant's answer: seats, waiting list, substitutes, questions; the organiser's cockpit."""

from flask import Flask


def wire() -> None:
    from app.network import merging, people
    from app.outbox import composing
    from app.outbox.kinds import MessageKind
    from app.registration import allotments, forgetting, merging_invitations, updates

    composing.register(MessageKind.SEATS_OFFERED, allotments.compose)
    updates.connect()
    people.erased.connect(forgetting.forget)
    merging.merging.connect(merging_invitations.combine)
    merging.unmerged.connect(merging_invitations.keep_capacity)


def bind(app: Flask) -> None:
    from app.registration import organiser_views, participant_views, seats_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views, seats_views)
