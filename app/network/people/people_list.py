"""Lists of people for organisers: searched, filtered, a page at a time, in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app.database import db
from app.network import seeing
from app.network.audiences.audience_blocks import current_positions
from app.network.models import Membership, Network, Standing
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import names
from app.network.people.models import EmailAddress, Person, Position
from app.network.seeing import Viewer

PER_PAGE = 50


@dataclass(frozen=True)
class PeopleFilter:
    """What an organiser looks for; empty values filter nothing."""

    text: str = ""
    kind: str = ""
    region: str = ""
    role: str = ""


def page_of_members(network: Network, sought: PeopleFilter, viewer: Viewer) -> Pagination:
    """A page of a network's members with positions and addresses, by family name."""
    wanted = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.network_id == network.id, Membership.standing == Standing.MEMBER)
        .where(*conditions_of_filter(sought, viewer))
        .order_by(Person.sort_name, Person.id)
        .options(
            selectinload(Person.addresses),
            selectinload(Person.positions).options(joinedload(Position.organisation), joinedload(Position.role)),
            selectinload(Person.memberships),
        )
    )
    return db.paginate(wanted, per_page=PER_PAGE, error_out=False)


def conditions_of_filter(sought: PeopleFilter, viewer: Viewer) -> list[Any]:
    """Conditions on Person: every word in the name, or in an address that the viewer may know, and a present position
    of that kind, region and role."""
    conditions = [_has_word(word, viewer) for word in sought.text.split()[:8]]
    if sought.kind or sought.region or sought.role:
        current = current_positions()
        place = (
            sa.select(current.c.person_id)
            .join(Organisation, Organisation.id == current.c.organisation_id)
            .where(current.c.person_id == Person.id)
        )
        if sought.kind:
            place = place.where(Organisation.kind == OrganisationKind(sought.kind))
        if sought.region:
            place = place.where(Organisation.region == sought.region)
        if sought.role:
            place = place.where(current.c.role_code == sought.role)
        conditions.append(place.exists())
    return conditions


def _has_word(word: str, viewer: Viewer) -> sa.ColumnElement[bool]:
    pattern = names.search_pattern(word)
    known = EmailAddress.key.like(pattern) & seeing.addresses(viewer)
    address = sa.select(EmailAddress.id).where(EmailAddress.person_id == Person.id, known)
    return sa.or_(Person.search_text.like(pattern), address.exists())
