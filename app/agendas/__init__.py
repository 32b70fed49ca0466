"""Collaboration agendas: which themes parties take up together, and who stands for each."""

from flask import Flask


def wire() -> None:
    from app.agendas import koppel_letters, koppels
    from app.network.people import people
    from app.outbox import message_writing

    message_writing.register_writer(koppel_letters.LINK, koppel_letters.write_koppel_mails)
    people.erased.connect(koppels.erase_offices)


def bind(app: Flask) -> None:
    from app.agendas import koppel_views, organiser_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, koppel_views, public_views)
