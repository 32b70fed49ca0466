"""Date polls: which day suits a small group, without accounts; the chosen one becomes a session."""

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.network.people.models import Person


def wire() -> None:
    from app.network.people import people
    from app.outbox import message_writing
    from app.polls import poll_letters

    for kind in poll_letters.KINDS:
        message_writing.register_writer(kind, poll_letters.write_poll_mails, keep=poll_letters.remember)
    people.erased.connect(_erase)


def bind(app: Flask) -> None:
    from app.polls import organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views)


def _erase(person: "Person") -> None:
    from app.polls import erasure

    erasure.erase_poll_votes(person)
