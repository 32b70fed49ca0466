"""Answering an invitation: I come, I do not come, a colleague comes instead.

Each answer is one transaction with everything it causes: seats, the waiting list, the mails.
A yes is taken until closing, a no until the beginning; `by` is the account of an organiser who answers for somebody,
also later. `how` says how the answer came in, for history and letters, when it was not on the page.
"""

from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, cast

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.accounts.models import Account
from app.database import db
from app.events.models import Event, Mode
from app.events.planning import AT_ONCE, Notice
from app.invitations import invitation_history, inviting
from app.invitations.models import Answer, HistoryEntry, Invitation, Origin, Step
from app.network.models import Membership
from app.network.organisations.models import Organisation
from app.network.people import job_positions, name_reading, people
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.registration import course_places, registration_letters, seats, waiting_list
from app.registration.models import Registration, RegistrationState
from app.registration.seats import RegistrationClosed, SeatChange
from app.words import Refusal

MOST_SUBSTITUTES = 3
"""Colleagues one person may have asked without an answer yet."""


class SubstituteRefused(Refusal):
    """This colleague cannot be asked."""

    says = {
        "oneself": _l("Dit is je eigen adres. Vul het adres van je collega in."),
        "comes": _l("%(name)s komt al. Vraag iemand anders, of meld je af."),
        "waits": _l("%(name)s staat al op de wachtlijst. Vraag iemand anders, of meld je af."),
        "too_many": _l("Je hebt al drie collega’s gevraagd. Wacht op hun antwoord."),
    }
    field = "address"


@dataclass(frozen=True)
class AnswerSource:
    """From their calendar, and by whom when somebody else answered for the person."""

    from_calendar: bool = False
    by_address: str = ""

    @property
    def history(self) -> dict[str, Any]:
        return {"from_calendar": self.from_calendar, "by_address": self.by_address}

    @property
    def details(self) -> dict[str, Any]:
        """What the letter about the answer says of it."""
        return {"uit_agenda": True, "door": self.by_address} if self.from_calendar else {}


ON_THE_PAGE = AnswerSource()
FROM_CALENDAR = AnswerSource(from_calendar=True)


def _courses() -> ModuleType:
    """The rule of courses, which a command that has none to do with them does without."""
    from app.registration import enrolments

    return enrolments


def accept_invitation(
    invitation: Invitation,
    mode: Mode,
    by: Account | None = None,
    how: AnswerSource = ON_THE_PAGE,
    *,
    past_line: bool = False,
) -> Registration | None:
    """The person comes: a seat, or a place in line; to a meeting of a course, to all of that. None for who waits there.

    `past_line` as in enrolments.enrol. Raises what seats.claim_seat and enrolments.enrol raise.
    """
    if place := course_places.find_place(invitation):
        return cast(Registration | None, _courses().accept(invitation, place, mode, by, how, past_line=past_line))
    giver = _giver(invitation) if invitation.substitute_for_id else None
    if giver and giver.mode == mode:
        change = seats.hand_over(giver.invitation, invitation)
    else:
        change = seats.claim_seat(invitation, mode, after_closing=by is not None)
        if giver:
            welcome_promoted(seats.give_up_seat(giver.invitation))
    _note_answer(invitation, Answer.YES)
    if change.changed or how.from_calendar:
        _plan_letter_about(change, by, how)
        welcome_promoted(change)
    if giver:
        invitation_history.note_invitation_step(giver.invitation, Step.SUBSTITUTE_CAME)
        registration_letters.plan_registration_letter(
            MessageKind.SUBSTITUTE_COMES, giver.invitation, collega=invitation.person.name
        )
    return change.place


def decline_invitation(invitation: Invitation, by: Account | None = None, how: AnswerSource = ON_THE_PAGE) -> None:
    """The person does not come; a seat goes to the first in line. Raises RegistrationClosed.

    Who is enrolled in a course is absent on that day; who waits for it leaves the line.
    """
    place = course_places.find_place(invitation)
    if place and place.stands:
        _courses().decline(place, by, how)
        return
    change = seats.give_up_seat(invitation, after_closing=by is not None)
    first_time = invitation.answer != Answer.NO
    _note_answer(invitation, Answer.NO)
    if change.changed:
        invitation_history.note_invitation_step(invitation, Step.CANCELLED, by.id if by else None, **how.history)
        registration_letters.plan_registration_letter(MessageKind.CANCELLED, invitation, **how.details)
        welcome_promoted(change)
    elif first_time:
        invitation_history.note_invitation_step(invitation, Step.DECLINED, by.id if by else None, **how.history)
        registration_letters.plan_registration_letter(MessageKind.DECLINED, invitation, **how.details)
    if invitation.substitute_for and (first_time or change.changed):
        _tell_giver(invitation, invitation.substitute_for)


