"""Who may see and do what: administrators all, organisers and readers their networks."""

from enum import Enum, auto
from typing import Any

import sqlalchemy as sa

from app.accounts import sessions
from app.accounts.models import Account, Grant, NetworkRole
from app.database import db
from app.network.models import Network
from app.network.seeing import CLOCKWORK, Viewer


class Need(Enum):
    """What an account must be allowed, to open a page or to bring back what was removed."""

    SIGNED_IN = auto()
    ORGANISER = auto()
    """Organises some network: may change what all networks share."""
    ADMIN = auto()
    READ = auto()
    """May read this network, or the network of this event."""
    PEOPLE = auto()
    """May see who comes to this event: readers not at a confidential one."""
    ORGANISE = auto()
    """May change this network, or the network of this event."""


OF_A_PLACE = {Need.READ, Need.PEOPLE, Need.ORGANISE}
"""What is asked about one network or event."""


def meets(account: Account, need: Need, place: Any = None) -> bool:
    """Whether an account is allowed this, at a place: a network, or what lies in one and has its `network_id`."""
    network_id = place.id if isinstance(place, Network) else place and place.network_id
    match need:
        case Need.SIGNED_IN:
            return True
        case Need.ORGANISER:
            return organises_anything(account)
        case Need.ADMIN:
            return account.is_admin
        case Need.READ:
            return may_read(account, network_id)
        case Need.PEOPLE:
            return may_see_people(account, place)
        case Need.ORGANISE:
            return may_organise(account, network_id)


def may_read(account: Account, network_id: int) -> bool:
    return account.is_admin or _role(account, network_id) is not None


def may_organise(account: Account, network_id: int) -> bool:
    return account.is_admin or _role(account, network_id) == NetworkRole.ORGANISER


def may_see_people(account: Account, event: Any) -> bool:
    """Readers see who comes, but not at a confidential event."""
    return viewer(account).may_see_people(event)


def viewer(account: Account) -> Viewer:
    """With whose eyes an account looks; administrators see everything."""
    if account.is_admin:
        return CLOCKWORK
    roles = {
        role: frozenset(grant.network_id for grant in account.grants if grant.role == role) for role in NetworkRole
    }
    return Viewer(roles[NetworkRole.ORGANISER], roles[NetworkRole.READER])


def current_viewer() -> Viewer:
    """With whose eyes the signed-in account looks."""
    return viewer(sessions.account())


def organises_anything(account: Account) -> bool:
    """Whether an account may change what all networks share, such as organisations."""
    return account.is_admin or any(grant.role == NetworkRole.ORGANISER for grant in account.grants)


def networks_of_account(account: Account) -> sa.Select[Network]:
    """The networks that an account may see, by name."""
    wanted = sa.select(Network).order_by(Network.name)
    return wanted if account.is_admin else wanted.join(Grant).where(Grant.account_id == account.id)


def networks_to_organise(account: Account) -> list[Network]:
    """The networks in which an account may begin something new, by name."""
    going_on = networks_of_account(account).where(Network.archived_at.is_(None))
    return [each for each in db.session.scalars(going_on) if may_organise(account, each.id)]


def _role(account: Account, network_id: int) -> NetworkRole | None:
    return next((grant.role for grant in account.grants if grant.network_id == network_id), None)
