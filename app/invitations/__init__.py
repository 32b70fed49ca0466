"""Waves of mail to an audience, invitations, personal links."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.invitations import board_views, letter_views, organiser_views, wave_letters
    from app.invitations.models import WaveKind
    from app.outbox import composing

    for views in (organiser_views, letter_views, board_views):
        app.register_blueprint(views.blueprint)
    for kind in WaveKind:
        composing.register(kind, wave_letters.compose, wave_letters.last_look)
