"""Who may read which material of a session: conditions of the queries, also of those that give out a file.

Participants are who has a place or was there; members are who is a member of the network by now. What a scanner found a
virus in is read by nobody. Whether somebody may know of a session at all is asked before (web/visiting.py).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.attendance.models import Attendance
from app.database import Condition, db
from app.events.event_queries import of_listed_network, select_public_events
from app.events.models import Event
from app.invitations.models import Invitation
from app.materials.materials import days_with, is_of_course_of, there
from app.materials.models import ForWhom, Material, Scan
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.registration.models import Registration, RegistrationState


@dataclass(frozen=True)
class Reader:
    """Whom a browser showed to be by personal links: none of them, or several people who share it."""

    invitation_ids: Collection[int] = ()
    person_ids: Collection[int] = ()


EVERYBODY = Reader()


@dataclass(frozen=True)
class Shelf:
    """What somebody may read of a session, in its order."""

    materials: list[Material] = field(default_factory=list)

    def of_event(self) -> list[Material]:
        """What belongs to no part of the programme."""
        return [each for each in self.materials if each.slot_id is None and not each.of_course]

    def of_course(self) -> list[Material]:
        """What is of all days of the course."""
        return [each for each in self.materials if each.of_course]

    def of_slot(self, slot_id: int) -> list[Material]:
        return [each for each in self.materials if each.slot_id == slot_id]


def shelf_of(event: Event, reader: Reader = EVERYBODY) -> Shelf:
    """What may be read of a session."""
    return Shelf(list(db.session.scalars(_READABLE, _given(event, reader))))


def readable_material(event: Event, material_id: int, reader: Reader = EVERYBODY) -> Material | None:
    """One piece of material, if it may be read."""
    return db.session.scalar(_READABLE.where(Material.id == material_id), _given(event, reader))


def _given(event: Event, reader: Reader) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "invitation_ids": list(reader.invitation_ids),
        "person_ids": list(reader.person_ids),
    }


def materials_of_invited(invitation_ids: Collection[int]) -> dict[int, list[Material]]:
    """What each of these invited people may read of their session, in one query."""
    mine = _takes_part(Registration.invitation_id == Invitation.id, Attendance.invitation_id == Invitation.id)
    wanted = (
        sa.select(Invitation.id, Material)
        .join(Material, sa.or_(Material.event_id == Invitation.event_id, is_of_course_of(Invitation.event_id)))
        .join(Event, Event.id == Invitation.event_id)
        .where(Invitation.id.in_(invitation_ids), _is_given_out())
        .where(_may_read(mine, _is_member(Membership.person_id == Invitation.person_id)))
        .order_by(Material.place, Material.id)
    )
    found: dict[int, list[Material]] = {}
    for invitation_id, material in db.session.execute(wanted):
        found.setdefault(invitation_id, []).append(material)
    return found


def example_materials(event: Event) -> list[Material]:
    """What a participant would read, for a letter that is shown before it goes."""
    of_session = sa.or_(Material.event_id == event.id, is_of_course_of(sa.literal(event.id)))
    wanted = sa.select(Material).where(of_session, _is_given_out())
    wanted = wanted.where(Material.for_whom != ForWhom.MEMBERS)
    return list(db.session.scalars(wanted.order_by(Material.place, Material.id)))


def select_public_materials() -> sa.Select[Material]:
    """What everybody may read who knows of no network that is not listed."""
    public = select_public_events().where(of_listed_network()).with_only_columns(Event.id)
    return sa.select(Material).where(
        Material.for_whom == ForWhom.EVERYBODY, _is_given_out(), Material.event_id.in_(public)
    )


def invitations_of(person: Person, event: Event) -> list[int]:
    """The ids by which somebody who is signed in reads as who was invited: one, or none."""
    mine = sa.select(Invitation.id).where(Invitation.event_id == event.id, Invitation.person_id == person.id)
    return list(db.session.scalars(mine))


def _is_given_out() -> Condition:
    return sa.and_(there(), Material.scan != Scan.INFECTED)


def _may_read(takes_part: Condition, is_member: Condition) -> Condition:
    return sa.or_(
        Material.for_whom == ForWhom.EVERYBODY,
        sa.and_(Material.for_whom == ForWhom.PARTICIPANTS, takes_part),
        sa.and_(Material.for_whom == ForWhom.MEMBERS, is_member),
    )


def _takes_part(registered: Condition, attended: Condition) -> Condition:
    """The condition that somebody has a place or was there, by how their registration and attendance are found."""
    has_place = sa.exists().where(registered, Registration.state == RegistrationState.CONFIRMED)
    return sa.or_(has_place, sa.exists().where(attended))


def _is_member(person: Condition) -> Condition:
    """The condition that one of these people is a member of the network of the session."""
    return sa.exists().where(person, Membership.network_id == Event.network_id, Membership.standing == Standing.MEMBER)


_EVENT: sa.BindParameter[int] = sa.bindparam("event_id")
_INVITED = sa.select(Invitation.id).where(
    Invitation.id.in_(sa.bindparam("invitation_ids", expanding=True)), Invitation.event_id == _EVENT
)
_THEIRS = sa.select(Invitation.id).where(
    Invitation.person_id.in_(_INVITED.with_only_columns(Invitation.person_id)),
    Invitation.event_id.in_(days_with(_EVENT)),
)
"""The invitations to any day of the course of who was invited to this one."""
_OF_ANOTHER_DAY = sa.and_(is_of_course_of(_EVENT), sa.or_(~Event.confidential, Material.for_whom != ForWhom.EVERYBODY))
"""What is of a course; not what everybody could open on a day that was made confidential since."""
_READABLE = (
    sa.select(Material)
    .join(Material.event)
    .where(sa.or_(Material.event_id == _EVENT, _OF_ANOTHER_DAY), _is_given_out())
    .where(
        _may_read(
            sa.or_(
                _takes_part(Registration.invitation_id.in_(_INVITED), Attendance.invitation_id.in_(_INVITED)),
                sa.and_(
                    Material.of_course,
                    _takes_part(Registration.invitation_id.in_(_THEIRS), Attendance.invitation_id.in_(_THEIRS)),
                ),
            ),
            _is_member(Membership.person_id.in_(sa.bindparam("person_ids", expanding=True))),
        )
    )
    .order_by(Material.place, Material.id)
)
"""The material of a session that these invitations and people may read."""
