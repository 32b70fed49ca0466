"""Waves of mail to an audience, invitations, personal links."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.invitations import board_views, letter_views, organiser_views
    from app.web import doors

    doors.hang(app, organiser_views, letter_views, board_views)
