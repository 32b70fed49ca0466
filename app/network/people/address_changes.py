"""Whether an organiser may change where somebody's mail goes: only when all networks of that person are theirs.

A personal link is mailed to an address, so who adds one could read what another network sends. The one rule for every
door: a person's page, a corrected mail, a list of people, a merge.
"""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.words import Refusal


class SharedPerson(Refusal):
    """Somebody is also in a network that the organiser does not organise."""

    says = _l(
        "Deze persoon zit ook in een netwerk dat je niet organiseert. Alleen de persoon zelf of een beheerder "
        "verandert de adressen."
    )
    tone = "error"
    field = "address"


def may_change(viewer: Viewer, person: Person) -> bool:
    """Whether every network in which somebody is or was, or that invited them, is organised by the viewer."""
    asked = sa.select(Event.network_id).join(Invitation, Invitation.event_id == Event.id).distinct()
    networks = {each.network_id for each in person.memberships}
    networks.update(db.session.scalars(asked.where(Invitation.person_id == person.id)))
    return all(viewer.may_organise(each) for each in networks)


def require_change(viewer: Viewer, person: Person) -> None:
    """Raises SharedPerson."""
    if not may_change(viewer, person):
        raise SharedPerson
