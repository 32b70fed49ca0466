"""What stands where: what needs an organiser, figures over networks."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.reports import organiser_views, year_views

    app.register_blueprint(organiser_views.blueprint)
    app.register_blueprint(year_views.blueprint)
