"""Settling who was there, once an event is over; and opening that again."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.attendance import arrivals, taps
from app.attendance.arrivals import Arrival
from app.attendance.models import AttendanceClosing, Tap, WalkInProposal
from app.database import db
from app.events.models import Event
from app.network.seeing import Viewer
from app.words import Refusal


class CannotClose(Refusal):
    """Who was there cannot be settled yet."""

    says = {
        "early": _l("Je sluit de aanwezigheid af als de sessie is geweest."),
        "not_held": _l("De sessie is een concept of geannuleerd: er is geen aanwezigheid om af te sluiten."),
        "nobody": _l("Er is nog niemand ingecheckt. Vink eerst aan wie er waren."),
    }


class AttendanceOpen(Refusal):
    """Who was there is not settled."""

    says = _l("De aanwezigheid is niet afgesloten. Sluit die eerst af.")


@dataclass(frozen=True)
class Outcome:
    """What closing now comes to."""

    present: int
    """How many were there, on any day."""
    unclear: list[Arrival]
    """Who had a place, and of whom nothing was noted."""
    absent: list[Arrival]
    """Who had a place and was noted as not there after all."""
    proposals: int
    """How many who were not on the list still wait for an organiser to say who they are."""


def closing_of(event: Event) -> AttendanceClosing | None:
    """By whom and when it was closed; None while it is open."""
    return db.session.get(AttendanceClosing, event.id)


def demand_closed(event: Event) -> None:
    """Raises AttendanceOpen. Until the transaction ends nobody opens it."""
    taps.take_turn(event.id)
    if closing_of(event) is None:
        raise AttendanceOpen


def foresee_closing(event: Event, viewer: Viewer) -> Outcome:
    """Who is clear and who is not. Somebody who was checked in and out again was not there; that is no doubt."""
    tapped = set(db.session.scalars(sa.select(Tap.invitation_id).where(Tap.event_id == event.id).distinct()))
    missed = arrivals.list_absent(event, viewer)
    waiting = sa.select(sa.func.count()).where(WalkInProposal.event_id == event.id, WalkInProposal.settled_at.is_(None))
    return Outcome(
        present=arrivals.count_ever_present(event).all_present,
        unclear=[each for each in missed if each.invitation.id not in tapped],
        absent=[each for each in missed if each.invitation.id in tapped],
        proposals=db.session.scalars(waiting).one(),
    )


def close_attendance(event: Event, by: Account | None, *, mails_letters: bool = False) -> bool:
    """Settle who was there; False when that was done already. Raises CannotClose."""
    taps.take_turn(event.id)
    if not event.published:
        raise CannotClose("not_held")
    if not event.over:
        raise CannotClose("early")
    if arrivals.count_ever_present(event).all_present == 0:
        raise CannotClose("nobody")
    if closing_of(event) is not None:
        return False
    row = AttendanceClosing(event_id=event.id, account_id=by.id if by else None, mails_letters=mails_letters)
    db.session.add(row)
    db.session.flush()
    return True


def open_attendance(event: Event) -> bool:
    """Let people be checked in and out again; False when that was possible already."""
    taps.take_turn(event.id)
    closed = closing_of(event)
    if closed is not None:
        db.session.delete(closed)
        db.session.flush()
    return closed is not None


def want_letters_mailed(event: Event) -> None:
    """Whoever was there is mailed a letter, also when that was not chosen on closing. Raises AttendanceOpen."""
    demand_closed(event)
    closed = db.session.get_one(AttendanceClosing, event.id)
    closed.mails_letters, closed.mailed_at = True, None
