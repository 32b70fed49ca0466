"""Who gets a wave. One rule a kind, as a selection, so that a thousand people take one statement.

- save the date and invitation: the audience, less who answered or was mailed this already
- reminder: who was invited and has not answered
- last information: who has a place
Nobody gets the same wave twice, and nobody who unsubscribed gets more than news of an own place.
"""

from collections.abc import Collection

import sqlalchemy as sa

from app.database import db
from app.invitations.models import Invitation, Wave, WaveKind
from app.network import audiences
from app.network.models import EmailAddress, Membership, Person
from app.outbox.models import Message, MessageState
from app.registration.models import Registration, RegistrationState

TO_AUDIENCE = {WaveKind.SAVE_THE_DATE, WaveKind.INVITATION}


def select(wave: Wave) -> sa.Select:
    """Select Person.id and EmailAddress.id of everybody who gets this wave now."""
    seen = Message.wave_id == wave.id
    if wave.kind in TO_AUDIENCE:
        seen = sa.or_(seen, _sent(wave, wave.kind))
    return _belonging(wave).where(~sa.select(Message.id).where(Message.person_id == Person.id, seen).exists())


def count(wave: Wave) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(select(wave).subquery()))


def still_fitting(wave: Wave, person_ids: Collection[int]) -> set[int]:
    """Which of these people still belong to the wave, looked at just before their mail is written."""
    return set(db.session.scalars(_belonging(wave).where(Person.id.in_(person_ids))))


def _belonging(wave: Wave) -> sa.Select:
    match wave.kind:
        case WaveKind.REMINDER:
            invited = sa.select(Message.id).where(
                Message.person_id == Person.id, _sent(wave, WaveKind.INVITATION), Message.state != MessageState.HELD
            )
            return _invited(wave).where(
                Invitation.answer.is_(None),
                EmailAddress.bounced_at.is_(None),
                invited.exists(),
                ~_unsubscribed(wave).exists(),
            )
        case WaveKind.LAST_INFORMATION:
            place = sa.select(Registration.id).where(
                Registration.invitation_id == Invitation.id, Registration.state == RegistrationState.CONFIRMED
            )
            return _invited(wave).where(place.exists())
        case _:
            answered = sa.select(Invitation.id).where(
                Invitation.event_id == wave.event_id, Invitation.person_id == Person.id, Invitation.answer.is_not(None)
            )
            return audiences.of(wave.audience).where(~answered.exists())


def _invited(wave: Wave) -> sa.Select:
    return (
        sa.select(Person.id, EmailAddress.id)
        .select_from(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .join(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(Invitation.event_id == wave.event_id)
    )


def _unsubscribed(wave: Wave) -> sa.Select:
    return sa.select(Membership.id).where(
        Membership.person_id == Person.id,
        Membership.network_id == wave.event.network_id,
        Membership.unsubscribed_at.is_not(None),
    )


def _sent(wave: Wave, kind: WaveKind):
    """Mails of this kind about this event, by any wave or by hand."""
    gone = [MessageState.SUPPRESSED, MessageState.FAILED]
    return (Message.event_id == wave.event_id) & (Message.kind == kind.value) & Message.state.not_in(gone)
