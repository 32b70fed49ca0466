"""Organisations, people and their positions, networks and memberships, audiences, import."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.network import audience_views, import_views, organiser_views, participant_views, public_views

    app.register_blueprint(organiser_views.blueprint)
    app.register_blueprint(import_views.blueprint)
    app.register_blueprint(audience_views.blueprint)
    app.register_blueprint(participant_views.blueprint)
    app.register_blueprint(public_views.blueprint)
