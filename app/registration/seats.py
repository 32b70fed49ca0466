"""Seats: claiming, giving up, handing over. Every rule here locks the event first.

Never more confirmed seats than the capacity of a mode or the quota of an organisation; the
rest wait in order of arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock
from app.attendance.models import Attendance
from app.breakouts import choices
from app.database import db
from app.events import capacity
from app.events.models import Event, Mode
from app.invitations.models import Invitation
from app.network import memberships
from app.network.people import job_positions
from app.network.people.models import Person
from app.registration import course_places, waiting_list
from app.registration.models import Registration, RegistrationState
from app.transaction_notes import kept_in_transaction
from app.words import Refusal


class RegistrationClosed(Refusal):
    """The event takes no more answers: closed, over, cancelled or not published."""

    says = _l("Aanmelden en wijzigen kan niet meer.")


class ModeNotOffered(Refusal):
    """The event is not held that way."""

    says = _l("Zo meedoen kan niet meer. Kies een ander antwoord.")


class ModeFull(Refusal):
    """No seat left in the wanted mode for somebody who has a seat in the other one, which stays theirs."""

    says = _l("Daar is geen plek meer. Je houdt de plek die je had.")


class AlreadyThere(Refusal):
    """Who was checked in is there: that has to be undone before they can be cancelled."""

    says = _l("Al ingecheckt, dus afmelden kan niet meer. Een organisator kan het inchecken ongedaan maken.")


@dataclass(frozen=True)
class SeatChange:
    """What a change of seats did: one's own registration and who came in from the waiting list.

    `moved` says that a seat was kept but in another mode.
    """

    registration: Registration | None
    changed: bool
    promoted: list[Registration] = field(default_factory=list)
    moved: bool = False

    @property
    def place(self) -> Registration:
        """The registration that was made or kept; raises LookupError when there is none."""
        if self.registration is None:
            raise LookupError("there is no registration")
        return self.registration


_REGISTRATION = (
    sa.select(Registration)
    .where(Registration.invitation_id == sa.bindparam("invitation_id"))
    .options(joinedload(Registration.invitation))
)

_LIVING = (
    sa.select(Person.id)
    .where(Person.id == sa.bindparam("person_id"), Person.erased_at.is_(None))
    .with_for_update(read=True, key_share=True)
)
_ATTENDANCE = sa.select(Attendance.id).where(Attendance.invitation_id == sa.bindparam("invitation_id"))


def registration_of(invitation: Invitation) -> Registration | None:
    """The registration as it is now, whatever this session saw before it got the lock."""
    given = {"invitation_id": invitation.id}
    return db.session.scalar(_REGISTRATION, given, execution_options={"populate_existing": True})


def registrations_of(invitations: Iterable[Invitation]) -> dict[int, Registration]:
    """The same of several, by the id of the invitation."""
    wanted = sa.select(Registration).where(Registration.invitation_id.in_([each.id for each in invitations]))
    found = db.session.scalars(wanted, execution_options={"populate_existing": True})
    return {each.invitation_id: each for each in found}


def claim_seat(
    invitation: Invitation, mode: Mode, *, after_closing: bool = False, afterwards: bool = False
) -> SeatChange:
    """Take a seat, or the last place in line when there is none; taking it twice changes nothing.

    `after_closing` lets organisers register somebody by hand, `afterwards` even when the event
    is over: who was there, was there. Where seats are kept for an organisation, one of its own who
    takes a seat in whatever mode makes room. Raises RegistrationClosed, ModeNotOffered or ModeFull.
    """
    event = _lock_open_event(invitation, after_closing, afterwards)
    if mode not in event.modes:
        raise ModeNotOffered
    registration = registration_of(invitation)
    if registration and registration.mode == mode and registration.state != RegistrationState.CANCELLED:
        return SeatChange(registration, changed=False)
    had = registration.mode if registration and registration.state == RegistrationState.CONFIRMED else None
    organisation = (
        registration.organisation_id if registration and had else job_positions.workplace_id(invitation.person_id)
    )
    ledger = capacity.ledger(event)
    full = ledger.outlook(mode, organisation, holding=had is not None).full
    if had and full:
        raise ModeFull
    frees = had is not None or (not full and organisation in ledger.reserved)
    number = waiting_list.next_waiting_number(event) if full else None
    memberships.welcome_back(invitation.person_id, event.network_id)
    if registration is None:
        registration = Registration(invitation=invitation, event_id=event.id)
        db.session.add(registration)
    registration.mode, registration.waiting_number, registration.organisation_id = mode, number, organisation
    registration.state = RegistrationState.WAITING if full else RegistrationState.CONFIRMED
    if had:
        choices.follow_seat(registration)
    course_places.follow_seat(registration, event)
    return SeatChange(registration, True, waiting_list.promote_waiting(event) if frees else [], moved=had is not None)


def give_up_seat(invitation: Invitation, *, after_closing: bool = False, afterwards: bool = False) -> SeatChange:
    """Free one's seat or leave the line, until the beginning; the first who waits comes in.

    Raises RegistrationClosed or AlreadyThere.
    """
    event = lock_for_answer(invitation)
    if not (event.takes_no or _is_late_but_allowed(event, after_closing, afterwards)):
        raise RegistrationClosed
    if is_there(invitation):
        raise AlreadyThere
    return _leave(event, invitation)


def drop_out(invitation: Invitation) -> SeatChange:
    """Give up a place in what is to come, whoever may still answer; who is there already, or was, stays counted."""
    event = capacity.lock_event(invitation.event_id)
    if event.starts_at <= clock.now() or is_there(invitation):
        return SeatChange(registration_of(invitation), changed=False)
    return _leave(event, invitation)


def is_there(invitation: Invitation) -> bool:
    """Whether somebody was checked in."""
    return db.session.scalar(_ATTENDANCE, {"invitation_id": invitation.id}) is not None


def _leave(event: Event, invitation: Invitation) -> SeatChange:
    registration = registration_of(invitation)
    if registration is None or registration.state == RegistrationState.CANCELLED:
        return SeatChange(registration, changed=False)
    had_seat = registration.state == RegistrationState.CONFIRMED
    registration.state, registration.waiting_number = RegistrationState.CANCELLED, None
    db.session.flush()
    if had_seat:
        choices.follow_seat(registration)
        course_places.follow_seat(registration, event)
    return SeatChange(registration, True, waiting_list.promote_waiting(event) if had_seat else [])


def hand_over(giver: Invitation, taker: Invitation) -> SeatChange:
    """Move a seat, or a place in line, from one person to another. Raises RegistrationClosed.

    The taker must not take part yet; without anything to hand over nothing changes.
    """
    return move_seat(_lock_open_event(taker), giver, taker)


def move_seat(event: Event, giver: Invitation, taker: Invitation) -> SeatChange:
    """The same for who has locked the event, and knows that it may be."""
    given, taken = registration_of(giver), registration_of(taker)
    if given is None or given.state == RegistrationState.CANCELLED:
        return SeatChange(taken, changed=False)
    if taken is None:
        taken = Registration(invitation=taker, event_id=event.id)
        db.session.add(taken)
    state, number = given.state, given.waiting_number
    given.state, given.waiting_number = RegistrationState.CANCELLED, None
    taken.mode, taken.state, taken.waiting_number = given.mode, RegistrationState.CANCELLED, None
    taken.organisation_id = given.organisation_id
    db.session.flush()
    taken.state, taken.waiting_number = state, number
    choices.hand_over(given, taken)
    memberships.welcome_back(taker.person_id, event.network_id)
    db.session.flush()
    return SeatChange(taken, changed=True)


def set_seat_organisation(invitation: Invitation, organisation_id: int) -> SeatChange:
    """Note where somebody works who registered without saying so; at its quota they wait. Raises RegistrationClosed."""
    event = _lock_open_event(invitation)
    registration = registration_of(invitation)
    if registration is None or registration.organisation_id == organisation_id:
        return SeatChange(registration, changed=False)
    holds = registration.state == RegistrationState.CONFIRMED
    barred = capacity.ledger(event).outlook(registration.mode, organisation_id).barred
    registration.organisation_id = organisation_id
    if waits := holds and barred:
        number = waiting_list.next_waiting_number(event)
        registration.state, registration.waiting_number = RegistrationState.WAITING, number
        choices.follow_seat(registration)
    db.session.flush()
    return SeatChange(registration, waits, waiting_list.promote_waiting(event))


def lock_for_answer(invitation: Invitation) -> Event:
    """The event of an invitation, locked with its course, if it has one, until the transaction ends; who was invited is kept from being erased.

    The person first, as erasing does, so that neither waits for the other. Raises RegistrationClosed for somebody who
    was erased since the invitation was read: what they answered would be kept of a person who is gone.
    """
    keep_living(invitation.person_id)
    return course_places.lock_session(invitation.event)


def keep_living(person_id: int) -> None:
    """Keep somebody from being erased until the transaction ends. Raises RegistrationClosed for who was erased."""
    kept = kept_in_transaction("people kept from being erased")
    if person_id not in kept and db.session.scalar(_LIVING, {"person_id": person_id}) is None:
        raise RegistrationClosed
    kept[person_id] = True


def _lock_open_event(invitation: Invitation, after_closing: bool = False, afterwards: bool = False) -> Event:
    event = lock_for_answer(invitation)
    if not (event.open or _is_late_but_allowed(event, after_closing, afterwards)):
        raise RegistrationClosed
    return event


def _is_late_but_allowed(event: Event, after_closing: bool, afterwards: bool) -> bool:
    return event.published and (afterwards or (after_closing and not event.over))
