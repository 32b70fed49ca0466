"""What is erased from the door with a person: the name of a walk-in that was typed there and may be theirs."""

import sqlalchemy as sa

from app.attendance import door_join
from app.attendance.models import WalkInProposal
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.people import mailboxes
from app.network.people.models import Person


def erase_walk_ins(person: Person) -> None:
    """Who waits at a door under a name that may be theirs waits no more; a phone that sends it again brings nothing back.

    A colleague typed it in a hurry, so as in a mailbox of several it may be less of the name, an initial or how they are
    called. Where they had no business it is somebody else of that name.
    """
    for proposal in db.session.scalars(_waiting_where_they_may_come(person)):
        if mailboxes.may_be_named(person, proposal.name):
            door_join.settle_proposal(proposal)


def _waiting_where_they_may_come(person: Person) -> sa.Select[WalkInProposal]:
    networks = [each.network_id for each in person.memberships]
    invited = sa.select(Invitation.event_id).where(Invitation.person_id == person.id)
    theirs = sa.or_(Event.network_id.in_(networks), Event.id.in_(invited))
    waiting = sa.select(WalkInProposal).join(Event, Event.id == WalkInProposal.event_id)
    return waiting.where(WalkInProposal.settled_at.is_(None), theirs)
