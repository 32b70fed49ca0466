"""What always holds of courses: who is enrolled has every day, who is not has none, and certificates tell what was needed."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.attendance.models import Attendance
from app.certificates.models import Certificate, CertificateVersion
from app.courses.models import CourseEdition, CourseMeeting, EditionState, Enrolment, EnrolmentDay, EnrolmentState
from app.database import Moment, db
from app.events.models import Event, EventFormat, EventState
from app.invitations.models import Invitation
from app.outbox.models import Errand, ErrandKind
from app.registration import course_ledger, course_places
from app.registration.models import Registration, RegistrationState
from app.upkeep.invariants import Rows, selected, walked

_NOW = sa.bindparam("now", type_=Moment())
_CONFIRMED = Enrolment.state == EnrolmentState.CONFIRMED
_HELD = sa.and_(CourseMeeting.dropped_at.is_(None), Event.state == EventState.PUBLISHED)


@selected("event {event} is a meeting of a course, but is called another kind of session")
def meetings_are_called_so() -> Rows:
    wanted = sa.select(Event.id.label("event")).join(CourseMeeting, CourseMeeting.event_id == Event.id)
    return wanted.where(Event.format != EventFormat.COURSE_MEETING)


@selected("enrolment {enrolment} of edition {edition} has no day for meeting {meeting}")
def enrolled_have_every_day() -> Rows:
    day = sa.select(EnrolmentDay.id).where(
        EnrolmentDay.enrolment_id == Enrolment.id, EnrolmentDay.meeting_id == CourseMeeting.id
    )
    edition = CourseMeeting.edition_id
    return (
        sa.select(Enrolment.id.label("enrolment"), edition.label("edition"), CourseMeeting.id.label("meeting"))
        .join(CourseMeeting, CourseMeeting.edition_id == Enrolment.edition_id)
        .join(Event, Event.id == CourseMeeting.event_id)
        .where(_CONFIRMED, _HELD, ~day.exists())
    )


@selected(
    "registration {registration} is for one meeting of a course, event {event}, of which nobody is enrolled by it"
)
def seats_at_meetings_are_days_of_the_enrolled() -> Rows:
    """Who came in at the door on the day itself is there without."""
    day = sa.select(EnrolmentDay.id).where(EnrolmentDay.registration_id == Registration.id)
    there = sa.select(Attendance.id).where(Attendance.invitation_id == Registration.invitation_id)
    return (
        sa.select(Registration.id.label("registration"), Event.id.label("event"))
        .join(Event, Event.id == Registration.event_id)
        .join(CourseMeeting, CourseMeeting.event_id == Event.id)
        .where(Registration.state != RegistrationState.CANCELLED, _HELD, Event.starts_at > _NOW)
        .where(~day.exists(), ~there.exists())
    )


@selected("day {day} of enrolment {enrolment} has a seat that is given up, of somebody else or at another meeting")
def days_have_seats_of_their_own() -> Rows:
    own, where, edition, there = (
        aliased(CourseMeeting),
        aliased(CourseMeeting),
        aliased(CourseEdition),
        aliased(CourseEdition),
    )
    fits = sa.and_(
        Registration.state == RegistrationState.CONFIRMED,
        Invitation.person_id == Enrolment.person_id,
        where.place == own.place,
        edition.course_id == there.course_id,
    )
    return (
        sa.select(EnrolmentDay.id.label("day"), Enrolment.id.label("enrolment"))
        .join(Enrolment, Enrolment.id == EnrolmentDay.enrolment_id)
        .join(own, own.id == EnrolmentDay.meeting_id)
        .join(edition, edition.id == Enrolment.edition_id)
        .join(Registration, Registration.id == EnrolmentDay.registration_id)
        .join(Invitation, Invitation.id == Registration.invitation_id)
        .outerjoin(where, where.event_id == Registration.event_id)
        .outerjoin(there, there.id == where.edition_id)
        .where(sa.or_(~fits, where.id.is_(None), own.edition_id != Enrolment.edition_id))
    )


@selected("enrolment {enrolment} is {state} and has a seat at event {event}")
def only_the_enrolled_have_seats() -> Rows:
    there = sa.select(Attendance.id).where(Attendance.invitation_id == Registration.invitation_id)
    return (
        sa.select(Enrolment.id.label("enrolment"), Enrolment.state.label("state"), Event.id.label("event"))
        .join(EnrolmentDay, EnrolmentDay.enrolment_id == Enrolment.id)
        .join(Registration, Registration.id == EnrolmentDay.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .where(~_CONFIRMED, Event.starts_at > _NOW, ~there.exists())
    )


@selected("edition {edition}: {taken} are enrolled and there are {seats} places")
def enrolled_within_seats() -> Rows:
    taken = sa.func.count()
    return (
        sa.select(CourseEdition.id.label("edition"), CourseEdition.seats.label("seats"), taken.label("taken"))
        .join(Enrolment, Enrolment.edition_id == CourseEdition.id)
        .where(_CONFIRMED, CourseEdition.closes_at > _NOW)
        .group_by(CourseEdition.id, CourseEdition.seats)
        .having(taken > CourseEdition.seats)
    )


@selected("edition {edition}: {taken} of organisation {organisation} are enrolled and it gets {quota}")
def enrolled_within_quota() -> Rows:
    taken, quota, place = sa.func.count(), CourseEdition.seats_per_organisation, Enrolment.organisation_id
    return (
        sa.select(CourseEdition.id.label("edition"), place.label("organisation"), quota.label("quota"))
        .add_columns(taken.label("taken"))
        .join(Enrolment, Enrolment.edition_id == CourseEdition.id)
        .where(_CONFIRMED, CourseEdition.closes_at > _NOW, place.is_not(None))
        .group_by(CourseEdition.id, place, quota)
        .having(taken > quota)
    )


@walked(Enrolment)
def nobody_waits_for_a_course_that_has_room() -> Iterator[str]:
    """By the ledger of places, for the days that they want to be at; where people are being let in, once that is done."""
    waits = sa.select(Enrolment.edition_id).where(Enrolment.state == EnrolmentState.WAITING)
    going_on = (CourseEdition.state == EditionState.PUBLISHED) & (CourseEdition.closes_at > clock.now())
    under_way = _editions_under_way(ErrandKind.LET_IN)
    for edition in db.session.scalars(sa.select(CourseEdition).where(CourseEdition.id.in_(waits), going_on)):
        if course_places.has_begun(edition) or edition.id in under_way:
            continue
        ledger = course_ledger.ledger_of(edition)
        line = sa.select(Enrolment).where(Enrolment.edition_id == edition.id)
        for enrolment in db.session.scalars(line.where(Enrolment.state == EnrolmentState.WAITING)):
            wanted = course_ledger.wishes_of(enrolment, ledger)
            if wanted and ledger.can_enter(enrolment.organisation_id, wanted):
                yield f"edition {edition.id}: enrolment {enrolment.id} waits while there is room"


@walked(EnrolmentDay)
def who_found_no_seat_on_a_day_has_the_next_one() -> Iterator[str]:
    """As long as that day is to come; where people are being seated, once that is done."""
    under_way = _editions_under_way(ErrandKind.SEAT)
    unseated = sa.select(EnrolmentDay).join(EnrolmentDay.enrolment).join(Enrolment.edition)
    wanted = unseated.where(EnrolmentDay.unseated, EnrolmentDay.registration_id.is_(None), _CONFIRMED)
    for day in db.session.scalars(wanted.where(CourseEdition.state == EditionState.PUBLISHED)):
        edition, event = day.enrolment.edition, day.meeting.event
        if edition.id in under_way or day.meeting not in course_places.coming_meetings(edition):
            continue
        ledger = course_ledger.ledger_of(edition)
        if any(ledger.free_for_guest(event, mode) != 0 for mode in event.modes):
            yield f"enrolment {day.enrolment_id} has no seat at event {event.id}, where one is free"


def _editions_under_way(kind: ErrandKind) -> set[int]:
    """Editions in which an act is still letting people in, or seating them."""
    details = sa.select(Errand.details).where(Errand.kind == kind)
    return {each["edition"] for each in db.session.scalars(details)}


@selected("certificate {certificate} of an edition of a course says in version {version} that too little was attended")
def certificates_of_courses_say_that_the_rule_was_met() -> Rows:
    short = sa.func.coalesce(CertificateVersion.attended < CertificateVersion.needed, True)
    more = sa.func.coalesce(CertificateVersion.needed > CertificateVersion.held, True)
    return (
        sa.select(Certificate.id.label("certificate"), CertificateVersion.version.label("version"))
        .join(CertificateVersion, CertificateVersion.certificate_id == Certificate.id)
        .where(Certificate.course_edition_id.is_not(None), sa.or_(short, more))
    )
