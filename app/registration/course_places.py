"""Places in a course: which meeting a session is, what is free in an edition and in each of its meetings.

Who counts places locks first: the editions of the course by rising id, then the events of the meetings by rising id.
A seat that somebody who is enrolled skips is for guests who catch up, and for them when they come after all, never for the
waiting list.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.courses.models import CourseEdition, CourseMeeting, EditionState, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events import capacity
from app.events.models import Event, EventFormat, EventState, Mode
from app.invitations.models import Invitation
from app.registration.models import Registration, RegistrationState
from app.signals import Signal
from app.words import Refusal

enrolled = Signal("Somebody got a place in a course, or one in line; sent with the enrolment.")

FEW = 4
"""People who come in, or get a seat, within one act: each costs milliseconds for each of their days. The others do by steps."""

Modes = Mapping[int, Mode]
"""How somebody takes part, by the id of the meeting; a meeting that is not in it they skip."""

_EDITION = (
    joinedload(CourseEdition.course),
    selectinload(CourseEdition.meetings).joinedload(CourseMeeting.event),
)
_MEETING = (
    sa.select(CourseMeeting)
    .where(CourseMeeting.event_id == sa.bindparam("event_id"))
    .options(joinedload(CourseMeeting.edition).options(*_EDITION))
)
_OF_PERSON = sa.select(Enrolment).where(
    Enrolment.edition_id == sa.bindparam("edition_id"), Enrolment.person_id == sa.bindparam("person_id")
)
_SEATED = (
    sa.select(EnrolmentDay)
    .join(Registration, Registration.id == EnrolmentDay.registration_id)
    .where(Registration.invitation_id == sa.bindparam("invitation_id"))
    .options(
        joinedload(EnrolmentDay.enrolment),
        joinedload(EnrolmentDay.meeting).joinedload(CourseMeeting.edition).options(*_EDITION),
    )
)


class EnrolmentRefused(Refusal):
    """This cannot be had in the course; what there was stays."""

    says = {
        "elsewhere": _l("Je bent al ingeschreven voor ‘%(title)s’ van deze leergang. Schrijf je daar eerst uit."),
        "theirs_elsewhere": _l(
            "%(name)s is al ingeschreven voor ‘%(title)s’ van deze leergang. Meld %(name)s daar eerst af."
        ),
        "line": _l(
            "Er wachten mensen voor wie er een plek is in deze leergang. Nu zij begonnen is, komt niemand vanzelf van de wachtlijst. Lees wat hieronder staat, en kies dan."
        ),
        "no_day": _l("Kies minstens één dag waarop je komt."),
        "last_day": _l("Dit is je enige dag. Kun je dan niet? Schrijf je dan uit voor de hele leergang."),
        "day_full": _l("Op die dag is geen plek meer."),
        "no_catch_up": _l("Inhalen op die dag kan niet meer. Kies een andere dag."),
    }


@dataclass(frozen=True)
class CoursePlace:
    """The meeting that an invitation is to, and how the person stands in its edition.

    For a guest who catches up it is the meeting of their own edition.
    """

    meeting: CourseMeeting
    enrolment: Enrolment | None

    @property
    def confirmed(self) -> bool:
        return self.enrolment is not None and self.enrolment.state == EnrolmentState.CONFIRMED

    @property
    def waits(self) -> bool:
        return self.enrolment is not None and self.enrolment.state == EnrolmentState.WAITING

    @property
    def stands(self) -> bool:
        return self.confirmed or self.waits


def meeting_of(event: Event) -> CourseMeeting | None:
    """The meeting of a course that an event is, without a question to the database for what is none by its format."""
    if event.format != EventFormat.COURSE_MEETING:
        return None
    return db.session.scalar(_MEETING, {"event_id": event.id})


def find_place(invitation: Invitation) -> CoursePlace | None:
    """Where somebody stands in the course that they were invited to; None when it is an ordinary session."""
    if invitation.event.format != EventFormat.COURSE_MEETING:
        return None
    day = db.session.scalar(_SEATED, {"invitation_id": invitation.id})
    if day is not None:
        return CoursePlace(day.meeting, day.enrolment)
    meeting = meeting_of(invitation.event)
    return CoursePlace(meeting, enrolment_of(meeting.edition_id, invitation.person_id)) if meeting else None


def enrolment_of(edition_id: int, person_id: int) -> Enrolment | None:
    """Somebody's enrolment as it is now, whatever this session saw before it got the lock."""
    given = {"edition_id": edition_id, "person_id": person_id}
    return db.session.scalar(_OF_PERSON, given, execution_options={"populate_existing": True})


