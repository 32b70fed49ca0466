"""Enrolling in a course: a place in all its meetings or in none, and one waiting line, that of the edition.

Each rule is one transaction with everything it causes, under the locks of course_places.lock_course(). Somebody who is
enrolled may be absent on a day, catch up in the meeting of another edition, and come after all where there is room.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from app import clock
from app.accounts.models import Account
from app.courses.models import CourseEdition, CourseMeeting, EditionState, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, Mode
from app.invitations.models import Answer, Invitation, Origin, Step
from app.network import memberships
from app.network.people import job_positions
from app.network.people.models import Person
from app.registration import (
    course_days,
    course_ledger,
    course_letters,
    course_line,
    course_places,
    course_seats,
    course_wishes,
    seats,
)
from app.registration.answers import ON_THE_PAGE, AnswerSource
from app.registration.course_changes import cancel_edition, drop_meeting, revive_edition, seat_meeting
from app.registration.course_days import catch_up, come, stay_away
from app.registration.course_ledger import CourseLedger
from app.registration.course_line import let_in_line
from app.registration.course_places import CoursePlace, EnrolmentRefused, Modes
from app.registration.course_seats import Doer, Guests, Moved
from app.registration.course_texts import Why
from app.registration.course_wishes import Wanted
from app.registration.models import Registration
from app.registration.seats import ModeNotOffered, RegistrationClosed

__all__ = [
    "EnrolmentRefused",
    "accept",
    "back_in_line",
    "cancel_edition",
    "catch_up",
    "come",
    "come_back",
    "decline",
    "drop_meeting",
    "enrol",
    "invitation_of_own",
    "leave",
    "let_in_line",
    "lose_catch_up",
    "revive_edition",
    "seat_meeting",
    "set_organisation",
    "stay_away",
    "take_over",
    "takes_colleagues",
]


def enrol(
    invitation: Invitation,
    modes: Modes,
    *,
    absent: Collection[int] = (),
    catch_up: Mapping[int, int] | None = None,
    by: Account | None = None,
    how: AnswerSource = ON_THE_PAGE,
    past_line: bool = False,
    place: CoursePlace | None = None,
) -> Enrolment:
    """A place in every meeting, or one in line when the edition or a meeting is full; who is enrolled stays so.

    `modes` by id of a meeting, the first with room where it says nothing; `absent` are ids of meetings, `catch_up`
    says in which event one comes instead. Who waits keeps that as a wish, and is tried again, also without the days that are
    full. Once it has begun the line stands still: only by `past_line` does an organiser enrol somebody whom it has ahead.
    `place` is where the invitation is to, for who knows. Raises RegistrationClosed, ModeNotOffered or EnrolmentRefused.
    """
    catch_up, doer = dict(catch_up or {}), Doer(by, how)
    edition = _lock_for_enrolling(invitation, place, set(catch_up.values()), by)
    enrolment = course_places.enrolment_of(edition.id, invitation.person_id)
    if enrolment and enrolment.state == EnrolmentState.CONFIRMED:
        return enrolment
    elsewhere = course_places.enrolments_elsewhere(edition, invitation.person_id)
    _demand_no_other_edition(elsewhere, invitation.person, by)
    ledger = course_ledger.ledger_of(edition, catch_up.values())
    wanted = _read_modes(ledger, modes, {*absent, *catch_up})
    wishes = course_wishes.elsewhere_of(enrolment) if enrolment and catch_up else {}
    guests = course_wishes.read_guests(ledger, catch_up, [key for key in wishes if wishes[key] == catch_up.get(key)])
    organisation = job_positions.workplace_id(invitation.person_id)
    enters = ledger.can_enter(organisation, wanted)
    if enters and ledger.waiting and not past_line:
        course_line.go_first(ledger, invitation.person_id)
        enters = ledger.can_enter(organisation, wanted)
        if not enters and course_places.has_begun(edition):
            raise EnrolmentRefused("line")
    if not (wanted or (guests and enters)):
        raise EnrolmentRefused("no_day")
    memberships.welcome_back(invitation.person_id, edition.course.network_id)
    if enrolment is None:
        about = {"edition_id": edition.id, "person_id": invitation.person_id}
        enrolment = Enrolment(
            edition=edition, person=invitation.person, state=EnrolmentState.CANCELLED, days=[], **about
        )
        db.session.add(enrolment)
    enrolment.organisation_id = organisation
    if enters:
        _confirm(enrolment, wanted, guests, invitation.origin, doer, missed=len(guests) < len(catch_up))
        course_line.leave_them(elsewhere)
    else:
        course_line.wait(enrolment, wanted, catch_up, invitation, doer)
    course_places.enrolled.send(enrolment)
    return enrolment


def leave(
    enrolment: Enrolment, by: Account | None = None, how: AnswerSource = ON_THE_PAGE, *, quietly: bool = False
) -> None:
    """Give up the place, or the one in line: what is to come is for others, and what has begun stays.

    By link until the first meeting begins, by an organiser as long as anything is to come; `quietly`, without a letter and
    at any moment, for who is erased or leaves the network: of an edition that was they stay, less what they would catch up
    elsewhere. Raises RegistrationClosed.
    """
    edition, doer, moved = course_places.lock_course(enrolment.edition), Doer(by, how), Moved()
    db.session.refresh(enrolment)
    if not quietly and not _may_leave(edition, by):
        raise RegistrationClosed
    if enrolment.state == EnrolmentState.CANCELLED:
        return
    if quietly and enrolment.state == EnrolmentState.CONFIRMED and _is_over(edition):
        course_seats.free_days_to_come(enrolment, doer, moved)
        course_line.let_in_elsewhere(moved)
        return
    anchor, had_place = course_seats.anchor(enrolment), enrolment.state == EnrolmentState.CONFIRMED
    course_seats.free_all(enrolment, doer, moved)
    enrolment.state, enrolment.waiting_number = EnrolmentState.CANCELLED, None
    db.session.flush()
    if anchor not in moved.told:
        doer.note(anchor, Step.CANCELLED)
    course_seats.note_answer(anchor, Answer.NO)
    if not quietly:
        course_letters.plan_letter(anchor, Why.LEFT, **how.details)
        course_letters.plan_days(moved.told or [anchor])
    if had_place:
        course_line.let_in_line(edition)
    course_line.let_in_elsewhere(moved)


def accept(
    invitation: Invitation,
    place: CoursePlace,
    mode: Mode,
    by: Account | None,
    how: AnswerSource,
    *,
    past_line: bool = False,
) -> Registration | None:
    """A yes to one meeting: to the whole course, or to that day when they are enrolled. None for who waits.

    Raises what enrol() and come() raise.
    """
    if place.confirmed and place.enrolment:
        return course_days.come(place.enrolment, place.meeting, mode, Doer(by, how))
    if giver := giver_of(invitation, place):
        take_over(giver, invitation)
    else:
        wanted = _wanted_with(place, mode, how)
        before = place.enrolment.state if place.enrolment else None
        enrolled = enrol(invitation, **vars(wanted), by=by, how=how, past_line=past_line, place=place)
        if enrolled.state == before == EnrolmentState.WAITING and how.from_calendar:
            course_letters.plan_letter(course_seats.anchor(enrolled), Why.WAITING, **how.details)
    return seats.registration_of(invitation)


def _wanted_with(place: CoursePlace, mode: Mode, how: AnswerSource) -> Wanted:
    """All days in this mode; of who waits what they wish, which a calendar knows nothing of and an organiser no more than the mode."""
    coming = course_places.coming_meetings(place.meeting.edition)
    alike = {each.id: mode for each in coming if mode in each.event.modes}
    if not (place.waits and place.enrolment):
        return Wanted(alike, [], {})
    wishes = course_wishes.wanted_by(place.enrolment)
    if how.from_calendar:
        return wishes
    return Wanted({key: alike.get(key, kept) for key, kept in wishes.modes.items()}, wishes.absent, wishes.catch_up)


def decline(place: CoursePlace, by: Account | None, how: AnswerSource) -> None:
    """A no to one meeting: absent on that day for who is enrolled, no to the course for who waits or comes to no other day.

    Raises RegistrationClosed or AlreadyThere.
    """
    if place.enrolment is None:
        return
    if place.confirmed:
        try:
            course_days.stay_away(place.enrolment, place.meeting, Doer(by, how))
            return
        except EnrolmentRefused:
            pass  # it was their only day, and nothing changed
    leave(place.enrolment, by, how)


def come_back(invitation: Invitation, place: CoursePlace, since: datetime) -> None:
    """Who left the network and comes back at once is enrolled again, or waits: with the days that they gave up since then."""
    edition = place.meeting.edition
    if place.stands or not edition.open:
        return
    wanted = sa.select(CourseMeeting.id, Registration.mode).join(
        Registration, Registration.event_id == CourseMeeting.event_id
    )
    mine = wanted.join(Invitation, Invitation.id == Registration.invitation_id).where(
        CourseMeeting.edition_id == edition.id,
        Invitation.person_id == invitation.person_id,
        Registration.changed_at >= since,
    )
    modes = dict(db.session.execute(mine).all())
    offered = {each.id for each in course_places.coming_meetings(edition)}
    enrol(invitation, modes, absent=(offered - modes.keys()) if modes else ())


def back_in_line(enrolment: Enrolment) -> None:
    """Somebody has no place after all, and waits behind everybody for the days that they had; they are told."""
    anchor, wanted, doer, moved = course_seats.anchor(enrolment), course_wishes.wanted_by(enrolment), Doer(), Moved()
    course_seats.free_all(enrolment, doer, moved, Step.WAITING)
    course_letters.plan_days(moved.told)
    course_line.wait(enrolment, wanted.modes, wanted.catch_up, anchor, doer)
    course_line.let_in_elsewhere(moved)


def lose_catch_up(enrolment: Enrolment, days: Collection[EnrolmentDay]) -> None:
    """The seats elsewhere in which somebody would catch these days up are not theirs after all; they are told, and choose anew."""
    doer, moved = Doer(), Moved()
    for day in days:
        course_seats.free_day(day, doer, moved)
    course_letters.plan_letter(course_seats.anchor(enrolment), Why.DAY)
    course_letters.plan_days(moved.told)


def takes_colleagues(place: CoursePlace) -> bool:
    """Whether the whole course can still go to a colleague: while it is open, and before its first meeting begins."""
    edition = course_places.lock_course(place.meeting.edition)
    return edition.open and not course_places.has_begun(edition)


def invitation_of_own(invitation: Invitation, place: CoursePlace) -> Invitation:
    """An invitation to somebody's own edition: of who catches up elsewhere not the one to that day."""
    if place.enrolment is None or place.meeting.event_id == invitation.event_id:
        return invitation
    return course_seats.anchor(place.enrolment)


