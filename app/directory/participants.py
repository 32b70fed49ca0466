"""Who takes part in a session, for whoever else does: the names of those who agreed, and how many others there are.

Never of a confidential session: once one becomes that, its list is gone.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.attendance.models import Attendance
from app.database import db
from app.directory.models import Shown, Visibility
from app.directory.people_shown import FEWEST_OTHERS
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.models import Membership
from app.network.people import job_positions
from app.network.people.models import Person, Position
from app.registration.models import Registration, RegistrationState

MOST = 500
"""Names on the page."""


@dataclass(frozen=True)
class Participant:
    name: str
    organisation: str


@dataclass(frozen=True)
class Participants:
    """Those who agreed, by family name, and how many others; nought where they are so few that it would nearly name them."""

    shown: list[Participant]
    others: int


def takes_part(invitation: Invitation) -> bool:
    """Whether somebody has a place at their session or was there."""
    mine = sa.select(Invitation.id).where(Invitation.id == invitation.id, sa.or_(_has_place(), _was_there()))
    return db.session.scalar(mine) is not None


def list_participants(event: Event) -> Participants:
    """Who comes; once it is over and noted who was there, those."""
    if event.confidential:
        return Participants([], 0)
    there = sa.select(Attendance.id).where(Attendance.event_id == event.id).limit(1)
    of_those = _was_there() if event.over and db.session.scalar(there) else _has_place()
    everybody = sa.select(Person).join(Invitation, Invitation.person_id == Person.id)
    everybody = everybody.where(Invitation.event_id == event.id, of_those, Person.erased_at.is_(None))
    alone = sa.select(Membership.person_id).where(Membership.restricted_at.is_not(None))
    agreed = (
        everybody.where(Person.id.in_(_who_agreed(event)), Person.id.not_in(alone))
        .order_by(Person.sort_name, Person.id)
        .limit(MOST)
    )
    named = selectinload(Person.positions).options(joinedload(Position.organisation), joinedload(Position.role))
    shown = [_participant(each) for each in db.session.scalars(agreed.options(named))]
    total = db.session.scalars(sa.select(sa.func.count()).select_from(everybody.subquery())).one()
    others = total - len(shown)
    return Participants(shown, others if others >= FEWEST_OTHERS else 0)


def _who_agreed(event: Event) -> sa.Select[int]:
    holds = (Visibility.event_id == event.id, Visibility.field == Shown.COMES, Visibility.withdrawn_at.is_(None))
    return sa.select(Visibility.person_id).where(*holds)


def _has_place() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Registration.invitation_id == Invitation.id, Registration.state == RegistrationState.CONFIRMED
    )


def _was_there() -> sa.ColumnElement[bool]:
    return sa.exists().where(Attendance.invitation_id == Invitation.id)


def _participant(person: Person) -> Participant:
    position = job_positions.current_position(person)
    return Participant(person.name, position.organisation.name if position else "")
