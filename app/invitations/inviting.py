"""Inviting people one by one."""

import sqlalchemy as sa

from app.database import db
from app.events.models import Event
from app.invitations import mailing
from app.invitations.models import Invitation, Origin
from app.network import correspondence, people
from app.network.models import Person
from app.outbox import queue
from app.outbox.kinds import MessageKind
from app.outbox.models import Message


def of(event: Event, person: Person) -> Invitation | None:
    """The invitation of this person, if there is one."""
    return db.session.scalar(sa.select(Invitation).filter_by(event_id=event.id, person_id=person.id))


def add(event: Event, person: Person, origin: Origin) -> Invitation:
    """An invitation by the preferred address, if there is one, without a mail."""
    preferred = correspondence.preferred(person)
    invitation = Invitation(
        event=event, event_id=event.id, person=person, person_id=person.id, address=preferred, origin=origin
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def invite(event: Event, name: str, address: str) -> Invitation:
    """Invite somebody by hand, known or new; raises people.BadAddress."""
    person = people.find_or_add(name, address)
    db.session.flush()
    invitation = of(event, person) or add(event, person, Origin.ORGANISER)
    send_again(invitation)
    return invitation


def send_again(invitation: Invitation) -> Message:
    """Mail the invitation now, whatever was mailed before."""
    return queue.promise(MessageKind.INVITATION, invitation.address, details={}, **mailing.about(invitation))
