"""What stands where: what needs an organiser, figures over networks."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.reports import beginning_views, organiser_views, outcome_views, overall_year_views, year_views
    from app.web import doors

    doors.hang(app, beginning_views, organiser_views, outcome_views, overall_year_views, year_views)
