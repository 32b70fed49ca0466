"""What comes back by mail: read from the mailbox, sorted by shape, acted on, filed."""

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.network.people.models import Person


def wire() -> None:
    from app.inbox import models  # noqa: F401
    from app.network.people import people

    people.erased.connect(_erase)


def bind(app: Flask) -> None:
    from app.inbox import organiser_views
    from app.web import doors

    doors.hang(app, organiser_views)


def _erase(person: "Person") -> None:
    from app.inbox import erasure

    erasure.erase_incoming_mail(person)
