"""Events with their programme and questions: planning, publishing, the public agenda."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.events import busy_days_views, list_views, notice_views, organiser_views, public_views, series_views
    from app.web import doors

    doors.hang(app, organiser_views, list_views, notice_views, busy_days_views, public_views, series_views)
