"""Reads of invitations that more than one place needs."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from app.accounts.models import Account
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event
from app.invitations.models import CalendarStatus, HistoryEntry, Invitation, Step
from app.invitations.waves import wave_recipients
from app.invitations.waves.models import Wave
from app.matching.models import MatchMeeting
from app.network import seeing
from app.network.models import Membership, Network, Standing
from app.network.people.models import EmailAddress, Person
from app.network.people.people_list import PeopleFilter, conditions_of_filter
from app.network.seeing import Viewer
from app.outbox.models import Message, MessageState
from app.registration.models import Registration


def load_invitations_for_letters(ids: Collection[int | None]) -> dict[int | None, Invitation]:
    """Invitations by id with all that a letter needs, in a fixed number of queries."""
    wanted = (
        sa.select(Invitation)
        .where(Invitation.id.in_(ids))
        .options(
            joinedload(Invitation.event).joinedload(Event.network),
            joinedload(Invitation.event).selectinload(Event.slots),
            joinedload(Invitation.person).selectinload(Person.memberships),
            joinedload(Invitation.person).selectinload(Person.addresses),
            joinedload(Invitation.address),
        )
        .execution_options(populate_existing=True)
    )
    return {invitation.id: invitation for invitation in db.session.scalars(wanted)}


def count_invited(event: Event) -> int:
    """How many people were invited."""
    return db.session.scalars(sa.select(sa.func.count()).where(Invitation.event_id == event.id)).one()


def count_told(event: Event) -> int:
    """How many people hear of it when the event moves or is cancelled: whoever has it in the calendar."""
    has_it = Invitation.calendar_status.in_([CalendarStatus.TENTATIVE, CalendarStatus.CONFIRMED])
    return db.session.scalars(sa.select(sa.func.count()).where(Invitation.event_id == event.id, has_it)).one()


def invitations_of_person(
    person: Person, network: Network, viewer: Viewer
) -> list[tuple[Invitation, Registration | None, Attendance | None]]:
    """What a person was invited to by a network and what became of it, latest event first; of who was there the first day."""
    before = aliased(Attendance)
    earlier = sa.select(before.id).where(before.invitation_id == Invitation.id, before.day < Attendance.day)
    earlier = earlier.correlate(Invitation, Attendance)
    wanted = (
        sa.select(Invitation, Registration, Attendance)
        .join(Invitation.event)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .outerjoin(Attendance, (Attendance.invitation_id == Invitation.id) & ~earlier.exists())
        .where(Invitation.person_id == person.id, Event.network_id == network.id, seeing.events(viewer))
        .order_by(Event.starts_at.desc())
        .options(contains_eager(Invitation.event), joinedload(Attendance.organisation))
    )
    return list(db.session.execute(wanted).all())


def waves_of_event(event: Event) -> list[Wave]:
    """The waves of an event in the order in which they go out."""
    return list(db.session.scalars(_waves(), {"event_id": event.id}))


def is_of_group(event: Event) -> bool:
    """Whether it is a session of a matched group, to which its members come without a mailing."""
    return db.session.scalar(sa.select(MatchMeeting.id).where(MatchMeeting.event_id == event.id)) is not None


@cache
def _waves() -> sa.Select[Wave]:
    wanted = sa.select(Wave).where(Wave.event_id == sa.bindparam("event_id")).order_by(Wave.due_at, Wave.id)
    return wanted.options(joinedload(Wave.audience))


def count_messages_by_wave(event: Event) -> dict[int, dict[MessageState, int]]:
    """How many messages of each wave are in which state."""
    rows = db.session.execute(
        sa.select(sa.NotNullable(Message.wave_id), Message.state, sa.func.count())
        .where(Message.event_id == event.id, Message.wave_id.is_not(None))
        .group_by(Message.wave_id, Message.state)
    )
    states: dict[int, dict[MessageState, int]] = {}
    for wave_id, state, count_ in rows:
        states.setdefault(wave_id, {})[state] = count_
    return states


def readers_for_preview(
    event: Event, wave: Wave | None, viewer: Viewer, sought: str = "", most: int = 100
) -> list[Person]:
    """Some people to show a letter to as they would see it: who would get the wave now, or members of the network."""
    if wave is not None:
        chosen = wave_recipients.select_recipients(wave).subquery()
        belongs = Person.id.in_(sa.select(list(chosen.c)[0]))
    else:
        members = sa.select(Membership.person_id).where(Membership.network_id == event.network_id)
        belongs = Person.id.in_(members.where(Membership.standing == Standing.MEMBER))
    wanted = (
        sa.select(Person)
        .where(belongs, *conditions_of_filter(PeopleFilter(text=sought), viewer))
        .order_by(Person.sort_name, Person.id)
        .limit(most)
        .options(selectinload(Person.addresses), selectinload(Person.memberships))
    )
    return list(db.session.scalars(wanted))


def find_invitation(event: Event, invitation_id: int, viewer: Viewer) -> Invitation | None:
    """The invitation of this number, when it is for this event and the viewer may know of it."""
    wanted = sa.select(Invitation).where(Invitation.id == invitation_id, Invitation.event_id == event.id)
    return db.session.scalar(wanted.where(seeing.invitations(viewer)))


def list_invitation_steps(invitation: Invitation) -> list[tuple[HistoryEntry, Account | None]]:
    """What happened to an invitation and which organiser did it, latest first."""
    wanted = (
        sa.select(HistoryEntry, Account)
        .outerjoin(Account, Account.id == HistoryEntry.account_id)
        .where(HistoryEntry.invitation_id == invitation.id)
        .order_by(HistoryEntry.id.desc())
    )
    return list(db.session.execute(wanted).all())


def message_rows_for_invitations(prefix: str) -> sa.Select[*tuple[Any, ...]]:
    """Columns of planned messages to invited people at the invited address, for message_queue.plan_messages; the key is prefix + id."""
    return (
        sa.select(
            (sa.literal(prefix) + sa.cast(Invitation.id, sa.String)).label("key"),
            Invitation.person_id,
            Invitation.id.label("invitation_id"),
            EmailAddress.address.label("recipient"),
            EmailAddress.domain,
        )
        .join(EmailAddress, EmailAddress.id == Invitation.address_id)
        .order_by(Invitation.id)
    )


def accounts_by_id(account_ids: Collection[int | None]) -> dict[int, Account]:
    """Accounts by id, to name who asked for and who released a wave."""
    wanted = sa.select(Account).where(Account.id.in_({each for each in account_ids if each}))
    return {account.id: account for account in db.session.scalars(wanted)}


def count_steps_since(event: Event, since: datetime, viewer: Viewer) -> dict[Step, int]:
    """How often what happened to invitations of an event since a moment, as far as the viewer may know of them."""
    counted = (
        sa.select(HistoryEntry.step, sa.func.count())
        .join(Invitation, Invitation.id == HistoryEntry.invitation_id)
        .where(Invitation.event_id == event.id, HistoryEntry.at > since, seeing.invitations(viewer))
        .group_by(HistoryEntry.step)
    )
    found: dict[Step, int] = dict(db.session.execute(counted).all())
    return {step: found[step] for step in Step if step in found}
