"""Who was invited to the sessions of the demo, as the outbox has it after a while."""

import random
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.database import db
from app.events.models import Event
from app.invitations import inviting
from app.invitations.models import Invitation, Origin
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.network import memberships
from app.network.audiences import audiences
from app.network.people.models import Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState


def add_invited(event: Event, count: int, sent_at: datetime) -> list[Invitation]:
    """A finished wave to this many members, as the outbox has it after a while."""
    wanted = (
        sa.select(Person)
        .join(Person.memberships)
        .where(memberships.is_member_of_network(event.network_id))
        .order_by(Person.id)
    )
    chosen = random.Random(event.slug).sample(
        list(db.session.scalars(wanted.options(selectinload(Person.addresses)))), count
    )
    wave = Wave(
        event=event,
        kind=WaveKind.INVITATION,
        audience=audiences.ensure_audience(event.network, "Iedereen", []),
        at=sent_at,
        due_at=sent_at,
        ran_at=sent_at,
        state=WaveState.DONE,
    )
    db.session.add(wave)
    invitations = [inviting.add_invitation(event, person, Origin.WAVE) for person in chosen]
    for invitation in invitations:
        invitation.created_at = sent_at
        db.session.add(_sent_message(wave, invitation, sent_at))
    return invitations


def _sent_message(wave: Wave, invitation: Invitation, sent_at: datetime) -> Message:
    address = invitation.attendee.address
    return Message(
        key=f"demo:{wave.id}:{invitation.id}",
        kind=MessageKind.INVITATION,
        counts=True,
        state=MessageState.SENT,
        network_id=wave.event.network_id,
        event_id=wave.event_id,
        person_id=invitation.person_id,
        invitation_id=invitation.id,
        wave_id=wave.id,
        recipient=address,
        domain=message_queue.domain_of_address(address),
        message_id=f"<demo.{wave.id}.{invitation.id}@leerkring.example>",
        subject=wave.event.title,
        created_at=sent_at,
        due_at=sent_at,
        sent_at=sent_at,
        response="demo",
    )
