"""Who gets a wave. One rule per kind, as a selection, so that a thousand people take one statement.

- save the date and invitation: the audience, less who answered or was mailed this already
- reminder: who was invited and has not answered; last places: the same, as long as there are seats
- last information: who has a place
- thank you: who was there
- a letter in an organiser's own words: whoever was chosen for it, answered or not
Nobody gets the same wave twice, and nobody who unsubscribed gets more than news of an own place.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app.attendance.models import Attendance
from app.database import Rows, db
from app.events import capacity
from app.events.models import Event
from app.invitations.models import Answer, Invitation
from app.invitations.waves.models import LetterTo, Wave, WaveKind
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.models import Audience
from app.network.models import Membership
from app.network.people.models import EmailAddress, Person
from app.outbox import message_states
from app.outbox.models import Message, MessageState
from app.registration.models import Registration, RegistrationState

TO_AUDIENCE = {WaveKind.SAVE_THE_DATE, WaveKind.INVITATION}
AFTERWARDS = {WaveKind.THANK_YOU}
IN_OWN_WORDS = {WaveKind.OWN_LETTER, WaveKind.OWN_MAILING}
"""Letters of which an organiser writes every word, at any moment."""
STANDING = [kind for kind in WaveKind if kind not in IN_OWN_WORDS]
"""Kinds that have a letter and a usual day."""
_GONE = [*message_states.NEVER_LEFT, MessageState.BOUNCED]


def select_recipients(wave: Wave, audience: Audience | None = None) -> Rows:
    """Select Person.id and EmailAddress.id of everybody who gets this wave now; of another audience when asked."""
    seen = Message.wave_id == wave.id
    if wave.kind in TO_AUDIENCE:
        seen = sa.or_(seen, _was_sent(wave, wave.kind))
    mailed = sa.select(Message.id).where(Message.person_id == Person.id, seen)
    return _belonging(wave, audience or wave.audience).where(~mailed.exists())


def select_next_in_line(wave: Wave) -> Rows:
    """For a wave that goes out a few people at a time: as many as there is room for, longest member first."""
    room = max(0, (wave.at_a_time or 0) - count_open_invitations(wave))
    return select_recipients(wave).order_by(Membership.since.nulls_last(), Person.id).limit(room)


def count_open_invitations(wave: Wave) -> int:
    """How many people a wave has invited who have not declined."""
    declined = sa.func.coalesce(Invitation.answer == Answer.NO, sa.false())
    wanted = sa.select(sa.func.count()).select_from(Message).join(Invitation, Invitation.id == Message.invitation_id)
    return db.session.scalars(wanted.where(Message.wave_id == wave.id, Message.state.not_in(_GONE), ~declined)).one()


def count_recipients(wave: Wave) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(select_recipients(wave).subquery())).one()


def still_fitting(wave: Wave, person_ids: Collection[int | None]) -> set[int]:
    """Which of these people still belong to the wave, looked at just before their mail is written or leaves."""
    audiences_ = [wave.audience] if wave.first_audience is None else [wave.audience, wave.first_audience]
    fitting = [_belonging(wave, audience).where(Person.id.in_(person_ids)) for audience in audiences_]
    return {person_id for each in fitting for person_id in db.session.scalars(each)}


def took_part(event: Event) -> sa.ColumnElement[bool]:
    """The condition on Invitation of this event that the person was there or, without an attendance list, had a place."""
    is_kept = db.session.scalar(sa.select(sa.exists().where(Attendance.event_id == event.id)))
    return sa.exists().where(Attendance.invitation_id == Invitation.id) if is_kept else _has_place()


def _has_place(state: RegistrationState = RegistrationState.CONFIRMED) -> sa.ColumnElement[bool]:
    """Looked up invitation by invitation: a database that does not know yet how many come to an event would go through all
    of them for each (6 seconds for 10,000 on PostgreSQL)."""
    return sa.exists().where(Registration.invitation_id == Invitation.id, Registration.state == state)


def goes_to_audience(wave: Wave) -> bool:
    """Whether an audience says who gets it."""
    return wave.kind in TO_AUDIENCE or wave.letter_to == LetterTo.AUDIENCE


def is_chosen(wave: Wave) -> sa.ColumnElement[bool]:
    """The condition on Invitation that a letter in an organiser's own words is for this person."""
    match wave.letter_to:
        case LetterTo.COMING:
            return _has_place()
        case LetterTo.WAITING:
            return _has_place(RegistrationState.WAITING)
        case LetterTo.WAS_THERE:
            return took_part(wave.event)
        case LetterTo.DECLINED:
            return Invitation.answer == Answer.NO
    return sa.false()


def _of_own_letter(wave: Wave, audience: Audience | None) -> Rows:
    if goes_to_audience(wave):
        return audiences.select_people_of_audience(audience) if audience else _select_invited(wave).where(sa.false())
    chosen = _select_invited(wave).where(is_chosen(wave))
    if wave.kind == WaveKind.OWN_LETTER:
        return chosen
    return chosen.where(EmailAddress.bounced_at.is_(None), ~_select_stopped(wave).exists())


def _belonging(wave: Wave, audience: Audience | None) -> Rows:
    match wave.kind:
        case WaveKind.OWN_LETTER | WaveKind.OWN_MAILING:
            return _of_own_letter(wave, audience)
        case WaveKind.REMINDER | WaveKind.LAST_PLACES:
            invited = sa.select(Message.id).where(
                Message.person_id == Person.id, _was_sent(wave, WaveKind.INVITATION), Message.state != MessageState.HELD
            )
            silent = _select_invited(wave).where(
                Invitation.answer.is_(None),
                EmailAddress.bounced_at.is_(None),
                invited.exists(),
                ~_select_stopped(wave).exists(),
            )
            useless = wave.kind == WaveKind.LAST_PLACES and not capacity.has_room(wave.event)
            return silent.where(sa.false()) if useless else silent
        case WaveKind.LAST_INFORMATION:
            return _select_invited(wave).where(_has_place())
        case WaveKind.THANK_YOU:
            return _select_invited(wave).where(took_part(wave.event))
        case _ if audience is None:
            return _select_invited(wave).where(sa.false())
        case _:
            return audiences.select_people_of_audience(audience).where(~answer_to_event(wave).exists())


def answer_to_event(wave: Wave) -> sa.Select[Any]:
    """The answer of a Person to the wave's event, when there is one."""
    return sa.select(Invitation.id).where(
        Invitation.event_id == wave.event_id, Invitation.person_id == Person.id, Invitation.answer.is_not(None)
    )


def _select_invited(wave: Wave) -> Rows:
    return (
        sa.select(Person.id, EmailAddress.id)
        .select_from(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .join(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(Invitation.event_id == wave.event_id)
    )


def _select_stopped(wave: Wave) -> sa.Select[Any]:
    return sa.select(Membership.id).where(
        Membership.person_id == Person.id, memberships.has_stopped_mail(wave.event.network_id)
    )


def _was_sent(wave: Wave, kind: WaveKind) -> sa.ColumnElement[bool]:
    """Mails of this kind about this event, by any wave or by hand."""
    return (Message.event_id == wave.event_id) & (Message.kind == kind.value) & Message.state.not_in(_GONE)
