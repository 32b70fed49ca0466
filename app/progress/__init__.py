"""Progress reports over an agenda: planned, written by koppels and organisers, checked, frozen and published."""

from flask import Flask


def wire() -> None:
    from app.agendas import agenda_themes
    from app.digests import digest_requests
    from app.outbox import message_writing
    from app.progress import asking, request_letters, words

    agenda_themes.taking_off.connect(words.keep_with_words)

    for kind in (asking.ASKED, asking.REMINDER):
        message_writing.register_writer(kind, request_letters.write_request_mails, request_letters.look_again)
    digest_requests.register_teller(asking.ASKED, request_letters.tell_in_digest)


def bind(app: Flask) -> None:
    from app.progress import edition_views, file_views, organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, edition_views, file_views, participant_views, public_views)
