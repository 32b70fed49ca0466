"""Who is in the room of a talk, and who was: numbers and kinds of organisations, never names."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.attendance.models import Attendance
from app.breakouts.models import Choice
from app.database import db
from app.events.models import Event, Slot
from app.invitations.models import Invitation
from app.lessons.evaluations import evaluations
from app.lessons.evaluations.models import StandardQuestion
from app.network.organisations.models import Organisation, OrganisationKind
from app.registration.models import Registration, RegistrationState
from app.speakers.models import AskedSpeaker


@dataclass(frozen=True)
class Room:
    """How many people come to a talk, and of how many organisations of each kind."""

    people: int
    kinds: list[tuple[OrganisationKind, int]]


def expected_in(slot: Slot) -> Room:
    """Who has a place: in a slot that people choose those who chose it, else everybody."""
    own = Registration.id.in_(_who_comes(slot))
    heads = db.session.scalars(sa.select(sa.func.count()).select_from(Registration).where(own)).one()
    if slot.event.confidential:
        return Room(heads, [])
    number = sa.func.count(sa.distinct(Organisation.id))
    kinds = (
        sa.select(Organisation.kind, number)
        .join(Registration, Registration.organisation_id == Organisation.id)
        .where(own)
        .group_by(Organisation.kind)
        .order_by(number.desc(), Organisation.kind)
    )
    return Room(heads, [(kind, count) for kind, count in db.session.execute(kinds)])


def count_drawn(asked: AskedSpeaker) -> int:
    """How many came to a talk beside its speaker; nought when nobody noted who was there."""
    slot = asked.speaker.slot
    came = sa.select(sa.func.count(sa.distinct(Attendance.invitation_id))).where(Attendance.event_id == asked.event_id)
    if slot.rounds:
        chose = sa.select(Registration.invitation_id).where(Registration.id.in_(_who_comes(slot)))
        came = came.where(Attendance.invitation_id.in_(chose))
    return db.session.scalars(came.where(~_is_speaker(asked))).one()


def mark_of(event: Event) -> float | None:
    """How useful people called the session, of 5; None as long as too few answered to stay unknown."""
    evaluation = evaluations.evaluation_of_event(event)
    results = evaluations.evaluation_results(evaluation) if evaluation else None
    useful = next((each for each in results or [] if each.question.standard == StandardQuestion.USEFUL), None)
    return useful.mean if useful and useful.total else None


def _who_comes(slot: Slot) -> sa.Select[int]:
    confirmed = sa.select(Registration.id).where(
        Registration.event_id == slot.event_id, Registration.state == RegistrationState.CONFIRMED
    )
    if not slot.rounds:
        return confirmed
    held = sa.select(Choice.registration_id).where(Choice.slot_id == slot.id, Choice.waiting_number.is_(None))
    return confirmed.where(Registration.id.in_(held))


def _is_speaker(asked: AskedSpeaker) -> sa.ColumnElement[bool]:
    own = sa.select(Invitation.id).where(Invitation.event_id == asked.event_id, Invitation.person_id == asked.person_id)
    return Attendance.invitation_id.in_(own)
