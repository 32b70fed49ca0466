"""The seats of one person in a course: taken and given up day by day, by rules that hold the locks (enrolments.py)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.accounts.models import Account
from app.breakouts import choices
from app.courses.models import CourseEdition, CourseMeeting, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, EventFormat, Mode
from app.invitations import invitation_history, inviting
from app.invitations.models import Answer, Invitation, Origin, Step
from app.network.people.models import Person
from app.registration import course_places, question_answers, seats
from app.registration.answers import ON_THE_PAGE, AnswerSource
from app.registration.course_places import Modes
from app.registration.models import Registration, RegistrationState

Guests = Mapping[int, tuple[Event, Mode]]
"""Where somebody catches up, by the id of the meeting of their own edition."""


@dataclass(frozen=True)
class Doer:
    """Who does it, and where: the person on their page or in their calendar, or an organiser."""

    by: Account | None = None
    how: AnswerSource = ON_THE_PAGE
    writes: bool = True
    """Whether a letter about the day goes out, or another tells of it."""

    def note(self, invitation: Invitation, step: Step) -> None:
        account_id = self.by.id if self.by else None
        invitation_history.note_invitation_step(invitation, step, account_id, **self.how.history)

    def note_all(self, invitations: Collection[Invitation], step: Step) -> None:
        account_id = self.by.id if self.by else None
        invitation_history.note_steps(invitations, step, account_id, **self.how.history)


@dataclass
class Moved:
    """What changed: the invitations of which a calendar has to hear, and the editions in which seats came free."""

    told: list[Invitation] = field(default_factory=list)
    anchor: Invitation | None = None
    """By which who was seated in the whole course is written to about that."""
    freed: dict[int, CourseEdition] = field(default_factory=dict)

    @property
    def first(self) -> Invitation:
        """The anchor of who was seated; raises LookupError where nobody was."""
        if self.anchor is None:
            raise LookupError("nobody was seated in a whole course")
        return self.anchor


def seat_in_all(enrolment: Enrolment, modes: Modes, guests: Guests, origin: Origin, doer: Doer, step: Step) -> Moved:
    """Give somebody their seat in every coming meeting that they come to; the other meetings are days of absence."""
    enrolment.state, enrolment.waiting_number = EnrolmentState.CONFIRMED, None
    meetings, moved = enrolment.edition.meetings_held, Moved()
    days = {each.meeting_id: each for each in enrolment.days}
    mine, had = _invited_and_seated(enrolment.person_id, _events(enrolment.edition, guests))
    seats_at = {each.id: guests.get(each.id, (each.event, modes.get(each.id))) for each in meetings}
    along = [event for event, mode in seats_at.values() if mode is not None and event.id not in mine]
    made = {each.event_id: each for each in _invite_along(along, enrolment.person, origin)}
    taken: dict[int, Registration] = {}
    for meeting in meetings:
        day, (event, mode) = days.get(meeting.id), seats_at[meeting.id]
        if mode is not None:
            own = event.id == meeting.event_id  # who catches up elsewhere takes nothing of the quota there
            invitation, counted_at = made.get(event.id) or mine[event.id], enrolment.organisation_id if own else None
            taken[meeting.id] = _sit_down(had.get(event.id), invitation, mode, counted_at, day)
            moved.told.append(invitation)
            if event.id in mine:
                note_answer(invitation, Answer.YES)
        elif meeting.event_id in mine and (day is None or day.registration is None):
            note_answer(mine[meeting.event_id], Answer.NO)
    question_answers.fill_in_all_remembered({each.event_id: each for each in taken.values()}, enrolment.person_id)
    for day in [each for each in days.values() if each.meeting_id in seats_at]:
        day.mode, day.catch_up_event_id, day.unseated = modes.get(day.meeting_id, day.mode), None, False
        day.registration = taken.get(day.meeting_id, day.registration)
    db.session.flush()
    write_days(enrolment, [_day_of(each, modes, taken) for each in meetings if each.id not in days])
    doer.note_all(moved.told, step)
    moved.anchor = _first_of([*mine.values(), *made.values()], enrolment.edition)
    return moved


def _invited_and_seated(
    person_id: int, event_ids: Collection[int]
) -> tuple[dict[int, Invitation], dict[int, Registration]]:
    """Somebody's invitations to these events and their registrations, as they are now; both by the id of the event."""
    given = {"person_id": person_id, "event_ids": list(event_ids)}
    rows = db.session.execute(_MINE_WITH_SEATS, given, execution_options={"populate_existing": True}).all()
    for invitation, registration in rows:
        if registration is not None:
            set_committed_value(registration, "invitation", invitation)
    return {each.event_id: each for each, _ in rows}, {each.event_id: each for _, each in rows if each is not None}


def _day_of(meeting: CourseMeeting, modes: Modes, taken: Mapping[int, Registration]) -> dict[str, Any]:
    seat = taken.get(meeting.id)
    mode = modes.get(meeting.id) or (meeting.event.modes or [Mode.ON_SITE])[0]
    return {"meeting_id": meeting.id, "mode": mode, "registration_id": seat and seat.id}


