"""Being there: checking in, undoing it, walking in, joining online.

The row of a check-in is unique per invitation, so two phones at the door count somebody once.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Account
from app.attendance.models import Attendance, Entry
from app.database import db, insert_new, rows_changed
from app.events.models import Event, Mode
from app.invitations import invitation_history, inviting
from app.invitations.models import Answer, HistoryEntry, Invitation, Origin, Step
from app.network import memberships
from app.network.models import Standing
from app.network.organisations.models import Organisation
from app.network.people import job_positions, people
from app.network.people.models import Person
from app.registration import answers, seats
from app.registration.models import RegistrationState
from app.words import Refusal


class CheckInNotOpen(Refusal):
    """Check-in opens on the day itself."""

    says = _l("Inchecken kan vanaf de dag zelf. Tot dan kun je de lijst bekijken en afdrukken.")


class EventNotHeld(Refusal):
    """The event is a draft or cancelled."""

    says = _l("Inchecken kan niet: de sessie is een concept of geannuleerd.")


@dataclass(frozen=True)
class CheckIn:
    """An attendance, and whether this act made it; if not, somebody was there first."""

    attendance: Attendance
    new: bool


def check_in_opens_at(event: Event) -> datetime:
    """The first moment of the event's first day, in its zone."""
    return clock.start_of_day(clock.to_local(event.starts_at, event.zone).date(), event.zone)


def is_check_in_open(event: Event) -> bool:
    return event.published and clock.now() >= check_in_opens_at(event)


def attendance_of(invitation: Invitation) -> Attendance | None:
    return db.session.scalar(_of(invitation))


def _of(invitation: Invitation) -> sa.Select[Attendance]:
    wanted = sa.select(Attendance).where(Attendance.invitation_id == invitation.id)
    return wanted.options(joinedload(Attendance.account))


def check_in_invitation(
    invitation: Invitation, entry: Entry, mode: Mode | None = None, by: Account | None = None
) -> CheckIn:
    """Note that somebody is there; whoever had no place gets a registration, also when the day is over.

    Without `mode` it is the one that they registered for. Raises CheckInNotOpen or EventNotHeld.
    """
    event = invitation.event
    if not event.published:
        raise EventNotHeld
    if not is_check_in_open(event):
        raise CheckInNotOpen
    registration = seats.registration_of(invitation)
    registered = registration is not None and registration.state != RegistrationState.CANCELLED
    mode = mode or (registration.mode if registration and registered else event.modes[0])
    row = {
        "event_id": event.id,
        "invitation_id": invitation.id,
        "organisation_id": job_positions.workplace_id(
            invitation.person_id, clock.to_local(event.starts_at, event.zone).date()
        ),
        "mode": mode,
        "entry": entry if registered else Entry.WALK_IN,
        "account_id": by.id if by else None,
        "at": clock.now(),
    }
    new = rows_changed(insert_new(Attendance.__table__, "invitation_id").values(row)) == 1
    if new and not registered:
        _register(invitation, mode, by)
    return CheckIn(db.session.scalars(_of(invitation)).one(), new)


def undo_check_in(invitation: Invitation) -> bool:
    """Undo a check-in, with the registration that it made; False when there was none."""
    attendance = attendance_of(invitation)
    if attendance is None:
        return False
    db.session.delete(attendance)
    db.session.flush()
    if attendance.entry == Entry.WALK_IN:
        answers.welcome_promoted(seats.give_up_seat(invitation, afterwards=True))
        invitation.answer = _answer_before(invitation)
    return True


def check_in_walk_in(
    event: Event,
    name: str,
    organisation: Organisation | None,
    address: str = "",
    mode: Mode | None = None,
    by: Account | None = None,
    *,
    through: bool = False,
) -> CheckIn:
    """Somebody who was not on the list becomes a person, an invitation, a registration and present.

    A known address is that person. Raises CheckInNotOpen, EventNotHeld or mail_addresses.BadAddress.
    """
    person = people.find_or_add_person(name, address, through=through) if address else people.add_person(name)
    db.session.flush()
    if organisation and not person.positions:
        job_positions.add_or_change_position(person, organisation)
    return check_in_person(event, person, mode, by)


def check_in_person(event: Event, person: Person, mode: Mode | None = None, by: Account | None = None) -> CheckIn:
    """Check in a known person who was not on the list."""
    memberships.join_network(person.id, event.network_id, Standing.GUEST)
    invitation = inviting.find_invitation(event, person) or inviting.add_invitation(event, person, Origin.WALK_IN)
    db.session.flush()
    return check_in_invitation(invitation, Entry.LIST, mode, by)


def joining_counts_now(event: Event) -> bool:
    """Whether opening the join page now counts as being there."""
    return bool(is_check_in_open(event) and not event.over and event.online and event.join_url)


def _register(invitation: Invitation, mode: Mode, by: Account | None) -> None:
    """A seat like anybody's, or a place in line when there is none; nobody at the door is sent away by us."""
    answers.welcome_promoted(seats.claim_seat(invitation, mode, after_closing=True, afterwards=True))
    invitation.answer, invitation.answered_at = Answer.YES, clock.now()
    invitation_history.note_invitation_step(invitation, Step.WALKED_IN, by.id if by else None)


def _answer_before(invitation: Invitation) -> Answer | None:
    """What the person had said before walking in."""
    steps = (
        sa.select(HistoryEntry.step)
        .where(HistoryEntry.invitation_id == invitation.id, HistoryEntry.step != Step.WALKED_IN)
        .order_by(HistoryEntry.id.desc())
    )
    last = db.session.scalar(steps.limit(1))
    return Answer.NO if last in {Step.DECLINED, Step.CANCELLED} else None
