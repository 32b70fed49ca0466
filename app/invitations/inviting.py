"""Inviting people one by one."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

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

_ADDING = sa.insert(Invitation).returning(Invitation)


def find_invitation(event: Event, person: Person) -> Invitation | None:
    """The invitation of this person, if there is one."""
    return db.session.scalar(sa.select(Invitation).filter_by(event_id=event.id, person_id=person.id))


def add_invitation(event: Event, person: Person, origin: Origin) -> Invitation:
    """An invitation by the preferred address, if there is one, without a mail."""
    return add_invitations([event], person, origin)[0]


def add_invitations(
    events: Collection[Event], person: Person, origin: Origin, *, answer: Answer | None = None
) -> list[Invitation]:
    """The same to several events in one statement, answered at once if that is known."""
    if not events:
        return []
    db.session.flush()
    preferred = correspondence.preferred_address(person)
    same = {
        "person_id": person.id,
        "address_id": preferred and preferred.id,
        "origin": origin,
        "answer": answer,
        "answered_at": clock.now() if answer else None,
        "uid_apart": preferred is not None and preferred.through,
    }
    rows = [{"event_id": event.id, **same} for event in events]
    made = {each.event_id: each for each in db.session.scalars(_ADDING, rows)}
    for event in events:
        for name, row in (("event", event), ("person", person), ("address", preferred)):
            set_committed_value(made[event.id], name, row)
    return [made[event.id] for event in events]


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