def write_days(enrolment: Enrolment, days: Collection[Mapping[str, Any]]) -> None:
    """Days that are new, by their columns, in one statement; what is pending has to be written."""
    if days:
        same = {"enrolment_id": enrolment.id, "unseated": False}
        db.session.execute(sa.insert(EnrolmentDay), [{**same, **day} for day in days])
    db.session.expire(enrolment, ["days"])


def new_day(enrolment: Enrolment, meeting: CourseMeeting, mode: Mode) -> EnrolmentDay:
    """A day without a seat as yet."""
    day = EnrolmentDay(meeting=meeting, mode=mode)
    enrolment.days.append(day)
    return day


def take_seat(invitation: Invitation, mode: Mode, organisation_id: int | None, day: EnrolmentDay) -> Registration:
    """A seat at one event for that day; whoever asks knows that there is one."""
    registration = _sit_down(seats.registration_of(invitation), invitation, mode, organisation_id, day)
    note_answer(invitation, Answer.YES)
    question_answers.fill_in_remembered(registration, invitation)
    return registration


def _sit_down(
    registration: Registration | None,
    invitation: Invitation,
    mode: Mode,
    organisation_id: int | None,
    day: EnrolmentDay | None,
) -> Registration:
    if registration is not None and registration.state == RegistrationState.CONFIRMED:
        _take_from_other_day(registration, day)
    elif registration is None:
        registration = Registration(invitation=invitation, event_id=invitation.event_id)
        db.session.add(registration)
    registration.mode, registration.organisation_id = mode, organisation_id
    registration.state, registration.waiting_number = RegistrationState.CONFIRMED, None
    return registration


def _take_from_other_day(registration: Registration, day: EnrolmentDay | None) -> None:
    """Where somebody would catch up for another edition, and now comes for this one, they are absent in the other."""
    db.session.flush()
    of_seat = sa.select(EnrolmentDay).where(EnrolmentDay.registration_id == registration.id)
    for other in db.session.scalars(of_seat):
        if other is not day:
            other.registration = None
    db.session.flush()


def free_day(day: EnrolmentDay, doer: Doer, moved: Moved, step: Step = Step.CANCELLED) -> None:
    """Give up the seat of a day; what somebody chose there goes to others."""
    registration = day.registration
    if registration is None:
        return
    invitation = registration.invitation
    day.registration = None
    registration.state, registration.waiting_number = RegistrationState.CANCELLED, None
    db.session.flush()
    choices.follow_seat(registration)
    note_answer(invitation, Answer.NO)
    doer.note(invitation, step)
    moved.told.append(invitation)
    meeting = course_places.meeting_of(invitation.event)
    if meeting is not None and meeting.edition_id != day.meeting.edition_id:
        moved.freed[meeting.edition_id] = meeting.edition


def free_all(enrolment: Enrolment, doer: Doer, moved: Moved, step: Step = Step.CANCELLED) -> None:
    """Give up what is to come; days that have begun stay, with where somebody was."""
    for day in list(enrolment.days):
        if day.registration is None and day.meeting.event.starts_at <= clock.now():
            continue
        if day.registration is not None and is_kept(day.registration):
            continue
        free_day(day, doer, moved, step)
        enrolment.days.remove(day)
        db.session.delete(day)
    db.session.flush()


def free_days_to_come(enrolment: Enrolment, doer: Doer, moved: Moved) -> None:
    """Give up the seats to come; who is enrolled stays so, and is absent there."""
    for day in enrolment.days:
        if day.registration is not None and not is_kept(day.registration):
            free_day(day, doer, moved)


def hand_over_all(giver: Enrolment, taker: Enrolment, guests_of: Person, origin: Origin, doer: Doer) -> Moved:
    """Move every seat, and what was chosen with it, from one person to another; nobody comes in between.

    A day that the giver caught up before, or is at now, stays theirs.
    """
    moved, days = Moved(), list(giver.days)
    theirs = {each.event_id: each for each in invitations_in(guests_of.id, _taken_events(days))}
    had = {each.meeting_id: each for each in taker.days}
    for day in days:
        new = had.get(day.meeting_id) or new_day(taker, day.meeting, day.mode)
        new.catch_up_event_id, new.unseated = day.catch_up_event_id, day.unseated
        given = day.registration
        if given is not None and is_kept(given):
            continue
        if given is not None and new.registration is not None:
            free_day(day, doer, moved)
        elif given is not None:
            event = given.invitation.event
            invitation = theirs.get(event.id) or _invite_along([event], guests_of, origin)[0]
            day.registration = None
            db.session.flush()
            if (held := seats.registration_of(invitation)) is not None:
                _take_from_other_day(held, new)
            new.registration = seats.move_seat(event, given.invitation, invitation).place
            note_answer(invitation, Answer.YES)
            question_answers.fill_in_remembered(new.registration, invitation)
            doer.note(invitation, Step.REGISTERED)
            doer.note(given.invitation, Step.SUBSTITUTE_CAME)
            if given.invitation.answer == Answer.YES:
                note_answer(given.invitation, Answer.NO)
            moved.told += [given.invitation, invitation]
        giver.days.remove(day)
        db.session.delete(day)
    db.session.flush()
    return moved


