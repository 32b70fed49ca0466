"""Members whom an organiser chose in the list: who they are, and what can be done for whom."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext

from app import clock
from app.choices import Choice
from app.database import db
from app.events.models import Event, EventState
from app.invitations.models import Invitation
from app.network import seeing
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock, Rule
from app.network.audiences.audiences import AudienceReach, ListedPerson
from app.network.audiences.models import Audience
from app.network.models import Membership, Network
from app.network.people.models import Person
from app.network.people.people_list import PeopleFilter, select_chosen_members
from app.network.seeing import Viewer
from app.registration.models import Registration, RegistrationState


def load_chosen_memberships(
    network: Network, sought: PeopleFilter, choice: Choice, viewer: Viewer
) -> Sequence[Membership]:
    chosen = select_chosen_members(network, sought, choice, viewer)
    wanted = sa.select(Membership).where(Membership.network_id == network.id, Membership.person_id.in_(chosen))
    return db.session.scalars(wanted.order_by(Membership.id)).all()


def count_chosen(network: Network, sought: PeopleFilter, choice: Choice, viewer: Viewer) -> int:
    chosen = select_chosen_members(network, sought, choice, viewer).subquery()
    return db.session.scalars(sa.select(sa.func.count()).select_from(chosen)).one()


def count_with_places(network: Network, sought: PeopleFilter, choice: Choice, viewer: Viewer) -> int:
    """How many of them have a place at what the network has coming up, or wait for one."""
    chosen = select_chosen_members(network, sought, choice, viewer)
    wanted = (
        sa.select(sa.func.count(sa.distinct(Invitation.person_id)))
        .join(Registration, Registration.invitation_id == Invitation.id)
        .join(Event, Event.id == Invitation.event_id)
        .where(Event.network_id == network.id, Event.starts_at > clock.now(), seeing.invitations(viewer))
        .where(Registration.state != RegistrationState.CANCELLED, Invitation.person_id.in_(chosen))
    )
    return db.session.scalars(wanted).one()


def rule_of_choice(network: Network, sought: PeopleFilter, choice: Choice, viewer: Viewer) -> Rule:
    """The rule of an audience of whom somebody chose; the filter itself, where that says it without a name in it."""
    if choice.everything and not sought.text:
        asked = (
            (AudienceBlock.KIND, sought.kind),
            (AudienceBlock.REGION, sought.region),
            (AudienceBlock.ROLE, sought.role),
        )
        return [[audiences.make_condition(block, value) for block, value in asked if value]]
    return rule_of_people(list(db.session.scalars(select_chosen_members(network, sought, choice, viewer))))


def rule_of_people(people: Sequence[int]) -> Rule:
    """The rule of an audience of these people, of whom there is at least one: a rule of nobody means everybody."""
    return [[audiences.make_condition(AudienceBlock.PERSON, *(people or [0]))]]


def list_sessions_to_invite_to(network: Network) -> list[Event]:
    """Sessions to which somebody can be invited still, the next first."""
    wanted = sa.select(Event).where(Event.network_id == network.id, Event.starts_at > clock.now())
    return list(
        db.session.scalars(wanted.where(Event.state != EventState.CANCELLED).order_by(Event.starts_at, Event.id))
    )


def make_audience_of_choice(event: Event, rule: Rule) -> Audience:
    """An audience of whom was chosen now, to invite to this session; a later choice is another one."""
    moment = clock.to_local(clock.now()).strftime("%d-%m-%Y %H:%M:%S")
    name = gettext("Gekozen op %(moment)s voor ‘%(title)s’", moment=moment, title=event.title)
    return audiences.add_audience(event.network, name, rule)


def list_left_out(rule: Rule, network: Network, viewer: Viewer, reach: AudienceReach) -> list[ListedPerson]:
    """Who of a choice gets no mail, and why; the first of them."""
    if not reach.left_out:
        return []
    page = audiences.page_of_audience(rule, network.id, viewer, reach, left_out=True, number=1)
    return list(page.items)


def list_to_mail(rule: Rule, network: Network, viewer: Viewer) -> list[int]:
    """Ids of those of a choice who can be mailed."""
    wanted = audiences.select_people_to_mail(rule, network.id, viewer.as_organiser)
    return [row.id for row in db.session.execute(wanted.with_only_columns(Person.id))]
