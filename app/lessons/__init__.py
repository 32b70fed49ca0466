"""What was learned: evaluations, cards, insights, suggestions, commitments, impressions, the library."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.invitations import wave_letters
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

    for views in (
        catching_views,
        commitment_views,
        evaluation_views,
        impression_views,
        learning_views,
        library_views,
    ):
        app.register_blueprint(views.blueprint)
    impressions.published.connect(library.index)
    impressions.published.connect(documents.want)
    impressions.withdrawn.connect(library.remove)
    wave_letters.thanking.connect(evaluations.ask_along)
    people.erased.connect(forgetting.forget)
    composing.register(evaluations.KIND, evaluations.compose)
    for kind in (commitment_letters.TOLD, commitment_letters.REMINDER):
        composing.register(kind, commitment_letters.compose)
    for kind in (follow_up.THANKS, follow_up.MISSED):
        composing.register(kind, follow_up.compose)
