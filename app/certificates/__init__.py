"""Certificates: who was somewhere, on which days and for how many hours, with a number that anybody can check."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.network.people.models import Person
    from app.outbox.message_writing import Written
    from app.outbox.models import Message


def bind(app: Flask) -> None:
    from app.certificates import organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, participant_views, public_views)


def wire() -> None:
    from app.certificates import models  # noqa: F401
    from app.network.people import people
    from app.outbox import message_writing
    from app.outbox.kinds import MessageKind

    people.erased.connect(_erase)
    for kind in (MessageKind.CERTIFICATE, MessageKind.CERTIFICATE_WITHDRAWN):
        message_writing.register_writer(kind, _write_letters)


def _erase(person: "Person") -> None:
    from app.certificates import erasure

    erasure.erase_names_on_certificates(person)


def _write_letters(messages: "list[Message]") -> "Sequence[Written]":
    from app.certificates import letter_mails

    return letter_mails.write_letter_mails(messages)
