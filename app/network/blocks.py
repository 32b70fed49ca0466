"""The building blocks of an audience: what each says about a person, as a condition in SQL.

Blocks about a place are looked at together: who is asked for as an executive of a
municipality holds that office there, not one here and a seat somewhere else.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app import clock
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event
from app.invitations.models import Answer, Invitation
from app.network import lineage
from app.network.models import (
    ImportedPerson,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Position,
    Standing,
    interests,
)
from app.registration.models import Registration, RegistrationState


class Block(StrEnum):
    """What a condition is about."""

    KIND = "kind"
    REGION = "region"
    SIZE = "size"
    ROLE = "role"
    ORGANISATION = "organisation"
    UNREACHED = "unreached"
    MISSING = "missing"
    TOPIC = "topic"
    NETWORK = "network"
    ATTENDED = "attended"
    ABSENT = "absent"
    EVER = "ever"
    COMING = "coming"
    DECLINED = "declined"
    SILENT = "silent"
    IMPORTED = "imported"
    PERSON = "person"


PLACE = (Block.KIND, Block.REGION, Block.SIZE, Block.ROLE, Block.ORGANISATION, Block.UNREACHED, Block.MISSING)
"""Blocks about where somebody works and as what."""
OPEN = (
    Block.NETWORK, Block.ATTENDED, Block.ABSENT, Block.COMING, Block.DECLINED, Block.SILENT, Block.IMPORTED, Block.PERSON,
)  # fmt: skip
"""Blocks that say themselves who is meant; without one a group is about the members of the network."""
BY_NUMBER = (*OPEN, Block.ORGANISATION, Block.UNREACHED, Block.MISSING, Block.TOPIC, Block.EVER)
"""Blocks whose values are ids, or years."""

Rule = Sequence[Sequence[dict[str, Any]]]


def condition(rule: Rule, network_id: int) -> sa.ColumnElement[bool]:
    """The condition on Person that a rule says, for an audience of this network."""
    groups = [_group(group, network_id) for group in rule if any(each["values"] for each in group)]
    return sa.or_(*groups) if groups else _members([network_id])


def _group(group: Sequence[dict[str, Any]], network_id: int) -> sa.ColumnElement[bool]:
    asked = [each for each in group if each["values"]]
    wanted = [each for each in asked if not each.get("not")]
    parts = [] if any(each["block"] in OPEN for each in wanted) else [_members([network_id])]
    if place := [each for each in wanted if each["block"] in PLACE]:
        parts.append(Person.id.in_(_at(place, network_id)))
    parts += [_of_person(each, network_id) for each in wanted if each["block"] not in PLACE]
    parts += [sa.not_(part) for part in _unwanted(asked, network_id)]
    return sa.and_(*parts)


def _unwanted(asked: list[dict[str, Any]], network_id: int) -> Iterator[sa.ColumnElement[bool]]:
    for each in asked:
        if each.get("not"):
            at_place = each["block"] in PLACE
            yield Person.id.in_(_at([each], network_id)) if at_place else _of_person(each, network_id)


def current_positions() -> sa.Subquery:
    """Positions that hold today: person_id, organisation_id, role_code, title."""
    today = clock.today()
    return (
        sa.select(Position.person_id, Position.organisation_id, Position.role_code, Position.title)
        .where(sa.or_(Position.starts_on.is_(None), Position.starts_on <= today))
        .where(sa.or_(Position.ends_on.is_(None), Position.ends_on >= today))
        .subquery("current_positions")
    )


def _at(conditions: list[dict[str, Any]], network_id: int) -> sa.Select[Any]:
    """Ids of people with a position today that answers to all of these."""
    current = current_positions()
    wanted = sa.select(current.c.person_id).join(Organisation, Organisation.id == current.c.organisation_id)
    for each in conditions:
        wanted = wanted.where(_place(Block(each["block"]), each["values"], current, network_id))
    return wanted


def _place(block: Block, values: list[Any], current: sa.Subquery, network_id: int) -> sa.ColumnElement[bool]:
    match block:
        case Block.KIND:
            return Organisation.kind.in_([OrganisationKind(value) for value in values])
        case Block.REGION:
            return Organisation.region.in_(values)
        case Block.SIZE:
            return Organisation.size_class.in_(values)
        case Block.ROLE:
            return current.c.role_code.in_(values)
        case Block.ORGANISATION:
            return Organisation.id.in_(values)
        case Block.UNREACHED:
            return sa.and_(*(Organisation.id.not_in(_reached(network_id, year)) for year in values))
        case Block.MISSING:
            return Organisation.id.not_in(_represented(values))
    raise ValueError(f"{block} is not about a place")


def _reached(network_id: int, year: int) -> sa.Select[Any]:
    """Organisations of which somebody was at a session of the network in that year, as they are today."""
    first, last = clock.start_of_day(date(year, 1, 1)), clock.start_of_day(date(year + 1, 1, 1))
    held = sa.select(Event.id).where(Event.network_id == network_id, Event.starts_at >= first, Event.starts_at < last)
    # The ids go in as values: PostgreSQL then takes the index of the attendances instead of reading them all.
    there = sa.select(Attendance.organisation_id).where(
        Attendance.event_id.in_(list(db.session.scalars(held))), Attendance.organisation_id.is_not(None)
    )
    places = there.distinct().subquery()
    return sa.select(lineage.today(places.c.organisation_id))


def _represented(events: list[int]) -> sa.Select[Any]:
    """Organisations of which somebody comes to one of these events, or waits for a seat."""
    current = current_positions()
    return (
        sa.select(current.c.organisation_id)
        .join(Invitation, Invitation.person_id == current.c.person_id)
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_(events), Registration.state != RegistrationState.CANCELLED)
    )


def _members(networks: Sequence[int]) -> sa.ColumnElement[bool]:
    members = sa.select(Membership.person_id).where(
        Membership.network_id.in_(networks), Membership.standing == Standing.MEMBER
    )
    return Person.id.in_(members)


def _of_person(each: dict[str, Any], network_id: int) -> sa.ColumnElement[bool]:
    values = each["values"]
    match Block(each["block"]):
        case Block.NETWORK:
            return _members(values)
        case Block.TOPIC:
            return Person.id.in_(sa.select(interests.c.person_id).where(interests.c.topic_id.in_(values)))
        case Block.EVER:
            return Person.id.in_(
                _there().join(Event, Event.id == Attendance.event_id).where(Event.network_id.in_(values))
            )
        case Block.ATTENDED:
            return Person.id.in_(_there().where(Attendance.event_id.in_(values)))
        case Block.IMPORTED:
            return Person.id.in_(sa.select(ImportedPerson.person_id).where(ImportedPerson.import_id.in_(values)))
        case Block.PERSON:
            return Person.id.in_(values)
        case block:
            return Person.id.in_(_ANSWERED[block](values))


def _there() -> sa.Select[Any]:
    return sa.select(Invitation.person_id).join(Attendance, Attendance.invitation_id == Invitation.id)


def _invited(events: list[int]) -> sa.Select[Any]:
    return (
        sa.select(Invitation.person_id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_(events))
    )


def _absent(events: list[int]) -> sa.Select[Any]:
    there = sa.select(Attendance.invitation_id).where(Attendance.event_id.in_(events))
    return _invited(events).where(Registration.state == RegistrationState.CONFIRMED, Invitation.id.not_in(there))


_TAKES_PART = Registration.state.in_([RegistrationState.CONFIRMED, RegistrationState.WAITING])
_ANSWERED: dict[Block, Callable[[list[int]], sa.Select[Any]]] = {
    Block.ABSENT: _absent,
    Block.COMING: lambda events: _invited(events).where(_TAKES_PART),
    Block.DECLINED: lambda events: _invited(events).where(Invitation.answer == Answer.NO),
    Block.SILENT: lambda events: _invited(events).where(Invitation.answer.is_(None), Registration.id.is_(None)),
}