def giver_of(invitation: Invitation, place: CoursePlace) -> Enrolment | None:
    """The enrolment that a colleague takes over: of the person who asked, while they wait for that and it has not begun."""
    asked_by = invitation.substitute_for
    if asked_by is None or place.stands:
        return None
    db.session.refresh(asked_by, ["answer"])
    given = course_places.enrolment_of(place.meeting.edition_id, asked_by.person_id)
    stands = given is not None and given.state != EnrolmentState.CANCELLED
    return given if asked_by.answer == Answer.SUBSTITUTE and stands else None


def take_over(giver: Enrolment, invitation: Invitation, wanted: Wanted | None = None) -> Enrolment:
    """Move the whole course, or the place in line, to a colleague; nobody comes in between.

    The days are as they stood, or as the colleague `wanted` them: all of that, or nothing moves. Raises RegistrationClosed,
    or what the change of a day raises.
    """
    elsewhere = {*course_days.events_of(giver), *(wanted.catch_up.values() if wanted else ())}
    edition = _lock_for_enrolling(invitation, None, elsewhere, None)
    if course_places.has_begun(edition):
        raise RegistrationClosed
    db.session.refresh(giver)
    others = course_places.enrolments_elsewhere(edition, invitation.person_id)
    _demand_no_other_edition(others, invitation.person, None)
    doer, anchor = Doer(writes=False), course_seats.anchor(giver)
    taker = course_places.enrolment_of(edition.id, invitation.person_id)
    if taker is None:
        taker = Enrolment(edition=edition, person=invitation.person, state=EnrolmentState.CANCELLED)
        db.session.add(taker)
    state, number, taker.organisation_id = giver.state, giver.waiting_number, giver.organisation_id
    giver.state, giver.waiting_number = EnrolmentState.CANCELLED, None
    db.session.flush()
    taker.state, taker.waiting_number = state, number
    memberships.welcome_back(invitation.person_id, edition.course.network_id)
    moved = course_seats.hand_over_all(giver, taker, invitation.person, invitation.origin, doer)
    course_seats.note_answer(invitation, Answer.YES)
    waits = state == EnrolmentState.WAITING
    if waits:
        doer.note(anchor, Step.SUBSTITUTE_CAME)
    course_letters.plan_letter(anchor, Why.HANDED_OVER, collega=invitation.person.name)
    course_letters.plan_letter(course_seats.anchor(taker), Why.WAITING if waits else Why.ENROLLED)
    course_letters.plan_days(moved.told)
    course_places.enrolled.send(taker)
    if waits and wanted:
        if not wanted.modes:
            raise EnrolmentRefused("no_day")
        course_line.wait(taker, wanted.modes, wanted.catch_up, invitation, doer)
    elif wanted:
        course_days.choose(taker, wanted, doer)
    if not waits:
        course_line.leave_them(others)
    course_line.let_in_elsewhere(moved)
    return taker


