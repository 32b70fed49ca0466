"""Keeping it well: health, set-up check, alarms, backup and restore, the state of the database."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.inbox import handling
    from app.upkeep import mail_tests, views
    from app.web import doors

    app.register_blueprint(views.monitoring)
    doors.hang(app, views)
    views.guard(app)
    handling.test_came_back.connect(lambda number, mail: mail_tests.came_back(number, mail), weak=False)
    handling.bounce_came_back.connect(mail_tests.bounced)
