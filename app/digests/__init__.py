"""One calm mail that bundles what a person should know: what belongs in it, who gets it when."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.digests import editions, letters, organiser_views, participant_views
    from app.outbox import composing
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)
    composing.register(editions.KIND, letters.compose)
