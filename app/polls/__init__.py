"""Date polls: which day suits a small group, without accounts; the chosen one becomes a session."""

from flask import Flask


def wire() -> None:
    from app.network.people import people
    from app.outbox import message_writing
    from app.polls import erasure, poll_letters

    for kind in poll_letters.KINDS:
        message_writing.register_writer(kind, poll_letters.write_poll_mails, keep=poll_letters.remember)
    people.erased.connect(erasure.erase_poll_votes)


def bind(app: Flask) -> None:
    from app.polls import organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)