def leave_courses(person: Person) -> None:
    """Who is erased has no place in a course that goes on, and waits in no line; an edition that was stays counted."""
    ahead = sa.select(CourseMeeting.id).join(Event, Event.id == CourseMeeting.event_id)
    goes_on = ahead.where(
        CourseMeeting.edition_id == Enrolment.edition_id,
        CourseMeeting.dropped_at.is_(None),
        Event.ends_at > clock.now(),
    ).exists()
    waits = Enrolment.state == EnrolmentState.WAITING
    stands = sa.or_(waits, (Enrolment.state == EnrolmentState.CONFIRMED) & goes_on)
    theirs = sa.select(Enrolment).where(Enrolment.person_id == person.id, stands)
    for enrolment in db.session.scalars(theirs.order_by(Enrolment.id)).all():
        leave(enrolment, quietly=True)


def set_organisation(enrolment: Enrolment, organisation_id: int) -> None:
    """Note where somebody works who enrolled without saying so; where that organisation has all its places they wait."""
    edition = course_places.lock_course(enrolment.edition)
    db.session.refresh(enrolment)
    if enrolment.organisation_id == organisation_id:
        return
    barred = course_ledger.ledger_of(edition).at_quota(organisation_id)
    enrolment.organisation_id = organisation_id
    for day in enrolment.days:
        if day.registration and day.registration.event_id == day.meeting.event_id:
            day.registration.organisation_id = organisation_id
    if barred and enrolment.state == EnrolmentState.CONFIRMED and not course_places.has_begun(edition):
        back_in_line(enrolment)
    course_line.let_in_line(edition)


