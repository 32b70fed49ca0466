"""Places in a course: which meeting a session is, where somebody stands in its edition, and the locks of who changes that.

Who counts places locks first: the editions of the course by rising id, then the events of the meetings by rising id.
A seat that somebody who is enrolled skips is for guests who catch up, and for them when they come after all, never for the
waiting list.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.courses.models import (
    Course,
    CourseEdition,
    CourseMeeting,
    EditionState,
    Enrolment,
    EnrolmentDay,
    EnrolmentState,
)
from app.database import db
from app.events import capacity
from app.events.models import Event, EventFormat, EventState, Mode
from app.invitations.models import Invitation
from app.registration.models import Registration, RegistrationState
from app.signals import Signal
from app.transaction_notes import kept_in_transaction
from app.words import Refusal

enrolled = Signal("Somebody got a place in a course, or one in line; sent with the enrolment.")

FEW = 4
"""People who come in, or get a seat, within one act: each costs milliseconds for each of their days. The others do by steps."""

Modes = Mapping[int, Mode]
"""How somebody takes part, by the id of the meeting; a meeting that is not in it they skip."""

_ELSEWHERE = (
    sa.select(Enrolment)
    .join(Enrolment.edition)
    .options(contains_eager(Enrolment.edition))
    .where(
        Enrolment.person_id == sa.bindparam("person_id"),
        Enrolment.state != EnrolmentState.CANCELLED,
        CourseEdition.course_id == sa.bindparam("course_id"),
        CourseEdition.id != sa.bindparam("edition_id"),
    )
    .order_by(CourseEdition.id)
)
_LOCKED, _LOCKED_WITH_MEETINGS = "locked courses", "locked editions"
"""What a transaction keeps of what it has locked: courses by id, and editions by id of which the meetings are as well."""

_MEETING = (
    sa.select(CourseMeeting)
    .where(CourseMeeting.event_id == sa.bindparam("event_id"))
    .options(
        joinedload(CourseMeeting.edition).options(
            joinedload(CourseEdition.course), selectinload(CourseEdition.meetings).joinedload(CourseMeeting.event)
        )
    )
)
_OF_PERSON = sa.select(Enrolment).where(
    Enrolment.edition_id == sa.bindparam("edition_id"), Enrolment.person_id == sa.bindparam("person_id")
)
_SEATED_IN = (
    sa.select(EnrolmentDay.meeting_id)
    .join(Registration, Registration.id == EnrolmentDay.registration_id)
    .where(Registration.invitation_id == sa.bindparam("invitation_id"))
)
_INVITED_TO = sa.select(CourseMeeting.id).where(CourseMeeting.event_id == sa.bindparam("event_id"))
_PLACE = (
    sa.select(CourseMeeting, CourseEdition, Course, Enrolment)
    .join(CourseMeeting.edition)
    .join(CourseEdition.course)
    .outerjoin(
        Enrolment,
        sa.and_(Enrolment.edition_id == CourseEdition.id, Enrolment.person_id == sa.bindparam("person_id")),
    )
    .where(CourseMeeting.id == sa.func.coalesce(_SEATED_IN.scalar_subquery(), _INVITED_TO.scalar_subquery()))
)
"""Where an invitation is to: of who catches up there, the meeting that they were to be at. With the enrolment in that edition."""
_MEETINGS = (
    sa.select(CourseMeeting, Event)
    .join(CourseMeeting.event)
    .where(CourseMeeting.edition_id == sa.bindparam("edition_id"))
    .order_by(CourseMeeting.place)
)
_EDITIONS_TO_LOCK = sa.select(CourseEdition).order_by(CourseEdition.id).with_for_update(of=CourseEdition)
_OF_COURSE = _EDITIONS_TO_LOCK.where(CourseEdition.course_id == sa.bindparam("course_id"))
_OWN = aliased(CourseEdition)
_OF_EVENT = _EDITIONS_TO_LOCK.where(
    CourseEdition.course_id
    == sa.select(_OWN.course_id)
    .join(CourseMeeting, CourseMeeting.edition_id == _OWN.id)
    .where(CourseMeeting.event_id == sa.bindparam("event_id"))
    .scalar_subquery()
)
_MEETINGS_TO_LOCK = (
    sa.select(CourseMeeting, Event)
    .join(CourseMeeting.event)
    .join(CourseMeeting.edition)
    .where(
        CourseEdition.course_id == sa.bindparam("course_id"),
        sa.or_(
            CourseEdition.id == sa.bindparam("edition_id"),
            CourseMeeting.event_id.in_(sa.bindparam("event_ids", expanding=True)),
        ),
    )
    .order_by(Event.id)
    .with_for_update(of=Event)
)
"""The meetings of an edition and, of others of its course, those in which somebody catches up."""


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
    place = _read_place(invitation)
    if place is not None:
        edition_id = place.meeting.edition_id
        _keep_meetings(place.meeting.edition, db.session.execute(_MEETINGS, {"edition_id": edition_id}).all())
    return place


def find_place_locked(invitation: Invitation) -> CoursePlace | None:
    """The same for who is to change it: the course is locked first, so that it is what holds."""
    if invitation.event.format != EventFormat.COURSE_MEETING:
        return None
    _lock_editions(_OF_EVENT, {"event_id": invitation.event_id})
    place = _read_place(invitation)
    if place is not None:
        lock_course(place.meeting.edition)
    return place


def _read_place(invitation: Invitation) -> CoursePlace | None:
    if invitation.event.format != EventFormat.COURSE_MEETING:
        return None
    given = {"invitation_id": invitation.id, "event_id": invitation.event_id, "person_id": invitation.person_id}
    found = db.session.execute(_PLACE, given, execution_options={"populate_existing": True}).first()
    if found is None:
        return None
    meeting, edition, course, enrolment = found
    set_committed_value(edition, "course", course)
    set_committed_value(meeting, "edition", edition)
    return CoursePlace(meeting, enrolment)


def _keep_meetings(edition: CourseEdition, rows: Sequence[sa.Row[CourseMeeting, Event]]) -> None:
    """Let an edition have these meetings, each with its event, as if SQLAlchemy had put them together."""
    for meeting, event in rows:
        set_committed_value(meeting, "event", event)
        set_committed_value(meeting, "edition", edition)
    set_committed_value(edition, "meetings", [meeting for meeting, _ in rows])


def enrolment_of(edition_id: int, person_id: int) -> Enrolment | None:
    """Somebody's enrolment as it is now, whatever this session saw before it got the lock."""
    given = {"edition_id": edition_id, "person_id": person_id}
    return db.session.scalar(_OF_PERSON, given, execution_options={"populate_existing": True})


