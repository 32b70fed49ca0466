"""What was learned: evaluations, cards, insights, suggestions, commitments, impressions, the library."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.invitations import mailing
    from app.lessons import (
        catching_views,
        commitment_letters,
        commitment_views,
        documents,
        evaluation_views,
        evaluations,
        follow_up,
        forgetting,
        impression_views,
        impressions,
        learning_views,
        library,
        library_views,
    )
    from app.network import people
    from app.outbox import composing
    from app.web import doors

    doors.hang(
        app,
        catching_views,
        commitment_views,
        evaluation_views,
        impression_views,
        learning_views,
        library_views,
    )
    impressions.published.connect(library.index)
    impressions.published.connect(documents.want)
    impressions.withdrawn.connect(library.remove)
    mailing.asking_back.connect(evaluations.ask_back)
    mailing.looking_back.connect(commitment_letters.look_back)
    people.erased.connect(forgetting.forget)
    composing.register(evaluations.KIND, evaluations.compose)
    for kind in (commitment_letters.TOLD, commitment_letters.REMINDER):
        composing.register(kind, commitment_letters.compose)
    for kind in (follow_up.THANKS, follow_up.MISSED):
        composing.register(kind, follow_up.compose)
