"""Inviting people one by one."""

from collections.abc import Iterable

import sqlalchemy as sa

from app import clock
from app.database import db
from app.events.models import Event
from app.invitations.letters import invitation_mail
from app.invitations.models import Answer, Invitation, Origin
from app.network import correspondence
from app.network.people import people
from app.network.people.models import Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.models import Message


def find_invitation(event: Event, person: Person) -> Invitation | None:
    """The invitation of this person, if there is one."""
    return db.session.scalar(sa.select(Invitation).filter_by(event_id=event.id, person_id=person.id))


def add_invitation(event: Event, person: Person, origin: Origin) -> Invitation:
    """An invitation by the preferred address, if there is one, without a mail."""
    made = add_invitations([event], person, origin)[0]
    db.session.flush()
    return made


def add_invitations(
    events: Iterable[Event], person: Person, origin: Origin, *, answer: Answer | None = None
) -> list[Invitation]:
    """The same to several events, answered at once if that is known; who asks sees to it that they are written."""
    preferred = correspondence.preferred_address(person)
    made = [
        Invitation(
            event=event,
            event_id=event.id,
            person=person,
            person_id=person.id,
            address=preferred,
            origin=origin,
            answer=answer,
            answered_at=clock.now() if answer else None,
            uid_apart=preferred is not None and preferred.through,
        )
        for event in events
    ]
    db.session.add_all(made)
    return made


def invite_by_hand(event: Event, name: str, address: str, *, through: bool = False) -> Invitation:
    """Invite somebody by hand, known or new; raises mail_addresses.BadAddress."""
    person = people.find_or_add_person(name, address, through=through)
    db.session.flush()
    invitation = find_invitation(event, person) or add_invitation(event, person, Origin.ORGANISER)
    plan_invitation_again(invitation)
    return invitation


def plan_invitation_again(invitation: Invitation) -> Message:
    """Mail the invitation now, whatever was mailed before."""
    return message_queue.plan_message(
        MessageKind.INVITATION, invitation.attendee, details={}, **invitation_mail.message_references(invitation)
    )
