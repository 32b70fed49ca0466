"""Events with their programme and questions: planning, publishing, the public agenda."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.events import (
        busy_days_views,
        list_views,
        notice_views,
        organiser_views,
        programme_views,
        public_views,
        series_views,
    )
    from app.web import doors

    of_sessions = (organiser_views, programme_views, list_views, notice_views, series_views)
    doors.hang(app, *of_sessions, busy_days_views, public_views)