def lock_course(edition: CourseEdition, also: Collection[int] = ()) -> CourseEdition:
    """The edition as it is now, locked with the others of its course and with the events of its meetings, `also` with these of its other editions."""
    of_course = sa.select(CourseEdition).where(CourseEdition.course_id == edition.course_id)
    locked = of_course.order_by(CourseEdition.id).with_for_update(of=CourseEdition)
    list(db.session.scalars(locked, execution_options={"populate_existing": True}))
    db.session.expire(edition, ["meetings"])
    capacity.lock_events({each.event_id for each in edition.meetings_held} | _of_course(edition, also))
    return edition


def lock_session(event: Event) -> Event:
    """A session, locked; of a meeting of a course after that, since who enrols waits for the two in this order."""
    if meeting := meeting_of(event):
        lock_course(meeting.edition, {event.id})
    return capacity.lock_event(event.id)


def _of_course(edition: CourseEdition, event_ids: Collection[int]) -> set[int]:
    """Those of these events that are meetings of the course: others are no business of it."""
    if not event_ids:
        return set()
    wanted = sa.select(CourseMeeting.event_id).join(CourseEdition, CourseEdition.id == CourseMeeting.edition_id)
    theirs = wanted.where(CourseEdition.course_id == edition.course_id, CourseMeeting.event_id.in_(event_ids))
    return set(db.session.scalars(theirs))


def coming_meetings(edition: CourseEdition) -> list[CourseMeeting]:
    """Those in which people can still take a seat."""
    now = clock.now()
    return [each for each in edition.meetings_held if each.event.published and each.event.starts_at > now]


def has_begun(edition: CourseEdition) -> bool:
    """Whether a meeting has: from then on nobody comes in from the waiting list, and nobody hands over or leaves by link."""
    now = clock.now()
    return any(each.event.starts_at <= now for each in edition.meetings_held if each.event.published)


def edition_elsewhere(edition: CourseEdition, person_id: int) -> CourseEdition | None:
    """Another edition of the course that is still to come, in which somebody has a place."""
    wanted = sa.select(CourseEdition).join(Enrolment, Enrolment.edition_id == CourseEdition.id)
    mine = wanted.where(Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.CONFIRMED)
    elsewhere = mine.where(CourseEdition.course_id == edition.course_id, CourseEdition.id != edition.id)
    found = db.session.scalars(elsewhere.where(CourseEdition.state == EditionState.PUBLISHED))
    return next((each for each in found if coming_meetings(each)), None)


def people_elsewhere(edition: CourseEdition, person_ids: Collection[int]) -> set[int]:
    """Who of these people has a place in another edition of the course that is still to come."""
    coming = (
        sa.select(CourseMeeting.id)
        .join(Event, Event.id == CourseMeeting.event_id)
        .where(CourseMeeting.edition_id == CourseEdition.id, CourseMeeting.dropped_at.is_(None))
        .where(Event.state == EventState.PUBLISHED, Event.starts_at > clock.now())
    )
    wanted = sa.select(Enrolment.person_id).join(CourseEdition, CourseEdition.id == Enrolment.edition_id)
    there = wanted.where(
        CourseEdition.course_id == edition.course_id,
        CourseEdition.id != edition.id,
        CourseEdition.state == EditionState.PUBLISHED,
        Enrolment.state == EnrolmentState.CONFIRMED,
        Enrolment.person_id.in_(person_ids),
    )
    return set(db.session.scalars(there.where(coming.exists())))


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
    found = CourseLedger(edition, coming_meetings(edition))
    standing = sa.select(Enrolment.state, Enrolment.organisation_id, sa.func.count()).where(
        Enrolment.edition_id == edition.id, Enrolment.state != EnrolmentState.CANCELLED
    )
    for state, organisation, number in db.session.execute(
        standing.group_by(Enrolment.state, Enrolment.organisation_id)
    ):
        if state == EnrolmentState.CONFIRMED:
            found.enrolled[organisation] = number
        else:
            found.waiting += number
    events = {each.event_id for each in found.meetings} | set(also)
    for event_id, mode, taken, skipped in db.session.execute(_select_seats(events)):
        found.taken[event_id, mode] += taken
        found.skipped[event_id, mode] += skipped
    return found


