"""Commitments: who does what by when, and how it ended, with a word why.

An owner who left the network or was erased gets no mail; organisers see that on the page.
"""

from datetime import date

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from app import clock, tokens
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.lessons.impressions import facts, impressions
from app.lessons.insights import commitment_letters, commitment_queries
from app.lessons.insights.models import Commitment, CommitmentState, Suggestion
from app.network.organisations.models import Organisation
from app.network.people.models import Person, Position
from app.registration.models import Registration, RegistrationState
from app.signals import Signal
from app.tokens import Purpose

name_changed = Signal("Who is named in public with a commitment changes; sent with the commitment.")


def make_commitment(
    event: Event,
    what: str,
    due_on: date,
    *,
    person: Person | None = None,
    organisation: Organisation | None = None,
    suggestion: Suggestion | None = None,
    named: bool = False,
    theme_id: int | None = None,
) -> Commitment:
    """Note what was agreed and tell its owner. Needs a person, an organisation or both.

    `named` says that the person agreed to stand in public by name.
    """
    commitment = Commitment(
        network_id=event.network_id,
        event_id=event.id,
        what=what,
        due_on=due_on,
        person=person,
        organisation=organisation,
        suggestion=suggestion,
        theme_id=theme_id,
        named_at=clock.now() if named and person else None,
    )
    db.session.add(commitment)
    db.session.flush()
    commitment_letters.plan_commitment_letter(commitment)
    return commitment


def change_commitment(
    commitment: Commitment,
    what: str,
    due_on: date,
    person: Person | None,
    organisation: Organisation | None,
    theme_id: int | None = None,
) -> None:
    """Change what was agreed; a new owner is told and asked about their name, the links of the old one no longer work."""
    before = commitment.person_id
    commitment.what, commitment.due_on, commitment.theme_id = what, due_on, theme_id
    commitment.person, commitment.organisation = person, organisation
    db.session.flush()
    if commitment.person_id != before:
        commitment.token_version = commitment.token_version % 255 + 1
        name_in_public(commitment, agreed=False)
        if commitment.open:
            commitment_letters.plan_commitment_letter(commitment)


def settle_commitment(commitment: Commitment, state: CommitmentState, note: str, in_event: Event | None = None) -> None:
    """Done, dropped or open after all, with a word why; `in_event` is the later session in which it was closed."""
    is_open = state == CommitmentState.OPEN
    commitment.state, commitment.note = state, note
    commitment.closed_at = None if is_open else clock.now()
    commitment.closed_in = None if is_open else in_event


def commitment_of_link(token: str) -> Commitment | None:
    """The commitment of its owner's link; None when the link is wrong or the commitment went to somebody else."""
    return load_commitment(*(tokens.read_token(Purpose.COMMITMENT, token) or (0, 0)))


def load_commitment(commitment_id: int, version: int) -> Commitment | None:
    """The commitment of that id, if this version of its link still holds and its owner was not erased."""
    wanted = commitment_queries.select_commitments().where(
        Commitment.id == commitment_id,
        Commitment.token_version == version,
        ~Commitment.person.has(Person.erased_at.is_not(None)),
    )
    return db.session.scalar(wanted)


def name_in_public(commitment: Commitment, *, agreed: bool) -> None:
    """Its owner agrees to stand in public by name, or takes that back: from then on no page and no file names them."""
    if agreed != (commitment.named_at is not None):
        commitment.named_at = clock.now() if agreed else None
        db.session.flush()
        name_changed.send(commitment)


def take_names_back(person: Person) -> None:
    """Nothing that somebody promised names them in public any more: they are erased, or asked that their data is not used."""
    for commitment in db.session.scalars(sa.select(Commitment).filter_by(person_id=person.id)):
        name_in_public(commitment, agreed=False)


def public_owner_name(commitment: Commitment, *, confidential: bool) -> str:
    """Who does it, as everybody may read it: by name once they agreed, and never at a confidential event."""
    if confidential or (commitment.person_id and commitment.named_at is None):
        return gettext("een deelnemer")
    return owner_in_words(commitment)


def owner_in_words(commitment: Commitment) -> str:
    """Who does it, for organisers."""
    parts = [
        commitment.person.name if commitment.person and not commitment.person.erased_at else "",
        commitment.organisation.name if commitment.organisation else "",
    ]
    return ", ".join(part for part in parts if part) or gettext("onbekend")


def unreachable_owners(commitments: list[Commitment]) -> set[int]:
    """Ids of the open commitments whose owner gets no mail: gone from the network, or without an address."""
    reachable = set(db.session.scalars(commitment_queries.reachable_commitments([each.id for each in commitments])))
    return {each.id for each in commitments if each.open and each.person_id and each.id not in reachable}


def candidate_owners(event: Event) -> list[Person]:
    """People who may take a commitment: those who were at the event or have a place, with where they work."""
    there = sa.select(Attendance.id).where(Attendance.invitation_id == Invitation.id).correlate(Invitation)
    wanted = (
        sa.select(Person)
        .join(Invitation, Invitation.person_id == Person.id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_([each.id for each in _events_together(event)]), Person.erased_at.is_(None))
        .where(sa.or_(there.exists(), Registration.state == RegistrationState.CONFIRMED))
        .order_by(Person.sort_name, Person.id)
        .options(selectinload(Person.positions).joinedload(Position.organisation))
    )
    return list(db.session.scalars(wanted).unique())


def _events_together(event: Event) -> list[Event]:
    impression = impressions.impression_of_event(event)
    return facts.events_of_impression(impression) if impression else [event]