def ask_substitute(invitation: Invitation, name: str, address: str, *, through: bool = False) -> Invitation:
    """Invite a colleague in one's place; the seat moves when the colleague says yes.

    Who asks learns no more than what they typed: not whose the address is and, at a confidential session, not who comes
    there. Raises RegistrationClosed or SubstituteRefused.
    """
    place = course_places.find_place(invitation)
    if not (seats.lock_for_answer(invitation).open if place is None else _courses().takes_colleagues(place)):
        raise RegistrationClosed
    if place is not None:
        invitation = _courses().invitation_of_own(invitation, place)
    colleague = people.find_or_add_person(name, address, language=invitation.person.language, through=through)
    db.session.flush()
    if colleague.id == invitation.person_id:
        raise SubstituteRefused("oneself")
    _same_organisation(colleague, invitation)
    theirs = inviting.find_invitation(invitation.event, colleague)
    _check_askable(invitation, theirs, name)
    if theirs is None:
        theirs = inviting.add_invitation(invitation.event, colleague, Origin.SUBSTITUTE)
    theirs.substitute_for = invitation
    takes_part = _takes_part(theirs)
    if not takes_part:
        theirs.answer = theirs.answered_at = None
    _note_answer(invitation, Answer.SUBSTITUTE)
    invitation_history.note_invitation_step(invitation, Step.SUBSTITUTE_ASKED)
    db.session.flush()
    registration_letters.plan_registration_letter(
        MessageKind.SUBSTITUTE_INVITATION, theirs, collega=invitation.person.name, takes_part=takes_part
    )
    keeps_place = _takes_part(invitation)
    registration_letters.plan_registration_letter(
        MessageKind.SUBSTITUTE_ASKED, invitation, collega=name_reading.read_name(name).name, plek=keeps_place
    )
    return theirs


def answer_maybe(invitation: Invitation, how: AnswerSource) -> None:
    """Note 'maybe': a place stays, a 'no' is taken back, and the reminder asks again. Raises RegistrationClosed."""
    if not seats.lock_for_answer(invitation).open:
        raise RegistrationClosed
    if not _takes_part(invitation):
        invitation.answer = None
    invitation.answered_at = invitation.maybe_at = clock.now()
    invitation_history.note_invitation_step(invitation, Step.MAYBE, **how.history)
    registration_letters.plan_registration_letter(MessageKind.MAYBE, invitation, **how.details)


def take_answer_back(invitation: Invitation) -> None:
    """As if there had been no answer: a place is given up, and they are asked as before. Raises RegistrationClosed."""
    place = course_places.find_place(invitation)
    if place and place.enrolment and place.stands:
        _courses().leave(place.enrolment)
    else:
        welcome_promoted(seats.give_up_seat(invitation))
    invitation.answer = invitation.answered_at = invitation.maybe_at = None
    registration_letters.plan_registration_letter(MessageKind.ANSWER_UNDONE, invitation)


def _same_organisation(colleague: Person, invitation: Invitation) -> None:
    """A new colleague works where the asker works, as far as we know."""
    if not colleague.positions:
        for position in [each for each in invitation.person.positions if job_positions.is_held_on(each)][-1:]:
            job_positions.add_or_change_position(colleague, position.organisation)


def note_workplace(invitation: Invitation, organisation: Organisation) -> None:
    """Record where somebody works; when that organisation has all its seats they wait. Raises RegistrationClosed."""
    job_positions.add_or_change_position(invitation.person, organisation)
    db.session.flush()
    place = course_places.find_place(invitation)
    if place and place.enrolment and place.stands:
        _courses().set_organisation(place.enrolment, organisation.id)
        return
    change = seats.set_seat_organisation(invitation, organisation.id)
    if change.changed:
        _plan_letter_about(change, None, ON_THE_PAGE)
    welcome_promoted(change)


def drop_out(invitation: Invitation) -> None:
    """Somebody comes to nothing any more, since they were erased or left: without a letter, and who waits comes in."""
    place = course_places.find_place(invitation)
    if place and place.enrolment and place.stands:
        _courses().leave(place.enrolment, quietly=True)
        return
    change = seats.drop_out(invitation)
    if change.changed:
        _note_answer(invitation, Answer.NO)
        invitation_history.note_invitation_step(invitation, Step.CANCELLED)
        welcome_promoted(change)


def leave_courses(person: Person) -> None:
    """Who is erased has no place in a course that goes on, and waits for none."""
    _courses().leave_courses(person)


def places_to_come(person: Person) -> list[Invitation]:
    """Somebody's invitations to what is to come in which they have a place or wait for one."""
    wanted = (
        sa.select(Invitation)
        .join(Event, Event.id == Invitation.event_id)
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.person_id == person.id, Event.starts_at > clock.now())
        .where(Registration.state != RegistrationState.CANCELLED)
    )
    return list(db.session.scalars(wanted.order_by(Invitation.id)))


def drop_out_of_network(membership: Membership) -> None:
    """Who leaves a network gives up their places in what it has coming up."""
    for invitation in _coming_up(membership):
        drop_out(invitation)


