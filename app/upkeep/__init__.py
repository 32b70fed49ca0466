"""Keeping it well: health, set-up check, alarms, backup and restore, the state of the database."""

from flask import Flask


def wire() -> None:
    from app.inbox import handling
    from app.upkeep import mail_tests

    handling.test_came_back.connect(mail_tests.came_back)
    handling.bounce_came_back.connect(mail_tests.bounced)


def bind(app: Flask) -> None:
    from app.upkeep import views
    from app.web import doors

    app.register_blueprint(views.monitoring)
    doors.hang(app, views)
    views.guard(app)
