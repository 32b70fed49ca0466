"""Courses: what is learnt in several meetings, in editions that people enrol in once, with a rule of completion."""


def wire() -> None:
    from app.courses import models  # noqa: F401