def _select_seats(events: Collection[int]) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Per event and mode how many seats are taken, and how many are kept since somebody of the edition skips them."""
    taken = (
        sa.select(Registration.event_id, Registration.mode, sa.func.count().label("taken"))
        .add_columns(sa.literal(0).label("skipped"))
        .where(Registration.event_id.in_(events), Registration.state == RegistrationState.CONFIRMED)
        .group_by(Registration.event_id, Registration.mode)
    )
    elsewhere = sa.or_(Registration.id.is_(None), Registration.event_id != CourseMeeting.event_id)
    skipped = (
        sa.select(CourseMeeting.event_id, EnrolmentDay.mode, sa.literal(0), sa.func.count())
        .join(EnrolmentDay, EnrolmentDay.meeting_id == CourseMeeting.id)
        .join(
            Enrolment, sa.and_(Enrolment.id == EnrolmentDay.enrolment_id, Enrolment.state == EnrolmentState.CONFIRMED)
        )
        .outerjoin(Registration, Registration.id == EnrolmentDay.registration_id)
        .where(CourseMeeting.event_id.in_(events), elsewhere)
        .group_by(CourseMeeting.event_id, EnrolmentDay.mode)
    )
    return sa.union_all(taken, skipped)


def wishes_of(enrolment: Enrolment, ledger: CourseLedger) -> dict[int, Mode]:
    """How somebody who waits wants to be at the coming meetings of the edition, in a way that is offered still."""
    coming = {each.id: each.event.modes for each in ledger.meetings}
    return {
        day.meeting_id: day.mode if day.mode in coming[day.meeting_id] else coming[day.meeting_id][0]
        for day in enrolment.days
        if coming.get(day.meeting_id) and day.catch_up_event_id is None
    }


def list_elsewhere(edition: CourseEdition) -> dict[int, list[Event]]:
    """By the place of a meeting the events of other editions that teach the same and still take people, the first first."""
    wanted = (
        sa.select(CourseMeeting.place, Event)
        .join(CourseEdition, CourseEdition.id == CourseMeeting.edition_id)
        .join(Event, Event.id == CourseMeeting.event_id)
        .where(CourseEdition.course_id == edition.course_id, CourseEdition.id != edition.id)
        .where(CourseEdition.state == EditionState.PUBLISHED, CourseMeeting.dropped_at.is_(None))
        .where(Event.state == EventState.PUBLISHED, Event.starts_at > clock.now(), Event.closes_at > clock.now())
        .order_by(Event.starts_at, Event.id)
    )
    found: dict[int, list[Event]] = {}
    for place, event in db.session.execute(wanted):
        found.setdefault(place, []).append(event)
    return found


def place_in_line(enrolment: Enrolment) -> int:
    """Somebody's place in line; 1 is next."""
    before = sa.select(sa.func.count()).where(
        Enrolment.edition_id == enrolment.edition_id, Enrolment.waiting_number <= enrolment.waiting_number
    )
    return db.session.scalars(before).one()


def follow_seat(registration: Registration, event: Event) -> None:
    """Let the day of somebody who is enrolled follow a seat that was taken or given up on that day alone, as at the door."""
    meeting = meeting_of(event)
    if meeting is None:
        return
    db.session.flush()
    if registration.state != RegistrationState.CONFIRMED:
        kept = sa.update(EnrolmentDay).where(EnrolmentDay.registration_id == registration.id)
        db.session.execute(kept.values(registration_id=None))
        return
    enrolment = enrolment_of(meeting.edition_id, registration.invitation.person_id)
    for day in enrolment.days if enrolment and enrolment.state == EnrolmentState.CONFIRMED else []:
        if day.meeting_id == meeting.id and day.registration is None:
            day.registration, day.mode, day.unseated = registration, registration.mode, False
