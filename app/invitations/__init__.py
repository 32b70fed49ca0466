"""Waves of mail to an audience, invitations, personal links."""

from flask import Flask


def wire() -> None:
    from app.invitations import wave_letters
    from app.invitations.models import WaveKind
    from app.outbox import composing

    for kind in WaveKind:
        composing.register(kind.mail, wave_letters.compose, wave_letters.last_look)


def bind(app: Flask) -> None:
    from app.invitations import board_views, letter_views, organiser_views
    from app.web import doors

    doors.hang(app, organiser_views, letter_views, board_views)
