"""What comes back by mail: read from the mailbox, sorted by shape, acted on, filed."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.inbox import forgetting, organiser_views
    from app.network import people
    from app.web import doors

    doors.hang(app, organiser_views)
    people.erased.connect(forgetting.forget)
