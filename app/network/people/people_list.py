"""Lists of people for organisers: searched, filtered, a page at a time, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination

from app import clock
from app.choices import Choice
from app.database import Rows, db
from app.network import seeing
from app.network.audiences.audience_blocks import current_positions
from app.network.models import Membership, Network, Standing
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import job_positions, names
from app.network.people.models import EmailAddress, Person, Position, name_job
from app.network.seeing import Viewer
from app.network.vocabulary.models import Role
from app.words import Worded

PER_PAGE = 50


class PeopleOrder(Worded):
    """By what a list of people stands in order; always by family name after it."""

    NAME = "", _l("Naam")
    ORGANISATION = "organisation", _l("Organisatie")
    JOB = "job", _l("Functie")


@dataclass(frozen=True)
class PeopleFilter:
    """What an organiser looks for; empty values filter nothing."""

    text: str = ""
    kind: str = ""
    region: str = ""
    role: str = ""

    @property
    def narrows(self) -> bool:
        return any((self.text, self.kind, self.region, self.role))


@dataclass(frozen=True)
class MemberLine:
    """One member as the list shows them: no more than that is read of so many."""

    person_id: int
    name: str
    unsubscribed_at: datetime | None
    """Since when this network mails them no more."""
    address: str | None
    bounced_at: datetime | None
    organisation: str | None
    title: str | None
    role: Role | None

    @property
    def job(self) -> str:
        return name_job(self.title, self.role)


@cache
def _members() -> Rows:
    return (
        sa.select(
            Person.id,
            Person.name,
            Membership.unsubscribed_at,
            EmailAddress.address,
            EmailAddress.bounced_at,
            Organisation.name,
            Position.title,
            Role,
        )
        .join(
            Membership,
            sa.and_(Membership.person_id == Person.id, Membership.network_id == sa.bindparam("network_id")),
        )
        .outerjoin(EmailAddress, sa.and_(EmailAddress.person_id == Person.id, EmailAddress.preferred))
        .outerjoin(Position, job_positions.IS_CURRENT)
        .outerjoin(Position.organisation)
        .outerjoin(Position.role)
        .where(Person.id.in_(sa.bindparam("ids", expanding=True)))
        .order_by(Person.sort_name, Person.id)
    )


def page_of_members(
    network: Network, sought: PeopleFilter, viewer: Viewer, order: PeopleOrder = PeopleOrder.NAME
) -> Pagination:
    """A page of a network's members as MemberLines in `items` of the pagination."""
    wanted = in_order(_select_members(network, sought, viewer), order)
    found = db.paginate(wanted, per_page=PER_PAGE, error_out=False)
    lines = {line.person_id: line for line in _lines(network, found.items)}
    found.items = [lines[person_id] for person_id in found.items]
    return found


def list_chosen_lines(network: Network, sought: PeopleFilter, choice: Choice, viewer: Viewer) -> Iterable[MemberLine]:
    """Everybody whom somebody chose, by family name, for an export."""
    return _lines(network, db.session.scalars(select_chosen_members(network, sought, choice, viewer)).all())


def select_chosen_members(network: Network, sought: PeopleFilter, choice: Choice, viewer: Viewer) -> sa.Select[Any]:
    """Select Person.id of the members that somebody chose and may act upon; the filter is for who chose all that meet it."""
    wanted = _select_members(network, sought if choice.everything else PeopleFilter(), viewer)
    return wanted.where(choice.takes(Person.id), seeing.networks(viewer.as_organiser, Membership.network_id))


def in_order(wanted: sa.Select[Any], order: PeopleOrder) -> sa.Select[Any]:
    """A selection of people in this order."""
    by_name = (Person.sort_name, Person.id)
    if order is PeopleOrder.NAME:
        return wanted.order_by(*by_name)
    placed = wanted.outerjoin(Position, job_positions.IS_CURRENT).outerjoin(Position.organisation)
    first = [Organisation.name] if order is PeopleOrder.ORGANISATION else [Role.place, Position.title]
    placed = placed if order is PeopleOrder.ORGANISATION else placed.outerjoin(Position.role)
    return placed.order_by(*(each.asc().nulls_last() for each in first), *by_name).params(day=clock.today())


def _select_members(network: Network, sought: PeopleFilter, viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.network_id == network.id, Membership.standing == Standing.MEMBER)
        .where(*conditions_of_filter(sought, viewer))
    )


def _lines(network: Network, person_ids: Sequence[int]) -> Iterable[MemberLine]:
    about = {"ids": person_ids, "network_id": network.id, "day": clock.today()}
    return (MemberLine(*row) for row in db.session.execute(_members(), about))


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
    known = EmailAddress.key.contains(names.clean_name(word).lower(), autoescape=True) & seeing.addresses(viewer)
    address = sa.select(EmailAddress.id).where(EmailAddress.person_id == Person.id, known)
    return sa.or_(Person.search_text.like(names.search_pattern(word)), address.exists())
