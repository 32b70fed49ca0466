"""The meetings of an edition, each of them an event: planning, adding, dropping and taking back a day."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app import clock
from app.courses.models import CourseEdition, CourseMeeting, EditionState, Enrolment
from app.database import db
from app.events import event_questions, place_use, planning
from app.events.models import Event, EventFormat, Series
from app.events.planning import AT_ONCE, EventDetails, Notice
from app.network import archiving
from app.places import places
from app.registration import change_notices, course_places, enrolments
from app.themes import themes
from app.words import Refusal

MOST_MEETINGS = 30


class EditionRefused(Refusal):
    """The edition is past the point at which this can be done."""

    says = {
        "begun": _l("De eerste bijeenkomst is al begonnen. Kies daarvoor eerst een nieuwe datum."),
        "over": _l("Deze uitvoering is geweest. Annuleren kan niet meer."),
        "passed": _l("Alle dagen van deze uitvoering zijn voorbij. Plan haar nog een keer, op andere dagen."),
        "people": _l("Er zijn al mensen uitgenodigd of ingeschreven. Annuleer de uitvoering, dan krijgen zij bericht."),
        "state": _l("Dit kan niet meer, want de uitvoering is intussen veranderd."),
    }


class MeetingRefused(Refusal):
    """The meetings would not make an edition."""

    says = {
        "none": _l("Vul minstens één bijeenkomst in."),
        "overlap": _l("Twee bijeenkomsten vallen samen. Kies voor een ervan een andere tijd."),
        "many": _l("Een uitvoering heeft hoogstens 30 bijeenkomsten."),
        "last": _l("Dit is de enige bijeenkomst. Annuleer de hele uitvoering."),
        "over": _l("Deze bijeenkomst is geweest. Zij kan niet meer vervallen of terugkomen."),
    }
    field = "meetings"


@dataclass(frozen=True)
class MeetingDetails:
    """One day as it is planned; moments in UTC. Where nobody comes together, `venue` and `town` are empty."""

    starts_at: datetime
    ends_at: datetime
    on_site: bool = True
    venue: str = ""
    town: str = ""
    online: bool = False
    join_url: str = ""
    obligatory: bool = False


def demand_meetings(days: Sequence[MeetingDetails]) -> None:
    if not days:
        raise MeetingRefused("none")
    if len(days) > MOST_MEETINGS:
        raise MeetingRefused("many")
    demand_apart([(day.starts_at, day.ends_at) for day in days])


def demand_apart(spans: Sequence[tuple[datetime, datetime]]) -> None:
    """Of spans by their beginning. Raises MeetingRefused."""
    if any(end > begin for (_, end), (begin, _) in itertools.pairwise(spans)):
        raise MeetingRefused("overlap")


def add_day(edition: CourseEdition, place: int, details: MeetingDetails) -> CourseMeeting:
    event = planning.create_event(edition.course.network, _event_details(edition, place, details))
    event.questions = event_questions.make_preset_questions() if event.on_site else []
    course = edition.course
    wanted = sa.select(Series).where(Series.network_id == course.network_id, Series.title == course.title)
    event.series = db.session.scalar(wanted)
    place_use.remember_place_of(event)
    return keep_meeting(edition, event, place, obligatory=details.obligatory)


def keep_meeting(edition: CourseEdition, event: Event, place: int, *, obligatory: bool) -> CourseMeeting:
    meeting = CourseMeeting(edition=edition, event=event, place=place, obligatory=obligatory)
    db.session.add(meeting)
    db.session.flush()
    return meeting


def add_meeting(edition: CourseEdition, details: MeetingDetails, notice: Notice = AT_ONCE) -> list[Enrolment]:
    """One more, after the others in number; returns who is enrolled and gets no seat there.

    Raises archiving.Archived, EditionRefused or MeetingRefused.
    """
    archiving.demand_open(edition.course.network)
    course_places.lock_course(edition)
    if edition.state == EditionState.CANCELLED:
        raise EditionRefused("state")
    if len(edition.meetings) >= MOST_MEETINGS:
        raise MeetingRefused("many")
    spans = [(each.event.starts_at, each.event.ends_at) for each in edition.meetings_held]
    demand_apart(sorted([*spans, (details.starts_at, details.ends_at)]))
    meeting = add_day(edition, max(each.place for each in edition.meetings) + 1, details)
    if edition.state == EditionState.PUBLISHED:
        planning.publish_event(meeting.event, by_course=True)
    return enrolments.seat_meeting(meeting, notice)


def drop_meeting(meeting: CourseMeeting, notice: Notice = AT_ONCE) -> None:
    """It is not held: who comes hears so, and it is no longer needed for completion. Raises MeetingRefused."""
    edition = meeting.edition
    course_places.lock_course(edition)
    if meeting.dropped_at is not None:
        return
    if len(edition.meetings_held) == 1:
        raise MeetingRefused("last")
    if meeting.event.over:
        raise MeetingRefused("over")
    if meeting.event.published:
        enrolments.drop_meeting(meeting, notice)
    else:
        meeting.dropped_at = clock.now()
    open_first_day(edition)


def stand_of(meeting: CourseMeeting) -> dict[str, Any]:
    """How a day stands once it was dropped, for undoing that."""
    return {"changed_at": meeting.event.changed_at.isoformat(), "sequence": meeting.event.sequence}


def take_back_meeting(
    meeting: CourseMeeting, notice: Notice = AT_ONCE, *, dropped: dict[str, Any] | None = None
) -> list[Enrolment]:
    """It is held after all; returns who is enrolled and gets no seat there. Raises MeetingRefused or EditionRefused.

    With `dropped`, how it stood when it was dropped a moment ago, that is undone: as long as it is the same day, who was
    not mailed of it yet hears nothing.
    """
    edition = meeting.edition
    course_places.lock_course(edition)
    if edition.state == EditionState.CANCELLED:
        raise EditionRefused("state")
    if meeting.dropped_at is None:
        return []
    if meeting.event.begun:
        raise MeetingRefused("over")
    dropped_at, meeting.dropped_at = meeting.dropped_at, None
    undone, event = dropped is not None and dropped == stand_of(meeting), meeting.event
    publish = partial(planning.publish_event, event, by_course=True)
    if edition.state == EditionState.PUBLISHED and undone:
        change_notices.undo_cancelling(event, event.sequence, notice, publish)
    elif edition.state == EditionState.PUBLISHED:
        publish(notice)
    open_first_day(edition)
    return enrolments.seat_meeting(meeting, notice, dropped_at=dropped_at, undone=undone)


def find_out_of_order(edition: CourseEdition) -> list[CourseMeeting]:
    """Meetings that begin before one with a lower number: moving a day past another is allowed, and said."""
    held = edition.meetings_held
    return [later for earlier, later in itertools.pairwise(held) if later.event.starts_at < earlier.event.starts_at]


def open_first_day(edition: CourseEdition) -> None:
    """People come in by the first day that is held, and by no other."""
    first, *others = edition.meetings_held
    first.event.open_to_all = True
    first.event.closes_at = min(edition.closes_at, first.event.starts_at)
    for meeting in others:
        meeting.event.open_to_all = False


def _event_details(edition: CourseEdition, place: int, day: MeetingDetails) -> EventDetails:
    """With what the book knows of the place; only the first day lets people in who were not invited."""
    course, known = edition.course, places.find_place(day.venue, day.town)
    first = not edition.meetings
    return EventDetails(
        title=gettext("%(course)s, dag %(number)s", course=course.title, number=place),
        summary=course.for_whom,
        description=course.outcomes,
        format=EventFormat.COURSE_MEETING,
        starts_at=day.starts_at,
        ends_at=day.ends_at,
        closes_at=edition.closes_at if first else day.starts_at,
        on_site=day.on_site,
        venue=day.venue,
        town=day.town,
        street=known.street if known else "",
        directions=places.write_directions(known) if known else "",
        online=day.online,
        join_url=day.join_url,
        open_to_all=first,
        themes=themes.go_on_today(course.network.themes),
    )
