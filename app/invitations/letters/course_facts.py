"""The days of a course as letters name them: an invitation to its first meeting says that it is one to all."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import wording
from app.courses.models import CourseEdition, CourseMeeting
from app.database import db
from app.events import event_days
from app.events.models import Event, EventFormat, Mode
from app.outbox.letters import LetterBlock

_EDITION = (
    sa.select(CourseEdition)
    .join(CourseMeeting, CourseMeeting.edition_id == CourseEdition.id)
    .where(CourseMeeting.event_id == sa.bindparam("event_id"))
    .options(joinedload(CourseEdition.course))
)


@dataclass(frozen=True)
class DayLine:
    """One day in words."""

    day: str
    hours: str
    place: str
    title: str
    absent: bool = False
    catch_up: bool = False
    """Whether it is with another edition."""
    unseated: bool = False
    """Whether they are absent since there was no seat, so that the next one is theirs."""


def edition_of(event: Event) -> CourseEdition | None:
    """The edition of which an event is a meeting."""
    if event.format != EventFormat.COURSE_MEETING:
        return None
    return db.session.scalar(_EDITION, {"event_id": event.id})


def list_days(edition: CourseEdition) -> list[DayLine]:
    """What is held of an edition, in the language that is in force."""
    return [line_of(each.event) for each in edition.meetings_held]


def line_of(event: Event, *, mode: Mode | None = None, absent: bool = False, catch_up: bool = False) -> DayLine:
    """One day, where somebody comes to who takes part in that mode; without one, wherever it is held."""
    where = str(Mode.ONLINE.words) if mode == Mode.ONLINE else wording.format_place(event)
    hours = event_days.format_hours_of_event(event)
    return DayLine(wording.format_short_day(event.starts_at, event.zone), hours, where, event.title, absent, catch_up)


def about_the_whole(values: Mapping[str, object], event: Event) -> dict[str, object]:
    """The fields of a letter that asks for a yes: it names the course, and its facts say that it is one of these days."""
    edition, facts = edition_of(event), values["gegevens"]
    if edition is None or not isinstance(facts, LetterBlock):
        return dict(values)
    block = LetterBlock.render("course_days", title=edition.course.title, days=list_days(edition))
    with_days = LetterBlock(facts.html + block.html, f"{facts.text}\n\n{block.text}", facts.images)
    return {**values, "titel": edition.course.title, "gegevens": with_days}
