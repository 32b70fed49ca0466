"""Progress reports over an agenda: planned, written by koppels and organisers, checked, frozen and published."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.agendas.models import AgendaTheme
    from app.digests.digest_requests import Request
    from app.outbox.message_writing import Written
    from app.outbox.models import Message, Reason


def wire() -> None:
    from app.agendas import agenda_themes
    from app.digests import digest_requests
    from app.outbox import message_writing
    from app.outbox.kinds import MessageKind
    from app.progress import models  # noqa: F401

    agenda_themes.taking_off.connect(_keep_with_words)
    for kind in (MessageKind.PROGRESS_ASKED, MessageKind.PROGRESS_REMINDER):
        message_writing.register_writer(kind, _write_requests, _look_again)
    digest_requests.register_teller(MessageKind.PROGRESS_ASKED, _tell_in_digest)


def bind(app: Flask) -> None:
    from app.progress import edition_views, file_views, organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, edition_views, file_views, participant_views, public_views)


def _keep_with_words(row: "AgendaTheme") -> None:
    from app.progress import words

    words.keep_with_words(row)


def _write_requests(messages: "list[Message]") -> "Sequence[Written]":
    from app.progress import request_letters

    return request_letters.write_request_mails(messages)


def _look_again(messages: "list[Message]") -> "dict[int, Reason]":
    from app.progress import request_letters

    return request_letters.look_again(messages)


def _tell_in_digest(messages: "list[Message]") -> "list[Request]":
    from app.progress import request_letters

    return request_letters.tell_in_digest(messages)
