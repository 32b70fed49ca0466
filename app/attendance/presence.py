"""Being there: checking in, undoing it, walking in, joining online.

One is there on a day of the event. The row of a check-in is unique per invitation and day, so two phones at the door count
somebody once.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Account
from app.attendance import taps
from app.attendance.models import Attendance, AttendanceClosing, Entry
from app.attendance.taps import Verdict
from app.database import db, insert_new, rows_changed
from app.events import event_days
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


class NotADay(Refusal):
    """The event is not on that day, or not any more."""

    says = _l("De sessie is niet op die dag. Kies een dag van de sessie.")


class AttendanceClosed(Refusal):
    """Who was there is settled."""

    says = _l("De aanwezigheid is afgesloten. Heropen die om nog iets te veranderen, bij ‘Bewijs van deelname’.")


class EventNotHeld(Refusal):
    """The event is a draft or cancelled."""

    says = _l("Inchecken kan niet: de sessie is een concept of geannuleerd.")


@dataclass(frozen=True)
class CheckIn:
    """An attendance, and whether this act made it; if not, somebody was there first."""

    attendance: Attendance
    new: bool


def day_of_door(event: Event) -> date:
    """The day that the door is about: today, before the event its first and after it its last."""
    return event_days.day_of_moment(event, clock.now())


def check_in_opens_at(event: Event, day: date | None = None) -> datetime:
    """The first moment of a day of the event, in its zone; of its first day when none is named."""
    return clock.start_of_day(day or event_days.dates_of_event(event)[0], event.zone)


def is_check_in_open(event: Event, day: date | None = None) -> bool:
    return event.published and clock.now() >= check_in_opens_at(event, day)


def attendance_of(invitation: Invitation, day: date | None = None) -> Attendance | None:
    """Of the day that the door is about when none is named."""
    return db.session.scalar(_of(invitation, day or day_of_door(invitation.event)))


def _of(invitation: Invitation, day: date) -> sa.Select[Attendance]:
    wanted = sa.select(Attendance).where(Attendance.invitation_id == invitation.id, Attendance.day == day)
    return wanted.options(joinedload(Attendance.account))


def check_in_invitation(
    invitation: Invitation,
    entry: Entry,
    mode: Mode | None = None,
    by: Account | None = None,
    day: date | None = None,
) -> CheckIn:
    """Note that somebody is there; whoever had no place gets a registration, also when the day is over.

    Without `mode` it is the one that they registered for, without `day` the one that the door is about. Raises
    CheckInNotOpen, EventNotHeld, NotADay or AttendanceClosed.
    """
    taps.take_turn(invitation.event_id)
    _demand_unsettled(invitation.event)
    day = day or day_of_door(invitation.event)
    done = _enter(invitation, entry, mode, by, day, clock.now())
    if done.new:
        taps.note_tap(invitation, day, done.attendance.mode, by, done.attendance.at, present=True)
    return done


def demand_open_door(event: Event, day: date) -> None:
    """Raise EventNotHeld, NotADay or CheckInNotOpen where nobody is checked in on a day."""
    if not event.published:
        raise EventNotHeld
    if day not in event_days.dates_of_event(event):
        raise NotADay
    if not is_check_in_open(event, day):
        raise CheckInNotOpen


def _demand_unsettled(event: Event) -> None:
    """Raises AttendanceClosed. What a phone at the door kept until now counts all the same: it was tapped before."""
    if event.over and db.session.get(AttendanceClosing, event.id) is not None:
        raise AttendanceClosed


def _enter(
    invitation: Invitation, entry: Entry, mode: Mode | None, by: Account | None, day: date, at: datetime
) -> CheckIn:
    event = invitation.event
    demand_open_door(event, day)
    registration = seats.registration_of(invitation)
    registered = registration is not None and registration.state != RegistrationState.CANCELLED
    mode = mode or (registration.mode if registration and registered else event.modes[0])
    organisation_id, role_code = job_positions.post_on(invitation.person_id, day)
    row = {
        "event_id": event.id,
        "invitation_id": invitation.id,
        "day": day,
        "organisation_id": organisation_id,
        "role_code": role_code,
        "mode": mode,
        "entry": entry if registered else Entry.WALK_IN,
        "account_id": by.id if by else None,
        "at": at,
    }
    new = rows_changed(insert_new(Attendance.__table__, "invitation_id", "day").values(row)) == 1
    if new and not registered:
        _register(invitation, mode, by)
    return CheckIn(db.session.scalars(_of(invitation, day)).one(), new)


def undo_check_in(invitation: Invitation, day: date | None = None, by: Account | None = None) -> bool:
    """Undo the check-in of a day, with the registration that walking in made; False when there was none.

    As long as somebody is there on another day the registration stays, and goes with the last one. Raises AttendanceClosed.
    """
    taps.take_turn(invitation.event_id)
    _demand_unsettled(invitation.event)
    attendance = attendance_of(invitation, day)
    if attendance is None:
        return False
    taps.note_tap(invitation, attendance.day, attendance.mode, by, clock.now(), present=False)
    return _leave(invitation, attendance)


def settle_presence(invitation: Invitation, day: date, verdict: Verdict) -> None:
    """Let it hold what the taps at the doors come to; of several by which somebody is there, the earliest. Raises as check_in_invitation()."""
    attendance, first = attendance_of(invitation, day), verdict.first
    if first is None:
        if attendance is not None:
            _leave(invitation, attendance)
        return
    at = max(min(first.tapped_at, clock.now()), check_in_opens_at(invitation.event, day))
    if attendance is None:
        _enter(invitation, Entry.LIST, first.mode, first.account, day, at)
    else:
        attendance.mode, attendance.account, attendance.at = first.mode, first.account, at


def _leave(invitation: Invitation, attendance: Attendance) -> bool:
    db.session.delete(attendance)
    db.session.flush()
    if attendance.entry != Entry.WALK_IN:
        return True
    others = sa.select(Attendance).where(Attendance.invitation_id == invitation.id).order_by(Attendance.day)
    if other := db.session.scalar(others.limit(1)):
        other.entry = Entry.WALK_IN
    else:
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
    day: date | None = None,
    *,
    through: bool = False,
) -> CheckIn:
    """Somebody who was not on the list becomes a person, an invitation, a registration and present.

    A known address is that person. Raises as check_in_invitation() does, or mail_addresses.BadAddress.
    """
    person = people.find_or_add_person(name, address, through=through) if address else people.add_person(name)
    db.session.flush()
    if organisation and not person.positions:
        job_positions.add_or_change_position(person, organisation)
    return check_in_person(event, person, mode, by, day)


def check_in_person(
    event: Event, person: Person, mode: Mode | None = None, by: Account | None = None, day: date | None = None
) -> CheckIn:
    """Check in a known person who was not on the list."""
    memberships.join_network(person.id, event.network_id, Standing.GUEST)
    invitation = inviting.find_invitation(event, person) or inviting.add_invitation(event, person, Origin.WALK_IN)
    db.session.flush()
    return check_in_invitation(invitation, Entry.LIST, mode, by, day)


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
