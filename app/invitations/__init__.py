"""Waves of mail to an audience, invitations, personal links."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.invitations import organiser_views

    app.register_blueprint(organiser_views.blueprint)
