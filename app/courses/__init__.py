"""Courses: what is learnt in several meetings, in editions that people enrol in once, with a rule of completion."""

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.network.people.models import Person


def bind(app: Flask) -> None:
    from app.courses import completion_views, participant_views
    from app.web import doors

    doors.hang(app, completion_views, participant_views)


def wire() -> None:
    from app.courses import models  # noqa: F401
    from app.network.people import people

    people.erased.connect(_erase_enrolments)


def _erase_enrolments(person: "Person") -> None:
    """What it needs is read when somebody is erased: every command is wired."""
    from app.courses import erasure

    erasure.erase_enrolments(person)
