"""Privacy: the one list of personal data and all that follows from it: the page, the register, erasing, how long it stays."""

from flask import Flask


def wire() -> None:
    from app.network.people import people
    from app.privacy import erased_numbers, mentions

    people.erasing.connect(mentions.read_mentions_ahead)
    people.erased.connect(mentions.erase_mentions)
    erased_numbers.connect()


def bind(app: Flask) -> None:
    from app.privacy import organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views, public_views)
