"""Reads of networks, people and organisations that more than one place needs."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.invitations.waves.models import Wave
from app.matching.models import MatchRound
from app.network import seeing
from app.network.audiences.audience_blocks import current_positions
from app.network.audiences.models import Audience
from app.network.models import Membership, Network, Standing
from app.network.organisations.models import Organisation
from app.network.people import people
from app.network.people.models import Person, Position
from app.network.seeing import Viewer
from app.network.vocabulary.models import Role
from app.rows import read_row_number
from app.themes.models import Theme, network_themes


@dataclass(frozen=True)
class NetworkFigures:
    """What a network is in numbers."""

    members: int
    organisations: int
    unsubscribed: int


def find_network(slug: str) -> Network | None:
    return db.session.scalar(sa.select(Network).where(Network.slug == slug))


def find_network_by_name(name: str) -> Network | None:
    return db.session.scalar(sa.select(Network).where(sa.func.lower(Network.name) == name.lower()))


def all_networks() -> list[Network]:
    return list(db.session.scalars(sa.select(Network).order_by(Network.name)))


def listed_networks() -> list[Network]:
    """The networks that everybody may know of, by name."""
    return list(db.session.scalars(sa.select(Network).where(Network.listed).order_by(Network.name)))


def listed_networks_about(theme: Theme) -> list[Network]:
    """The networks about a theme that everybody may know of, by name."""
    about = sa.select(network_themes.c.network_id).where(network_themes.c.theme_id == theme.id)
    wanted = sa.select(Network).where(Network.listed, Network.id.in_(about)).order_by(Network.name)
    return list(db.session.scalars(wanted))


def open_networks() -> list[Network]:
    """Those of the listed networks that go on, by name, with their pictures."""
    wanted = sa.select(Network).where(Network.listed, Network.archived_at.is_(None)).order_by(Network.name)
    return list(db.session.scalars(wanted.options(joinedload(Network.picture))))


def list_doors() -> list[Role]:
    """The roles for which the home has a way in of its own."""
    return list(db.session.scalars(sa.select(Role).where(Role.door).order_by(Role.place)))


def list_roles() -> list[Role]:
    return list(db.session.scalars(sa.select(Role).order_by(Role.place)))


def find_role(code: str | None) -> Role | None:
    return db.session.get(Role, code) if code else None


def count_network_figures(network: Network) -> NetworkFigures:
    current = current_positions()
    members = (Membership.network_id == network.id) & (Membership.standing == Standing.MEMBER)
    total, unsubscribed = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(Membership.unsubscribed_at)).where(members)
    ).one()
    places = (
        sa.select(sa.func.count(sa.distinct(current.c.organisation_id)))
        .join(Membership, Membership.person_id == current.c.person_id)
        .where(members)
    )
    return NetworkFigures(total, db.session.scalars(places).one(), unsubscribed)


def find_person_in_network(network: Network, person_id: int, viewer: Viewer) -> Person | None:
    """Somebody who is or was in this network, or whom it invited as far as the viewer may know, with all there is to show."""
    belongs = sa.or_(
        sa.select(Membership.id).where(Membership.person_id == Person.id, Membership.network_id == network.id).exists(),
        sa.select(Invitation.id)
        .join(Event, Event.id == Invitation.event_id)
        .where(Invitation.person_id == Person.id, Event.network_id == network.id, seeing.events(viewer))
        .exists(),
    )
    return db.session.scalar(
        sa.select(Person)
        .where(Person.id == person_id, belongs)
        .options(
            selectinload(Person.addresses),
            selectinload(Person.positions).joinedload(Position.organisation),
            selectinload(Person.positions).joinedload(Position.role),
            selectinload(Person.memberships).joinedload(Membership.network),
        )
    )


def find_person(person_id: int, viewer: Viewer) -> Person | None:
    """Somebody whom the viewer sees, or who that person turned out to be."""
    person = db.session.get(Person, person_id)
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person if person and people.seen_of([person.id], viewer) else None


def audiences_of_network(network: Network) -> list[Audience]:
    return list(
        db.session.scalars(sa.select(Audience).where(Audience.network_id == network.id).order_by(Audience.name))
    )


def find_audience(network: Network, name: str) -> Audience | None:
    return db.session.scalar(sa.select(Audience).where(Audience.network_id == network.id, Audience.name == name))


def count_waves_of_audience(audience: Audience) -> int:
    """How many waves go to this audience or went there, and rounds of matching that are for it."""
    waves = sa.select(sa.func.count()).where(Wave.audience_id == audience.id).scalar_subquery()
    still = (MatchRound.sent_at.is_(None), MatchRound.ended_at.is_(None))
    rounds = sa.select(sa.func.count()).where(MatchRound.audience_id == audience.id, *still).scalar_subquery()
    used: int = db.session.scalars(sa.select(waves + rounds)).one()
    return used


def organisations_with_people(viewer: Viewer) -> list[tuple[Organisation, int]]:
    """All organisations with how many people of the viewer's networks work there now."""
    current = current_positions()
    at = sa.select(current.c.organisation_id, sa.func.count(sa.distinct(current.c.person_id)).label("people")).group_by(
        current.c.organisation_id
    )
    at = at.join(
        Membership, (Membership.person_id == current.c.person_id) & (Membership.standing == Standing.MEMBER)
    ).where(seeing.networks(viewer, Membership.network_id))
    counted = at.subquery()
    wanted = sa.select(Organisation, sa.func.coalesce(counted.c.people, 0)).outerjoin(
        counted, counted.c.organisation_id == Organisation.id
    )
    return list(db.session.execute(wanted.order_by(Organisation.kind, Organisation.name)).all())


def find_organisation(sought: str) -> Organisation | None:
    """The organisation of a CBS code or id, as an address on a page names it."""
    organisation_id = read_row_number(sought)
    return db.session.scalar(
        sa.select(Organisation).where(
            Organisation.id == organisation_id if organisation_id else Organisation.code == sought
        )
    )