def _lock_for_enrolling(
    invitation: Invitation, place: CoursePlace | None, also: Collection[int], by: Account | None
) -> CourseEdition:
    seats.keep_living(invitation.person_id)
    place = place or course_places.find_place(invitation)
    if place is None:
        raise RegistrationClosed
    edition = course_places.lock_course(place.meeting.edition, also)
    late = by is not None and edition.state == EditionState.PUBLISHED
    if not (edition.open or late) or not course_places.coming_meetings(edition):
        raise RegistrationClosed
    return edition


def _may_leave(edition: CourseEdition, by: Account | None) -> bool:
    if edition.state != EditionState.PUBLISHED:
        return False
    return bool(course_places.coming_meetings(edition)) if by else not course_places.has_begun(edition)


def _is_over(edition: CourseEdition) -> bool:
    return all(each.event.over for each in edition.meetings_held)


def _demand_no_other_edition(elsewhere: Iterable[Enrolment], person: Person, by: Account | None) -> None:
    """Nobody has a place in two editions of a course that are still to come; said to them, or to who does it for them."""
    if other := course_places.coming_edition(elsewhere):
        raise EnrolmentRefused("theirs_elsewhere" if by else "elsewhere", title=other.title, name=person.name)


def _read_modes(ledger: CourseLedger, modes: Modes, skipped: Collection[int]) -> dict[int, Mode]:
    """How they take part in each coming meeting that they do not skip: as they say, else where there is room. Raises ModeNotOffered."""
    wanted = {}
    for meeting in ledger.meetings:
        if meeting.id not in skipped:
            offered = meeting.event.modes
            free = (each for each in offered if ledger.free(meeting.event, each) != 0)
            wanted[meeting.id] = modes.get(meeting.id) or next(free, offered[0])
            if wanted[meeting.id] not in offered:
                raise ModeNotOffered
    return wanted


def _confirm(enrolment: Enrolment, wanted: Modes, guests: Guests, origin: Origin, doer: Doer, *, missed: bool) -> None:
    moved = course_seats.seat_in_all(enrolment, wanted, guests, origin, doer, Step.REGISTERED)
    details = doer.how.details | ({"inhalen_vol": True} if missed else {})
    course_letters.plan_letter_and_days(moved.first, Why.ENROLLED, moved.told, **details)
