"""Courses: what is learnt in several meetings, in editions that people enrol in once, with a rule of completion."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.courses import completion_views, participant_views
    from app.web import doors

    doors.hang(app, completion_views, participant_views)


def wire() -> None:
    from app.courses import erasure
    from app.network.people import people

    people.erased.connect(erasure.erase_enrolments)