def take_part_again(membership: Membership, since: datetime) -> None:
    """Who comes back at once has their places again, or waits where they were given away."""
    taken = sa.select(HistoryEntry.id).where(
        HistoryEntry.invitation_id == Invitation.id, HistoryEntry.step == Step.CANCELLED, HistoryEntry.at >= since
    )
    for invitation in _coming_up(membership, taken.exists(), Invitation.answer == Answer.NO):
        if place := course_places.find_place(invitation):
            _courses().come_back(invitation, place, since)
            continue
        registration = seats.registration_of(invitation)
        if registration and invitation.event.open and registration.mode in invitation.event.modes:
            accept_invitation(invitation, registration.mode)


def _coming_up(membership: Membership, *conditions: sa.ColumnElement[bool]) -> list[Invitation]:
    mine = sa.select(Invitation).join(Event, Event.id == Invitation.event_id)
    ahead = (Event.network_id == membership.network_id) & (Event.starts_at > clock.now())
    wanted = mine.where(Invitation.person_id == membership.person_id, ahead, *conditions)
    return list(db.session.scalars(wanted.order_by(Invitation.id)))


def let_in_waiting(event: Event, notice: Notice = AT_ONCE) -> list[Registration]:
    """Let waiting people in after seats were added; the event must be locked. Returns who came in.

    At a meeting of a course those come in who wait for that.
    """
    if meeting := course_places.meeting_of(event):
        _courses().let_in_line(meeting.edition, notice)
        return []
    change = SeatChange(None, True, waiting_list.promote_waiting(event))
    welcome_promoted(change, notice)
    return change.promoted


def _giver(invitation: Invitation) -> Registration | None:
    """The registration that a substitute takes over: that of the person who asked, while it stands."""
    seats.lock_for_answer(invitation)
    asked_by = invitation.substitute_for
    if asked_by is None:
        return None
    db.session.refresh(asked_by, ["answer"])
    answered = asked_by.answer != Answer.SUBSTITUTE or _active(seats.registration_of(invitation))
    if answered or seats.is_there(asked_by):
        return None
    return _active(seats.registration_of(asked_by))


def _active(registration: Registration | None) -> Registration | None:
    return registration if registration and registration.state != RegistrationState.CANCELLED else None


def _takes_part(invitation: Invitation) -> bool:
    """Whether somebody has a place or waits for one: in a course, in any of its meetings."""
    place = course_places.find_place(invitation)
    return place.stands if place else _active(seats.registration_of(invitation)) is not None


def _note_answer(invitation: Invitation, answer: Answer) -> None:
    invitation.answer, invitation.answered_at, invitation.maybe_at = answer, clock.now(), None


def _plan_letter_about(change: SeatChange, by: Account | None, how: AnswerSource) -> None:
    registration = change.place
    waits = registration.state == RegistrationState.WAITING
    came = Step.CHANGED_MODE if change.moved else Step.REGISTERED
    invitation_history.note_invitation_step(
        registration.invitation, Step.WAITING if waits else came, by.id if by else None, **how.history
    )
    registration_letters.plan_registration_letter(
        MessageKind.WAITING if waits else MessageKind.CONFIRMED, registration.invitation, **how.details
    )


def welcome_promoted(change: SeatChange, notice: Notice = AT_ONCE) -> None:
    """Tell those who came in from the waiting list by a change of seats."""
    for registration in change.promoted:
        invitation_history.note_invitation_step(registration.invitation, Step.PROMOTED)
        if notice.send:
            letter = registration_letters.plan_registration_letter(MessageKind.PROMOTED, registration.invitation)
            if letter and notice.hold:
                letter.due_at = clock.now() + notice.hold


def _tell_giver(invitation: Invitation, giver: Invitation) -> None:
    db.session.refresh(giver, ["answer"])
    if giver.answer == Answer.SUBSTITUTE:
        invitation_history.note_invitation_step(giver, Step.SUBSTITUTE_DECLINED)
        keeps_place = _takes_part(giver)
        giver.answer = Answer.YES if keeps_place else None
        registration_letters.plan_registration_letter(
            MessageKind.SUBSTITUTE_DECLINED, giver, collega=invitation.person.name, plek=keeps_place
        )


def is_waited_for(asker: Invitation) -> sa.ColumnElement[bool]:
    """Colleagues who were asked in this person's place and have not answered since, as SQL condition.

    At a confidential session that may be somebody who takes part already.
    """
    silent: sa.ColumnElement[bool] = Invitation.answer.is_(None)
    if asker.event.confidential and asker.answered_at:
        silent = silent | (Invitation.answer == Answer.YES) & (Invitation.answered_at <= asker.answered_at)
    return sa.and_(Invitation.substitute_for_id == asker.id, silent)


def _check_askable(invitation: Invitation, theirs: Invitation | None, name: str) -> None:
    place = course_places.find_place(theirs) if theirs else None
    registration = _active(seats.registration_of(theirs)) if theirs and place is None else None
    if (registration or (place and place.stands)) and not invitation.event.confidential:
        waits = place.waits if place else registration is not None and registration.state == RegistrationState.WAITING
        raise SubstituteRefused("waits" if waits else "comes", name=name)
    pending = sa.select(sa.func.count()).where(is_waited_for(invitation))
    if db.session.scalars(pending).one() >= MOST_SUBSTITUTES:
        raise SubstituteRefused("too_many")
