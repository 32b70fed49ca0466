"""Keeping it well: health, set-up check, alarms, backup and restore, the state of the database."""

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.inbox.mail_reading import ReadMail


def wire() -> None:
    from app.inbox import arrived
    from app.upkeep import models  # noqa: F401

    arrived.test_came_back.connect(_note_reply)
    arrived.bounce_came_back.connect(_note_bounce)


def bind(app: Flask) -> None:
    from app.upkeep import views
    from app.web import doors

    app.register_blueprint(views.monitoring)
    doors.hang(app, views)
    views.guard_against_old_tables(app)


def _note_reply(test_id: int, mail: "ReadMail") -> None:
    from app.upkeep import mail_tests

    mail_tests.note_reply_arrived(test_id, mail)


def _note_bounce(message_id: int) -> None:
    from app.upkeep import mail_tests

    mail_tests.note_bounce_arrived(message_id)