def lock_course(edition: CourseEdition, also: Collection[int] = ()) -> CourseEdition:
    """The edition as it is now, locked with the others of its course and with the events of its meetings, `also` with these of its other editions.

    Within one transaction what is locked already is not read again.
    """
    if edition.course_id not in kept_in_transaction(_LOCKED):
        _lock_editions(_OF_COURSE, {"course_id": edition.course_id})
    read = kept_in_transaction(_LOCKED_WITH_MEETINGS)
    if edition.id in read and capacity.are_locked(also):
        db.session.flush()
        return edition
    given = {"course_id": edition.course_id, "edition_id": edition.id, "event_ids": list(also)}
    rows = db.session.execute(_MEETINGS_TO_LOCK, given, execution_options={"populate_existing": True}).all()
    mine = sorted((row for row in rows if row[0].edition_id == edition.id), key=lambda row: row[0].place)
    _keep_meetings(edition, mine)
    capacity.keep_locked(event for _, event in rows)
    read[edition.id] = edition
    return edition


def _lock_editions(wanted: sa.Select[CourseEdition], given: dict[str, int]) -> None:
    found = db.session.scalars(wanted, given, execution_options={"populate_existing": True})
    kept_in_transaction(_LOCKED).update((each.course_id, each) for each in found)


def lock_session(event: Event) -> Event:
    """A session, locked; of a meeting of a course after that, since who enrols waits for the two in this order."""
    if meeting := meeting_of(event):
        lock_course(meeting.edition, {event.id})
    return capacity.lock_event(event.id)


def coming_meetings(edition: CourseEdition) -> list[CourseMeeting]:
    """Those in which people can still take a seat."""
    now = clock.now()
    return [each for each in edition.meetings_held if each.event.published and each.event.starts_at > now]


def has_begun(edition: CourseEdition) -> bool:
    """Whether a meeting has: from then on nobody comes in from the waiting list, and nobody hands over or leaves by link."""
    now = clock.now()
    return any(each.event.starts_at <= now for each in edition.meetings_held if each.event.published)


def enrolments_elsewhere(edition: CourseEdition, person_id: int) -> list[Enrolment]:
    """What somebody has in other editions of the course: places, and places in line."""
    given = {"edition_id": edition.id, "course_id": edition.course_id, "person_id": person_id}
    return list(db.session.scalars(_ELSEWHERE, given, execution_options={"populate_existing": True}))


def coming_edition(enrolments: Iterable[Enrolment]) -> CourseEdition | None:
    """The edition of these in which somebody has a place, if it is still to come."""
    places = (each.edition for each in enrolments if each.state == EnrolmentState.CONFIRMED)
    return next((each for each in places if each.state == EditionState.PUBLISHED and coming_meetings(each)), None)


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


_TAUGHT_ELSEWHERE = (
    sa.select(CourseMeeting.place, Event)
    .join(CourseEdition, CourseEdition.id == CourseMeeting.edition_id)
    .join(Event, Event.id == CourseMeeting.event_id)
    .where(
        CourseEdition.course_id == sa.bindparam("course_id"),
        CourseEdition.id != sa.bindparam("edition_id"),
        CourseEdition.state == EditionState.PUBLISHED,
        CourseMeeting.dropped_at.is_(None),
        Event.state == EventState.PUBLISHED,
        Event.starts_at > sa.bindparam("now"),
        Event.closes_at > sa.bindparam("now"),
    )
    .order_by(Event.starts_at, Event.id)
)


def list_elsewhere(edition: CourseEdition) -> dict[int, list[Event]]:
    """By the place of a meeting the events of other editions that teach the same and still take people, the first first."""
    given = {"course_id": edition.course_id, "edition_id": edition.id, "now": clock.now()}
    found: dict[int, list[Event]] = {}
    for place, event in db.session.execute(_TAUGHT_ELSEWHERE, given):
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
