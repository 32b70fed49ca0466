"""Who gets a wave. One rule a kind, as a selection, so that a thousand people take one statement.

- save the date and invitation: the audience, less who answered or was mailed this already
- reminder: who was invited and has not answered; last places: the same, as long as there are seats
- last information: who has a place
- thank you: who was there
Nobody gets the same wave twice, and nobody who unsubscribed gets more than news of an own place.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app.attendance.models import Attendance
from app.database import Rows, db
from app.events import capacity
from app.events.models import Event
from app.invitations.models import Answer, Invitation, Wave, WaveKind
from app.network import audiences
from app.network.models import Audience, EmailAddress, Membership, Person
from app.outbox import states
from app.outbox.models import Message, MessageState
from app.registration.models import Registration, RegistrationState

TO_AUDIENCE = {WaveKind.SAVE_THE_DATE, WaveKind.INVITATION}
AFTERWARDS = {WaveKind.THANK_YOU}
_GONE = [*states.NEVER_LEFT, MessageState.BOUNCED]


def select(wave: Wave, audience: Audience | None = None) -> Rows:
    """Select Person.id and EmailAddress.id of everybody who gets this wave now; of another audience when asked."""
    seen = Message.wave_id == wave.id
    if wave.kind in TO_AUDIENCE:
        seen = sa.or_(seen, _sent(wave, wave.kind))
    mailed = sa.select(Message.id).where(Message.person_id == Person.id, seen)
    return _belonging(wave, audience or wave.audience).where(~mailed.exists())


def next_in_line(wave: Wave) -> Rows:
    """Of a wave that goes out so many at a time: as many people as there is room for, longest member first."""
    room = max(0, (wave.at_a_time or 0) - open_invitations(wave))
    return select(wave).order_by(Membership.since.nulls_last(), Person.id).limit(room)


def open_invitations(wave: Wave) -> int:
    """How many people a wave has invited who have not declined."""
    declined = sa.func.coalesce(Invitation.answer == Answer.NO, sa.false())
    wanted = sa.select(sa.func.count()).select_from(Message).join(Invitation, Invitation.id == Message.invitation_id)
    return db.session.scalars(wanted.where(Message.wave_id == wave.id, Message.state.not_in(_GONE), ~declined)).one()


def count(wave: Wave) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(select(wave).subquery())).one()


def still_fitting(wave: Wave, person_ids: Collection[int | None]) -> set[int]:
    """Which of these people still belong to the wave, looked at just before their mail is written or leaves."""
    audiences_ = [wave.audience] if wave.first_audience is None else [wave.audience, wave.first_audience]
    fitting = [_belonging(wave, audience).where(Person.id.in_(person_ids)) for audience in audiences_]
    return {number for each in fitting for number in db.session.scalars(each)}


def took_part(event: Event):
    """The condition on Invitation for who was there; without a list of presence, for who had a place."""
    there = sa.select(Attendance.invitation_id).where(Attendance.event_id == event.id)
    return Invitation.id.in_(there if db.session.scalar(sa.select(there.exists())) else _with_place(event))


def _with_place(event: Event) -> sa.Select[Any]:
    return sa.select(Registration.invitation_id).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED
    )


def _belonging(wave: Wave, audience: Audience | None) -> Rows:
    match wave.kind:
        case WaveKind.REMINDER | WaveKind.LAST_PLACES:
            invited = sa.select(Message.id).where(
                Message.person_id == Person.id, _sent(wave, WaveKind.INVITATION), Message.state != MessageState.HELD
            )
            silent = _invited(wave).where(
                Invitation.answer.is_(None),
                EmailAddress.bounced_at.is_(None),
                invited.exists(),
                ~_unsubscribed(wave).exists(),
            )
            useless = wave.kind == WaveKind.LAST_PLACES and not capacity.has_room(wave.event)
            return silent.where(sa.false()) if useless else silent
        case WaveKind.LAST_INFORMATION:
            return _invited(wave).where(Invitation.id.in_(_with_place(wave.event)))
        case WaveKind.THANK_YOU:
            return _invited(wave).where(took_part(wave.event))
        case _ if audience is None:
            return _invited(wave).where(sa.false())
        case _:
            return audiences.of(audience).where(~answered(wave).exists())


def answered(wave: Wave) -> sa.Select[Any]:
    """The answer of a Person to the wave's event, when there is one."""
    return sa.select(Invitation.id).where(
        Invitation.event_id == wave.event_id, Invitation.person_id == Person.id, Invitation.answer.is_not(None)
    )


def _invited(wave: Wave) -> Rows:
    return (
        sa.select(Person.id, EmailAddress.id)
        .select_from(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .join(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(Invitation.event_id == wave.event_id)
    )


def _unsubscribed(wave: Wave) -> sa.Select[Any]:
    return sa.select(Membership.id).where(
        Membership.person_id == Person.id,
        Membership.network_id == wave.event.network_id,
        Membership.unsubscribed_at.is_not(None),
    )


def _sent(wave: Wave, kind: WaveKind) -> sa.ColumnElement[bool]:
    """Mails of this kind about this event, by any wave or by hand."""
    return (Message.event_id == wave.event_id) & (Message.kind == kind.value) & Message.state.not_in(_GONE)
