"""Date polls: which day suits a small group, without accounts; the chosen one becomes a session."""

from flask import Flask


def wire() -> None:
    from app.network import people
    from app.outbox import composing
    from app.polls import forgetting, letters

    for kind in letters.KINDS:
        composing.register(kind, letters.compose)
    people.erased.connect(forgetting.forget)


def bind(app: Flask) -> None:
    from app.polls import organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)
