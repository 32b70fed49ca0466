"""What was learned: evaluations, cards, insights, suggestions, commitments, impressions, the library."""

from flask import Flask


def wire() -> None:
    from app.invitations import wave_letters
    from app.lessons import (
        commitment_letters,
        documents,
        evaluations,
        follow_up,
        forgetting,
        impressions,
        library,
    )
    from app.network import people
    from app.outbox import composing
    from app.outbox.kinds import MessageKind

    impressions.published.connect(library.index)
    impressions.published.connect(documents.want)
    impressions.withdrawn.connect(library.remove)
    wave_letters.thanking.connect(evaluations.ask_along)
    people.erased.connect(forgetting.forget)
    composing.register(MessageKind.EVALUATION, evaluations.compose)
    for kind in (commitment_letters.TOLD, commitment_letters.REMINDER):
        composing.register(kind, commitment_letters.compose)
    for kind in (follow_up.THANKS, follow_up.MISSED):
        composing.register(kind, follow_up.compose)


def bind(app: Flask) -> None:
    from app.lessons import (
        catching_views,
        commitment_views,
        evaluation_views,
        impression_views,
        learning_views,
        library_views,
    )
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
