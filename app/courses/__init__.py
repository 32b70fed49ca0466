"""Courses: what is learnt in several meetings, in editions that people enrol in once, with a rule of completion."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from app.events.models import Event
    from app.network.people.models import Person


def wire() -> None:
    from app.courses import models  # noqa: F401
    from app.events import planning
    from app.network.people import people

    people.erased.connect(_erase_enrolments)
    planning.moved.connect(_follow_first_day)


def bind(app: Flask) -> None:
    from app.courses import completion_views, organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, completion_views, participant_views, public_views)


def _erase_enrolments(person: "Person") -> None:
    """What it needs is read when somebody is erased: every command is wired."""
    from app.courses import erasure

    erasure.erase_enrolments(person)


def _follow_first_day(event: "Event", **about: Any) -> None:
    from app.courses import editions

    editions.follow_first_day(event, **about)
