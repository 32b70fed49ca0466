"""Messages: compose, queue, deliver, retry, states. Knows no other domain: it is handed finished letters."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.outbox import mailbox_views
    from app.web import doors

    if not app.config["MAIL_SERVER"]:
        doors.hang(app, mailbox_views)
