"""Courses: making, changing and finding them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from app import clock, slugs
from app.courses.models import Course, CourseEdition, CourseMeeting
from app.database import add_once, db
from app.network import archiving
from app.network.audiences import rule_rows
from app.network.models import Network
from app.network.vocabulary.models import Role
from app.themes import themes
from app.themes.models import Theme
from app.words import Refusal


class CourseKnown(Refusal):
    """The network has a course by that title."""

    says = _l("Er is al een leergang met deze titel. Kies een andere, of plan er een uitvoering bij.")
    field = "title"


class CourseHeld(Refusal):
    """The course has editions, or an audience asks who waits for it: it stays."""

    says = {
        "editions": _l("Van deze leergang zijn er uitvoeringen. Daarom blijft zij staan."),
        "audience": _l("Een doelgroep vraagt wie op deze leergang wacht. Daarom blijft zij staan."),
    }


class AsksTooMuch(Refusal):
    """An edition has fewer meetings than somebody must have been at."""

    says = _l(
        "‘%(title)s’ heeft %(held)s bijeenkomsten. Kies hoogstens zoveel, of laat het leeg voor alle bijeenkomsten."
    )
    field = "needed"


@dataclass(frozen=True)
class CourseDetails:
    """What an organiser fills in about a course; `needed` and `in_company` as in Course."""

    title: str
    for_whom: str = ""
    outcomes: str = ""
    needed: int | None = None
    offered: bool = False
    """Whether it is on offer, also while no edition is planned."""
    in_company: bool = False
    roles: Sequence[Role] = ()
    themes: Sequence[Theme] = ()


_PLAIN = ("title", "for_whom", "outcomes", "needed", "in_company")


def list_courses(network: Network) -> list[Course]:
    """The courses of a network with their editions and meetings, by title."""
    wanted = sa.select(Course).where(Course.network_id == network.id).order_by(Course.title, Course.id)
    return list(db.session.scalars(wanted.options(*_WITH_MEETINGS)))


def find_course(network: Network, course_id: int) -> Course | None:
    wanted = sa.select(Course).where(Course.id == course_id, Course.network_id == network.id)
    return db.session.scalar(wanted.options(joinedload(Course.network), *_WITH_MEETINGS))


def create_course(network: Network, details: CourseDetails) -> Course:
    """Raises archiving.Archived or CourseKnown."""
    archiving.demand_open(network)
    course = Course(network=network, slug=slugs.free_slug(Course.slug, details.title, "leergang"))
    _fill(course, details)
    if not add_once(course):
        raise CourseKnown
    return course


def change_course(course: Course, details: CourseDetails) -> None:
    """Meetings that were planned keep their titles. Raises CourseKnown or AsksTooMuch."""
    for edition in course.editions:
        demand_enough(edition.title, details.needed, len(edition.meetings))
    try:
        with db.session.begin_nested():
            _fill(course, details)
    except IntegrityError as error:
        raise CourseKnown from error


def demand_enough(title: str, needed: int | None, meetings: int) -> None:
    """Raises AsksTooMuch when an edition has fewer meetings than are needed."""
    if needed is not None and meetings < needed:
        raise AsksTooMuch(title=title, held=meetings)


def remove_course(course: Course) -> dict[str, Any]:
    """Take away a course that was never planned, and return what restore_course() needs. Raises CourseHeld."""
    if course.editions:
        raise CourseHeld("editions")
    if rule_rows.is_named("courses", course.id):
        raise CourseHeld("audience")
    kept = {name: getattr(course, name) for name in ("id", "slug", *_PLAIN)}
    kept["offered"] = course.offered_at is not None
    kept["roles"], kept["themes"] = [each.code for each in course.roles], [each.id for each in course.themes]
    db.session.delete(course)
    db.session.flush()
    return kept


def restore_course(network: Network, kept: dict[str, Any]) -> Course:
    """The course that was removed, to be added; what was on offer is so from now on."""
    roles = db.session.scalars(sa.select(Role).where(Role.code.in_(kept["roles"])))
    about = themes.load_themes(kept["themes"])
    plain = {name: kept[name] for name in ("id", "slug", *_PLAIN)}
    return Course(
        network_id=network.id,
        offered_at=clock.now() if kept["offered"] else None,
        roles=list(roles),
        themes=about,
        **plain,
    )


def _fill(course: Course, details: CourseDetails) -> None:
    for name in _PLAIN:
        setattr(course, name, getattr(details, name))
    course.offered_at = (course.offered_at or clock.now()) if details.offered else None
    course.roles, course.themes = list(details.roles), list(details.themes)


_WITH_MEETINGS = (selectinload(Course.editions).selectinload(CourseEdition.meetings).joinedload(CourseMeeting.event),)
