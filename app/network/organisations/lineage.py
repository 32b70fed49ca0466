"""Organisations that end and the ones that come after them: Uden and Landerd became Maashorst.

Attendance stays with the organisation of that day; counts go to what it is today.
"""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.database import db
from app.network.organisations.models import Organisation, OrganisationDomain
from app.network.people.models import Position
from app.words import Refusal


class NoSuccession(Refusal):
    """This organisation cannot be merged into that one."""

    says = {
        "itself": _l("Een organisatie kan niet in zichzelf opgaan."),
        "has_successor": _l("%(name)s is al opgegaan in een andere organisatie."),
        "circle": _l("%(new)s ging zelf op in %(old)s. Dat kan niet andersom ook."),
    }
    field = "successor"


def organisation_id_today(
    organisation_id: sa.ColumnElement[Any] | InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
) -> sa.ColumnElement[int | None]:
    """What an organisation is today, as an expression on a column with its id: itself while it exists."""
    line = (
        sa.select(Organisation.id.label("organisation_id"), Organisation.successor_id.label("heir_id"))
        .where(Organisation.successor_id.is_not(None))
        .cte(recursive=True)
    )
    link = aliased(Organisation)
    line = line.union(
        sa.select(line.c.organisation_id, link.successor_id)
        .join(link, link.id == line.c.heir_id)
        .where(link.successor_id.is_not(None))
    )
    last = aliased(Organisation)
    heir_id = (
        sa.select(line.c.heir_id)
        .join(last, last.id == line.c.heir_id)
        .where(line.c.organisation_id == organisation_id, last.successor_id.is_(None))
    )
    return sa.func.coalesce(heir_id.scalar_subquery(), organisation_id)


def organisation_today(organisation: Organisation) -> Organisation:
    """What an organisation is today."""
    while organisation.successor is not None:
        organisation = organisation.successor
    return organisation


def organisation_on(organisation: Organisation, day: date) -> Organisation:
    """What an organisation was on a day: itself, or what it had gone up in by then."""
    while organisation.successor is not None and organisation.ended_on is not None and organisation.ended_on < day:
        organisation = organisation.successor
    return organisation


def select_family(organisation: Organisation) -> sa.Select[int]:
    """Ids of an organisation and of all that were merged into it."""
    before = sa.select(sa.literal(organisation.id).label("id")).cte("family", recursive=True)
    earlier = aliased(Organisation)
    before = before.union(sa.select(earlier.id).join(before, earlier.successor_id == before.c.id))
    return sa.select(before.c.id)


def predecessors_of(organisation: Organisation) -> list[Organisation]:
    wanted = sa.select(Organisation).where(Organisation.successor_id == organisation.id).order_by(Organisation.name)
    return list(db.session.scalars(wanted))


def may_be_part_of(organisation: Organisation, parent: Organisation | None) -> bool:
    """Whether one may be a part of the other: nothing is, even indirectly, a part of itself."""
    while parent is not None:
        if parent is organisation:
            return False
        parent = parent.parent
    return True


def check_succession(organisation: Organisation, successor: Organisation) -> None:
    """Raises NoSuccession when this organisation cannot go up in that one."""
    if organisation is successor:
        raise NoSuccession("itself")
    if organisation.successor is not None:
        raise NoSuccession("has_successor", name=organisation.name)
    if organisation_today(successor) is organisation:
        raise NoSuccession("circle", old=organisation.name, new=successor.name)


def succeed_organisation(organisation: Organisation, successor: Organisation, day: date) -> None:
    """From that day on the organisation is the other one: people, contact persons, domains and its tile move along.

    Raises NoSuccession.
    """
    check_succession(organisation, successor)
    organisation.successor, organisation.ended_on = successor, day - timedelta(days=1)
    _hand_over_tile(organisation, successor)
    _move_positions(organisation, successor, day)
    _move_contacts(organisation, successor)
    known = {each.domain for each in successor.domains}
    gained = [each.domain for each in organisation.domains if each.domain not in known]
    successor.domains += [OrganisationDomain(domain=domain) for domain in gained]
    db.session.flush()


def _hand_over_tile(organisation: Organisation, successor: Organisation) -> None:
    """The place on the map moves along, unless the successor has its own."""
    row, col = organisation.grid_row, organisation.grid_col
    organisation.grid_row = organisation.grid_col = None
    db.session.flush()
    if row is not None and successor.grid_row is None:
        successor.grid_row, successor.grid_col = row, col


def _move_positions(organisation: Organisation, successor: Organisation, day: date) -> None:
    """Present positions end the day before and go on at the successor; one that had not begun just moves."""
    holding = sa.select(Position).where(
        Position.organisation_id == organisation.id, sa.or_(Position.ends_on.is_(None), Position.ends_on >= day)
    )
    for position in db.session.scalars(holding).all():
        if position.starts_on and position.starts_on >= day:
            position.organisation = successor
            continue
        going_on = Position(
            person_id=position.person_id,
            organisation=successor,
            role_code=position.role_code,
            title=position.title,
            starts_on=day,
            ends_on=position.ends_on,
        )
        db.session.add(going_on)
        position.ends_on = day - timedelta(days=1)


def _move_contacts(organisation: Organisation, successor: Organisation) -> None:
    """Contact persons move to the successor, except where it has the same person for the same theme already."""
    taken = {(each.person_id, each.theme_id) for each in successor.contacts}
    for contact in list(organisation.contacts):
        if (contact.person_id, contact.theme_id) not in taken:
            contact.organisation = successor
