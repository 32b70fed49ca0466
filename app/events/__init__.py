"""Events with their programme and questions: planning, publishing, the public agenda."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.events import busy_days_views, organiser_views, public_views

    app.register_blueprint(organiser_views.blueprint)
    app.register_blueprint(busy_days_views.blueprint)
    app.register_blueprint(public_views.blueprint)
