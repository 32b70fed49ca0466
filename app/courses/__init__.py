"""Courses: what is learnt in several meetings, in editions that people enrol in once, with a rule of completion."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from app.events.models import Event


def wire() -> None:
    from app.courses import models  # noqa: F401
    from app.events import planning

    planning.moved.connect(_follow_first_day)


def bind(app: Flask) -> None:
    from app.courses import completion_views, organiser_views, participant_views, public_views
    from app.web import doors

    doors.hang(app, organiser_views, completion_views, participant_views, public_views)


def _follow_first_day(event: "Event", **about: Any) -> None:
    from app.courses import editions

    editions.follow_first_day(event, **about)
