"""Who belongs to an audience right now. The same selection serves the page, the count and the wave."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event
from app.network.models import (
    Audience,
    EmailAddress,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Position,
    Standing,
)


@dataclass(frozen=True)
class Criteria:
    """Members of a network at organisations of these kinds and regions, in these roles; empty leaves all."""

    network_id: int
    kinds: Collection[str] = ()
    regions: Collection[str] = ()
    roles: Collection[str] = ()
    unreached_in: int | None = None
    """Only organisations from which nobody came to the network in this year."""

    @classmethod
    def of(cls, audience: Audience) -> "Criteria":
        return cls(audience.network_id, audience.kinds, audience.regions, audience.roles, audience.unreached_in)


@dataclass(frozen=True)
class Reach:
    """How many people an audience gives, and how many of the network's people it leaves out for which reason."""

    people: int
    organisations: int
    unsubscribed: int
    without_address: int


def people(criteria: Criteria) -> sa.Select:
    """Select Person.id and EmailAddress.id of everybody in the audience who can be mailed."""
    return (
        _members(criteria, Person.id, EmailAddress.id)
        .join(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.preferred)
        .where(Membership.unsubscribed_at.is_(None))
    )


def reach(criteria: Criteria) -> Reach:
    """Count the audience, in one query each for the people and those left out."""
    reachable = people(criteria).subquery()
    current = current_positions()
    total, organisations = db.session.execute(
        sa.select(
            sa.func.count(sa.distinct(reachable.c.id)),
            sa.func.count(sa.distinct(current.c.organisation_id)),
        ).outerjoin(current, current.c.person_id == reachable.c.id)
    ).one()
    left_out = db.session.execute(
        _members(criteria)
        .with_only_columns(
            sa.func.count().filter(Membership.unsubscribed_at.is_not(None)),
            sa.func.count().filter(Membership.unsubscribed_at.is_(None) & EmailAddress.id.is_(None)),
        )
        .outerjoin(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.preferred)
    ).one()
    return Reach(total, organisations, *left_out)


def _reached(network_id: int, year: int) -> sa.Select:
    """Organisations of which somebody was at a session of the network in that year."""
    first, last = clock.start_of_day(date(year, 1, 1)), clock.start_of_day(date(year + 1, 1, 1))
    return (
        sa.select(Attendance.organisation_id)
        .join(Event, Event.id == Attendance.event_id)
        .where(Event.network_id == network_id, Event.starts_at >= first, Event.starts_at < last)
        .where(Attendance.organisation_id.is_not(None))
    )


def current_positions() -> sa.Subquery:
    """Positions that hold today: person_id, organisation_id, role_code, title."""
    today = clock.today()
    return (
        sa.select(Position.person_id, Position.organisation_id, Position.role_code, Position.title)
        .where(sa.or_(Position.starts_on.is_(None), Position.starts_on <= today))
        .where(sa.or_(Position.ends_on.is_(None), Position.ends_on >= today))
        .subquery("current_positions")
    )


def _members(criteria: Criteria, *columns) -> sa.Select:
    members = (
        sa.select(*columns)
        .select_from(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.network_id == criteria.network_id, Membership.standing == Standing.MEMBER)
    )
    if not (criteria.kinds or criteria.regions or criteria.roles or criteria.unreached_in):
        return members
    current = current_positions()
    place = sa.select(current.c.person_id).where(current.c.person_id == Person.id)
    if criteria.kinds or criteria.regions:
        place = place.join(Organisation, Organisation.id == current.c.organisation_id)
    if criteria.kinds:
        place = place.where(Organisation.kind.in_([OrganisationKind(kind) for kind in criteria.kinds]))
    if criteria.regions:
        place = place.where(Organisation.region.in_(criteria.regions))
    if criteria.roles:
        place = place.where(current.c.role_code.in_(criteria.roles))
    if criteria.unreached_in:
        place = place.where(current.c.organisation_id.not_in(_reached(criteria.network_id, criteria.unreached_in)))
    return members.where(place.exists())
