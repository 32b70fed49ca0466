"""Who has had no contact for so long that they are asked whether they want to stay, or are erased."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app import clock
from app.agendas.models import Office
from app.attendance.models import Attendance
from app.contact_moments.models import ContactMoment, contact_moment_people
from app.database import db
from app.invitations.models import Invitation
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.polls.models import Voter
from app.privacy.models import StayRequest
from app.speakers.models import AskedSpeaker

ANSWER_WITHIN = timedelta(days=30)
"""How long somebody has to say that they want to stay."""


def left_before(moment: datetime) -> sa.ColumnElement[bool]:
    """People who are in no network any more and had no contact since that moment."""
    belongs = _exists(Membership, Membership.standing != Standing.LEFT)
    return sa.and_(_had_none_since(moment), ~belongs)


def silent_since(moment: datetime) -> sa.ColumnElement[bool]:
    """People in a network who had no contact since that moment."""
    belongs = _exists(Membership, Membership.standing != Standing.LEFT)
    return sa.and_(_had_none_since(moment), belongs)


def silent_before(moment: datetime) -> sa.ColumnElement[bool]:
    """The same, of whom a letter asked whether they want to stay, and who let it be."""
    asked = _exists(StayRequest, StayRequest.asked_at.between(moment, clock.now() - ANSWER_WITHIN))
    return sa.and_(silent_since(moment), asked)


def note_wish_to_stay(person: Person) -> StayRequest:
    """Note that somebody wants to stay."""
    request = db.session.get(StayRequest, person.id) or StayRequest(person_id=person.id)
    request.stays_at = clock.now()
    return db.session.merge(request)


def _had_none_since(moment: datetime) -> sa.ColumnElement[bool]:
    came = sa.select(Attendance.id).join(Invitation, Invitation.id == Attendance.invitation_id)
    return sa.and_(
        Person.erased_at.is_(None),
        Person.merged_into_id.is_(None),
        Person.created_at < moment,
        ~_exists(Membership, sa.or_(Membership.since >= moment, Membership.unsubscribed_at >= moment)),
        ~_exists(Invitation, Invitation.answered_at >= moment),
        ~came.where(Invitation.person_id == Person.id, Attendance.at >= moment).correlate(Person).exists(),
        ~_talked_since(moment),
        ~_exists(Voter, Voter.answered_at >= moment),
        ~_exists(AskedSpeaker, AskedSpeaker.answered_at >= moment),
        ~_exists(StayRequest, StayRequest.stays_at >= moment),
        ~_exists(Office, sa.or_(Office.ends_on.is_(None), Office.ends_on >= clock.to_local(moment).date())),
    )


def _talked_since(moment: datetime) -> sa.Exists:
    """That an organiser noted a talk with them since that moment."""
    talked = contact_moment_people.join(ContactMoment)
    theirs = sa.and_(contact_moment_people.c.person_id == Person.id, ContactMoment.day >= clock.to_local(moment).date())
    return sa.select(sa.literal(1)).select_from(talked).where(theirs).correlate(Person).exists()


def _exists(
    model: type[Membership | Invitation | Voter | AskedSpeaker | StayRequest | Office],
    condition: sa.ColumnElement[bool],
) -> sa.Exists:
    return sa.select(model.person_id).where(model.person_id == Person.id, condition).correlate(Person).exists()
