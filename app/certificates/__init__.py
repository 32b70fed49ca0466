"""Certificates: who was somewhere, on which days and for how many hours, with a number that anybody can check."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.certificates import organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views, public_views)


def wire() -> None:
    from app.certificates import erasure, letter_mails
    from app.network.people import people
    from app.outbox import message_writing

    people.erased.connect(erasure.erase_names_on_certificates)
    for kind in (letter_mails.LETTER, letter_mails.WITHDRAWN):
        message_writing.register_writer(kind, letter_mails.write_letter_mails)
