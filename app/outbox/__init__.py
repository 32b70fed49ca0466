"""Messages: compose, queue, deliver, retry, states. Knows no other domain: it is handed finished letters."""

from flask import Flask


def wire() -> None:
    from app.outbox import mass_moves

    mass_moves.wire()


def bind(app: Flask) -> None:
    from app.outbox import errands, mailbox_views
    from app.web import doors

    errands.carry_on_after_requests(app)
    if not app.config["MAIL_SERVER"]:
        doors.hang(app, mailbox_views)
