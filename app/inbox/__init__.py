"""What comes back by mail: read from the mailbox, sorted by shape, acted on, filed."""

from flask import Flask


def wire() -> None:
    from app.inbox import erasure
    from app.network.people import people

    people.erased.connect(erasure.erase_incoming_mail)


def bind(app: Flask) -> None:
    from app.inbox import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)
