"""An organisation over time: who works there, how often it was there per network and year, what it promised."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.lessons.insights.models import Commitment
from app.network import seeing
from app.network.models import Membership, Network
from app.network.organisations import lineage
from app.network.organisations.models import ContactPerson, Organisation
from app.network.people.models import Person, Position
from app.network.seeing import Viewer

MOST = 200
"""People that the page shows."""


@dataclass(frozen=True)
class YearlyPresence:
    """How often an organisation was at the sessions of a network in a year."""

    network: Network
    year: int
    sessions: int
    people: int


def load_organisation_with_contacts(organisation_id: int) -> Organisation | None:
    options = [
        joinedload(Organisation.parent),
        joinedload(Organisation.successor),
        selectinload(Organisation.domains),
        selectinload(Organisation.contacts).options(joinedload(ContactPerson.person), joinedload(ContactPerson.theme)),
    ]
    return db.session.scalar(sa.select(Organisation).where(Organisation.id == organisation_id).options(*options))


def contacts_seen(organisation: Organisation, viewer: Viewer) -> list[ContactPerson]:
    """The contact persons whom the viewer sees."""
    mine = sa.select(Person.id).where(Person.id.in_([each.person_id for each in organisation.contacts]))
    seen = set(db.session.scalars(mine.where(seeing.people(viewer))))
    return [each for each in organisation.contacts if each.person_id in seen]


def positions_at(organisation: Organisation, viewer: Viewer) -> tuple[list[Position], list[Position]]:
    """Who works there now and who did before, of people in the viewer's networks, by family name."""
    wanted = (
        sa.select(Position)
        .join(Position.person)
        .where(Position.organisation_id.in_(lineage.select_family(organisation)), Person.merged_into_id.is_(None))
        .order_by(Person.sort_name, Position.id)
        .limit(MOST)
        .options(joinedload(Position.person), joinedload(Position.role), joinedload(Position.organisation))
    )
    if viewer.networks is not None:
        members = sa.select(Membership.person_id).where(seeing.networks(viewer, Membership.network_id))
        wanted = wanted.where(Position.person_id.in_(members))
    today = clock.today()
    now = sa.and_(
        sa.or_(Position.starts_on.is_(None), Position.starts_on <= today),
        sa.or_(Position.ends_on.is_(None), Position.ends_on >= today),
    )
    present, past = (list(db.session.scalars(wanted.where(part))) for part in (now, Position.ends_on < today))
    here = {each.person_id for each in present}
    return present, [each for each in past if each.person_id not in here]


def count_presences(organisation: Organisation, viewer: Viewer) -> list[YearlyPresence]:
    """Latest year first; organisations that were merged into it are counted too."""
    year = sa.extract("year", Event.starts_at)
    wanted = (
        sa.select(
            Network,
            year,
            sa.func.count(sa.distinct(Event.id)),
            sa.func.count(sa.distinct(Invitation.person_id)),
        )
        .select_from(Attendance)
        .join(Event, Event.id == Attendance.event_id)
        .join(Network, Network.id == Event.network_id)
        .join(Invitation, Invitation.id == Attendance.invitation_id)
        .where(Attendance.organisation_id.in_(lineage.select_family(organisation)), seeing.attendances(viewer))
        .group_by(Network.id, year)
        .order_by(year.desc(), Network.name)
    )
    return [
        YearlyPresence(network, int(year_), sessions, people)
        for network, year_, sessions, people in db.session.execute(wanted)
    ]


def commitments_of_organisation(organisation: Organisation, viewer: Viewer) -> list[Commitment]:
    """What the organisation promised, first due first; nothing of a confidential session."""
    wanted = (
        sa.select(Commitment)
        .join(Event, Event.id == Commitment.event_id)
        .where(Commitment.organisation_id.in_(lineage.select_family(organisation)), ~Event.confidential)
        .order_by(Commitment.due_on.desc(), Commitment.id)
        .where(seeing.networks(viewer, Commitment.network_id))
        .options(joinedload(Commitment.event))
    )
    return list(db.session.scalars(wanted))
