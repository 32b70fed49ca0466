"""Speakers as people: asked by a link of their own, what they answer, say and send, and what they hear."""

from flask import Flask


def wire() -> None:
    from app.breakouts import slots_to_choose
    from app.events import planning
    from app.network.people import people
    from app.outbox import message_writing
    from app.speakers import asking, erasure, speaker_letters

    for kind in asking.KINDS:
        message_writing.register_writer(kind, speaker_letters.write_speaker_mails, keep=speaker_letters.remember)
    planning.altered.connect(asking.follow_event)
    planning.cancelled.connect(asking.follow_event)
    slots_to_choose.changed.connect(asking.follow_slot)
    people.erased.connect(erasure.erase_speaker)


def bind(app: Flask) -> None:
    from app.speakers import organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)