def is_kept(registration: Registration) -> bool:
    """Whether a seat stays whatever becomes of the enrolment: the day has begun, or they are there."""
    begun = registration.invitation.event.starts_at <= clock.now()
    return begun or seats.is_there(registration.invitation)


def invitations_in(person_id: int, event_ids: Collection[int]) -> list[Invitation]:
    """Somebody's invitations to these events."""
    return list(db.session.scalars(_MINE, {"person_id": person_id, "event_ids": list(event_ids)}))


def invitation_to_day(day: EnrolmentDay, event: Event) -> Invitation:
    """By which somebody who is enrolled comes to an event; a new one when they were not invited to that yet."""
    found = invitations_in(day.enrolment.person_id, {event.id})
    if not found:
        found = _invite_along([event], day.enrolment.person, anchor(day.enrolment).origin)
        db.session.flush()
    return found[0]


def _invite_along(events: Collection[Event], person: Person, origin: Origin) -> list[Invitation]:
    """Invitations that come with the one to the course, of that origin, answered with yes; no wave of its own made them, or mailed them."""
    return inviting.add_invitations(
        events, person, Origin.ORGANISER if origin == Origin.WAVE else origin, answer=Answer.YES
    )


def links_to_course(invitation: Invitation) -> list[tuple[str, int, int]]:
    """What personal links to the other meetings of a course are made of: the slug of the event, number and version.

    With where they catch up, the last that was made first; none of what is an ordinary session.
    """
    if invitation.event.format != EventFormat.COURSE_MEETING:
        return []
    given = {"event_id": invitation.event_id, "person_id": invitation.person_id, "invitation_id": invitation.id}
    return [(slug, number, version) for slug, number, version in db.session.execute(_TO_COURSE, given)]


_MINE = (
    sa.select(Invitation)
    .where(
        Invitation.person_id == sa.bindparam("person_id"),
        Invitation.event_id.in_(sa.bindparam("event_ids", expanding=True)),
    )
    .order_by(Invitation.id)
)
_MINE_WITH_SEATS = _MINE.add_columns(Registration).outerjoin(Registration, Registration.invitation_id == Invitation.id)
_OWN_EDITIONS = sa.union(
    sa.select(CourseMeeting.edition_id).where(CourseMeeting.event_id == sa.bindparam("event_id")),
    sa.select(CourseMeeting.edition_id)
    .join(EnrolmentDay, EnrolmentDay.meeting_id == CourseMeeting.id)
    .join(Registration, Registration.id == EnrolmentDay.registration_id)
    .where(Registration.invitation_id == sa.bindparam("invitation_id")),
)
_SEATS = (
    sa.select(Registration.invitation_id)
    .join(EnrolmentDay, EnrolmentDay.registration_id == Registration.id)
    .join(Enrolment, Enrolment.id == EnrolmentDay.enrolment_id)
    .where(Enrolment.person_id == sa.bindparam("person_id"), Enrolment.edition_id.in_(_OWN_EDITIONS))
)
_DAYS = sa.select(CourseMeeting.event_id).where(CourseMeeting.edition_id.in_(_OWN_EDITIONS))
_TO_COURSE = (
    sa.select(Event.slug, Invitation.id, Invitation.token_version)
    .join(Invitation.event)
    .where(
        Invitation.person_id == sa.bindparam("person_id"),
        Invitation.id != sa.bindparam("invitation_id"),
        sa.or_(Invitation.event_id.in_(_DAYS), Invitation.id.in_(_SEATS)),
    )
    .order_by(Invitation.id.desc())
)


def anchor(enrolment: Enrolment) -> Invitation:
    """The invitation by which somebody is written to about the whole course: that of the first meeting, of those they have."""
    events = {each.event_id for each in enrolment.edition.meetings}
    return _first_of(invitations_in(enrolment.person_id, events), enrolment.edition)


def _first_of(invitations: Iterable[Invitation], edition: CourseEdition) -> Invitation:
    place = {each.event_id: (each.dropped_at is not None, each.place) for each in edition.meetings}
    mine = [each for each in invitations if each.event_id in place]
    return min(mine, key=lambda each: place[each.event_id])


def _events(edition: CourseEdition, guests: Guests) -> set[int]:
    return {each.event_id for each in edition.meetings} | {event.id for event, _ in guests.values()}


def _taken_events(days: Collection[EnrolmentDay]) -> set[int]:
    return {each.registration.event_id for each in days if each.registration}


def note_answer(invitation: Invitation, answer: Answer) -> None:
    """Keep what somebody answered, as one of now."""
    invitation.answer, invitation.answered_at, invitation.maybe_at = answer, clock.now(), None
