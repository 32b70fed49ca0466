"""Keeping it well: health, set-up check, alarms, backup and restore, the state of the database."""

from flask import Flask


def wire() -> None:
    from app.inbox import mail_handling
    from app.upkeep import mail_tests

    mail_handling.test_came_back.connect(mail_tests.note_reply_arrived)
    mail_handling.bounce_came_back.connect(mail_tests.note_bounce_arrived)


def bind(app: Flask) -> None:
    from app.upkeep import views
    from app.web import doors

    app.register_blueprint(views.monitoring)
    doors.hang(app, views)
    views.guard_against_old_tables(app)
