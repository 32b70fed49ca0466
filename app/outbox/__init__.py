"""Messages: compose, queue, deliver, retry, states. Knows no other domain: it is handed finished letters."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.outbox import mailbox_views

    if not app.config["MAIL_SERVER"]:
        app.register_blueprint(mailbox_views.blueprint)
