"""What is free in an edition of a course, and in each of its meetings."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.courses.models import CourseEdition, CourseMeeting, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, Mode
from app.registration import course_places
from app.registration.course_places import Modes
from app.registration.models import Registration, RegistrationState


@dataclass
class CourseLedger:
    """Who has seats in an edition and in events; kept up while seats are handed out."""

    edition: CourseEdition
    meetings: list[CourseMeeting]
    """The coming ones."""
    enrolled: Counter[int | None] = field(default_factory=Counter)
    """By the id of an organisation."""
    taken: Counter[tuple[int, Mode]] = field(default_factory=Counter)
    skipped: Counter[tuple[int, Mode]] = field(default_factory=Counter)
    """Both by the id of an event and the mode."""
    waiting: int = 0
    """How many people stand in line."""

    def free(self, event: Event, mode: Mode) -> int | None:
        """Seats that somebody new in the edition could take; None when there is no limit."""
        seats = event.seats(mode)
        return None if seats is None else max(0, seats - self.taken[event.id, mode] - self.skipped[event.id, mode])

    def free_for_guest(self, event: Event, mode: Mode) -> int | None:
        """Seats for who catches up here, or comes back to a day that they skipped."""
        seats = event.seats(mode)
        return None if seats is None else max(0, seats - self.taken[event.id, mode])

    def mode_for_guest(self, event: Event, mode: Mode) -> Mode | None:
        """How a guest can take part, this way when that can be; None where no seat is free."""
        ways = sorted(event.modes, key=lambda each: each != mode)
        return next((each for each in ways if self.free_for_guest(event, each) != 0), None)

    @property
    def free_in_edition(self) -> int | None:
        return None if self.edition.seats is None else max(0, self.edition.seats - self.enrolled.total())

    def at_quota(self, organisation: int | None) -> bool:
        quota = self.edition.seats_per_organisation
        return quota is not None and organisation is not None and self.enrolled[organisation] >= quota

    def blocking(self, modes: Modes) -> list[CourseMeeting]:
        """The meetings that are full for who takes part like this."""
        return [each for each in self.meetings if each.id in modes and self.free(each.event, modes[each.id]) == 0]

    def can_enter(self, organisation: int | None, modes: Modes) -> bool:
        """Whether the edition has a place, and every meeting that they come to."""
        return self.free_in_edition != 0 and not self.at_quota(organisation) and not self.blocking(modes)

    def enter(
        self, organisation: int | None, modes: Modes, guests: Mapping[int, tuple[Event, Mode]] | None = None
    ) -> None:
        """Somebody got a place; in the meetings that they skip, too, one is kept from the line."""
        self.enrolled[organisation] += 1
        for event, mode in (guests or {}).values():
            self.taken[event.id, mode] += 1
        for meeting in self.meetings:
            if meeting.id in modes:
                self.taken[meeting.event_id, modes[meeting.id]] += 1
            elif meeting.event.modes:
                self.skipped[meeting.event_id, meeting.event.modes[0]] += 1


def ledger_of(edition: CourseEdition, also: Iterable[int] = ()) -> CourseLedger:
    """The places of an edition as they are, and those of other events that somebody could catch up in."""
    found = CourseLedger(edition, course_places.coming_meetings(edition))
    given = {"edition_id": edition.id, "event_ids": [*{each.event_id for each in found.meetings}.union(also)]}
    for event_id, mode, taken, skipped, state, organisation in db.session.execute(_COUNTED, given):
        if event_id is not None:
            found.taken[event_id, mode] += taken
            found.skipped[event_id, mode] += skipped
        elif state == EnrolmentState.CONFIRMED:
            found.enrolled[organisation] = taken
        else:
            found.waiting += taken
    return found


def _select_counted() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Per event and mode how many seats are taken, and how many are kept since somebody of the edition skips them.

    And, without an event, how many stand in the edition, by state and organisation.
    """
    events: sa.BindParameter[list[int]] = sa.bindparam("event_ids", expanding=True)
    number, nothing, null = sa.func.count(), sa.literal_column("0", sa.Integer), sa.null()
    taken = (
        sa.select(Registration.event_id, Registration.mode, number, nothing)
        .add_columns(sa.cast(null, Enrolment.state.type), sa.cast(null, sa.Integer))
        .where(Registration.event_id.in_(events), Registration.state == RegistrationState.CONFIRMED)
        .group_by(Registration.event_id, Registration.mode)
    )
    elsewhere = sa.or_(Registration.id.is_(None), Registration.event_id != CourseMeeting.event_id)
    skipped = (
        sa.select(CourseMeeting.event_id, EnrolmentDay.mode, nothing, number, null, null)
        .join(EnrolmentDay, EnrolmentDay.meeting_id == CourseMeeting.id)
        .join(
            Enrolment, sa.and_(Enrolment.id == EnrolmentDay.enrolment_id, Enrolment.state == EnrolmentState.CONFIRMED)
        )
        .outerjoin(Registration, Registration.id == EnrolmentDay.registration_id)
        .where(CourseMeeting.event_id.in_(events), elsewhere)
        .group_by(CourseMeeting.event_id, EnrolmentDay.mode)
    )
    standing = (
        sa.select(null, null, number, nothing, Enrolment.state, Enrolment.organisation_id)
        .where(Enrolment.edition_id == sa.bindparam("edition_id"), Enrolment.state != EnrolmentState.CANCELLED)
        .group_by(Enrolment.state, Enrolment.organisation_id)
    )
    return sa.union_all(taken, skipped, standing)


_COUNTED = _select_counted()


def wishes_of(enrolment: Enrolment, ledger: CourseLedger) -> dict[int, Mode]:
    """How somebody who waits wants to be at the coming meetings of the edition, in a way that is offered still."""
    coming = {each.id: each.event.modes for each in ledger.meetings}
    return {
        day.meeting_id: day.mode if day.mode in coming[day.meeting_id] else coming[day.meeting_id][0]
        for day in enrolment.days
        if coming.get(day.meeting_id) and day.catch_up_event_id is None
    }
