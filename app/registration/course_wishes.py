"""What somebody wants of each day of a course: to come, to be absent, or to catch it up in another edition.

Who is enrolled has it as their seats; who waits keeps it as wishes, and gets it when they come in as far as it is free then.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.courses.models import CourseEdition, CourseMeeting, Enrolment, EnrolmentState
from app.events.models import Event, Mode
from app.registration import course_places
from app.registration.course_ledger import CourseLedger
from app.registration.course_places import EnrolmentRefused
from app.registration.course_seats import Guests
from app.rows import read_row_number

ABSENT = "absent"
"""What a day's choice says for who is not there; a mode by its name, another edition by the id of its event."""


@dataclass(frozen=True)
class Wanted:
    """For each day one of these: how somebody comes, that they do not, or in which event they catch it up; by the id of the meeting."""

    modes: dict[int, Mode]
    absent: list[int]
    catch_up: dict[int, int]

    def choice(self, meeting_id: int) -> str:
        """What a form says for a day: ABSENT, a mode by its name, or the id of an event; nothing for a day that is unknown."""
        if meeting_id in self.absent:
            return ABSENT
        return str(self.catch_up.get(meeting_id) or self.modes.get(meeting_id) or "")


def read_wanted(edition: CourseEdition, sent: Mapping[str, str], stands: Wanted | None = None) -> Wanted:
    """The choice for each day from a form; one that says nothing that is offered is as it stands."""
    wanted = Wanted({}, [], {})
    for meeting in edition.meetings_held:
        before = stands.choice(meeting.id) if stands else ""
        choice = sent.get(f"day_{meeting.id}", before)
        if choice == ABSENT:
            wanted.absent.append(meeting.id)
        elif choice.isdecimal():
            wanted.catch_up[meeting.id] = read_row_number(choice) or 0  # which is no event
        elif choice in list(Mode):
            wanted.modes[meeting.id] = Mode(choice)
    return wanted


def wanted_by(enrolment: Enrolment) -> Wanted:
    """What holds of who is enrolled, and what they wish who wait; of who has left nothing."""
    modes, catch_up = modes_of(enrolment), elsewhere_of(enrolment)
    if enrolment.state == EnrolmentState.CANCELLED:
        return Wanted({}, [], {})
    held = [each.id for each in enrolment.edition.meetings_held]
    return Wanted(modes, [each for each in held if each not in modes and each not in catch_up], catch_up)


def modes_of(enrolment: Enrolment) -> dict[int, Mode]:
    """How somebody comes to the days of their own edition, or wants to as long as they wait."""
    if enrolment.state == EnrolmentState.WAITING:
        return {day.meeting_id: day.mode for day in enrolment.days if day.catch_up_event_id is None}
    seats = ((day, day.registration) for day in enrolment.days)
    return {day.meeting_id: day.mode for day, seat in seats if seat and seat.event_id == day.meeting.event_id}


def elsewhere_of(enrolment: Enrolment) -> dict[int, int]:
    """The event in which somebody catches a day up, or wants to as long as they wait, by the id of the meeting."""
    held = [day for day in enrolment.days if day.meeting.dropped_at is None]
    if enrolment.state == EnrolmentState.WAITING:
        return {day.meeting_id: day.catch_up_event_id for day in held if day.catch_up_event_id}
    seats = ((day, day.registration) for day in held)
    return {day.meeting_id: seat.event_id for day, seat in seats if seat and seat.event_id != day.meeting.event_id}


def waits_for_nothing(enrolment: Enrolment) -> bool:
    """Whether somebody stands in line and every day that they wait for has fallen away."""
    return enrolment.state == EnrolmentState.WAITING and all(day.meeting.dropped_at for day in enrolment.days)


def read_guest(
    ledger: CourseLedger, meeting: CourseMeeting, event_id: int, mode: Mode = Mode.ON_SITE
) -> tuple[Event, Mode]:
    """Where and how somebody catches up. Raises EnrolmentRefused where that is not offered, or full."""
    offered = course_places.list_elsewhere(ledger.edition).get(meeting.place, [])
    event = next((each for each in offered if each.id == event_id), None)
    found = event and ledger.mode_for_guest(event, mode)
    if event is None or not found:
        raise EnrolmentRefused("no_catch_up")
    return event, found


def read_guests(ledger: CourseLedger, catch_up: Mapping[int, int], wishes: Collection[int] = ()) -> Guests:
    """Where somebody catches up; a wish that cannot be had any more is left out, by the id of its meeting.

    Raises EnrolmentRefused for what was chosen now.
    """
    meetings, guests = {each.id: each for each in ledger.edition.meetings_held}, {}
    for meeting_id, event_id in catch_up.items():
        if meeting_id not in meetings:
            raise EnrolmentRefused("no_catch_up")
        try:
            guests[meeting_id] = read_guest(ledger, meetings[meeting_id], event_id)
        except EnrolmentRefused:
            if meeting_id not in wishes:
                raise
    return guests
