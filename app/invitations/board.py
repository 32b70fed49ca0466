"""What became of every mail about an event: the list, the counts, one message, and mailing it again to a better address."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Account
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.invitations.queries import accounts
from app.network import names, people
from app.network.blocks import current_positions
from app.network.listing import PeopleFilter, matching
from app.network.models import EmailAddress, Organisation, Person, Position
from app.outbox import composing, history, queue, states
from app.outbox.history import Happened
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState

PER_PAGE = 50
LOST = "lost"
"""A filter for everything that did not reach its reader."""


@dataclass(frozen=True)
class Sought:
    """What the list is narrowed down to; empty values narrow nothing."""

    text: str = ""
    kind: str = ""
    state: str = ""
    wave: int | None = None


class AddressTaken(ValueError):
    """The corrected address belongs to somebody else."""


class NothingToRepeat(ValueError):
    """The message did arrive, or is of a kind that cannot be written again."""


def page(event: Event, sought: Sought) -> Pagination:
    """A page of messages with their people, the last first."""
    return db.paginate(_wanted(event, sought).options(*_PEOPLE), per_page=PER_PAGE, error_out=False)


def everything(event: Event, sought: Sought) -> Iterator[Message]:
    """All messages of the list, for an export."""
    return iter(db.session.scalars(_wanted(event, sought).options(*_PEOPLE)))


def counts(event: Event, sought: Sought) -> dict[MessageState, int]:
    """How many messages of the list are in which state, whatever state is asked for."""
    each = _wanted(event, Sought(sought.text, sought.kind, "", sought.wave)).order_by(None).subquery()
    rows: dict[MessageState, int] = dict(
        db.session.execute(sa.select(each.c.state, sa.func.count()).group_by(each.c.state)).all()
    )
    return {state: rows[state] for state in MessageState if state in rows}


def kinds(event: Event) -> list[MessageKind]:
    """The kinds of mail that this event has."""
    return list(
        db.session.scalars(
            sa.select(Message.kind).where(Message.event_id == event.id).distinct().order_by(Message.kind)
        )
    )


def find(event: Event, number: int) -> Message | None:
    return db.session.scalar(_wanted(event, Sought()).where(Message.id == number).options(*_PEOPLE))


def steps(message: Message) -> list[tuple[Happened, Account | None]]:
    """What happened to a message and who did it, oldest first."""
    happened = history.of(message)
    by = accounts({step.account_id for step in happened})
    return [(step, by.get(step.account_id or 0)) for step in happened]


def repeated_by(message: Message) -> Message | None:
    """The message that repeats this one, if it was mailed again."""
    return db.session.scalar(
        sa.select(Message).where(Message.again_of_id == message.id).order_by(Message.id.desc()).limit(1)
    )


def can_repeat(message: Message) -> bool:
    return (
        message.state in states.LOST
        and message.invitation_id is not None
        and composing.known(message.kind)
        and repeated_by(message) is None
    )


def repeat(message: Message, address: str) -> Message:
    """Mail a message that did not arrive again, to a corrected address that becomes the person's own.

    Raises people.BadAddress, AddressTaken or NothingToRepeat.
    """
    if not can_repeat(message):
        raise NothingToRepeat
    person = db.session.get_one(Person, message.person_id)
    owner = people.by_address(people.read_address(address))
    if owner is not None and owner.id != person.id:
        raise AddressTaken
    people.set_address(person, address)
    db.session.flush()
    corrected = next(each for each in person.addresses if each.preferred)
    people.works_again(corrected)
    _move_invitations(person, message.recipient, corrected)
    return queue.promise(
        message.kind,
        corrected,
        details=message.details,
        counts=message.counts,
        network_id=message.network_id,
        event_id=message.event_id,
        person_id=message.person_id,
        invitation_id=message.invitation_id,
        wave_id=message.wave_id,
        again_of_id=message.id,
    )


def _move_invitations(person: Person, old: str, corrected: EmailAddress) -> None:
    """What was invited at the old address goes on at the corrected one; unsent mails too."""
    invited_there = sa.select(EmailAddress.id).where(EmailAddress.key == people.key(old))
    theirs = sa.update(Invitation).where(Invitation.person_id == person.id, Invitation.address_id.in_(invited_there))
    db.session.execute(theirs.values(address_id=corrected.id))
    planned = sa.update(Message).where(
        Message.person_id == person.id,
        Message.recipient == old,
        Message.state.in_([MessageState.PLANNED, MessageState.HELD]),
    )
    moved = planned.values(recipient=corrected.address, domain=corrected.domain)
    db.session.execute(moved.execution_options(synchronize_session=False))


_PEOPLE = (
    contains_eager(Message.person)
    .selectinload(Person.positions)
    .options(joinedload(Position.organisation), joinedload(Position.role)),
    joinedload(Message.wave),
)


def _wanted(event: Event, sought: Sought) -> sa.Select[Message]:
    wanted = sa.select(Message).outerjoin(Message.person).where(Message.event_id == event.id)
    if sought.kind:
        wanted = wanted.where(Message.kind == sought.kind)
    if sought.wave:
        wanted = wanted.where(Message.wave_id == sought.wave)
    if sought.state == LOST:
        wanted = wanted.where(Message.state.in_(states.LOST))
    elif sought.state in list(MessageState):
        wanted = wanted.where(Message.state == MessageState(sought.state))
    if sought.text:
        wanted = wanted.where(sa.or_(sa.and_(*matching(PeopleFilter(text=sought.text))), _works_at(sought.text)))
    return wanted.order_by(Message.id.desc())


def _works_at(text: str) -> sa.ColumnElement[bool]:
    """Whether a Person works at an organisation with this in its name."""
    current = current_positions()
    place = sa.select(current.c.person_id).join(Organisation, Organisation.id == current.c.organisation_id)
    pattern = f"%{names.clean(text).replace('%', '').replace('_', '')}%"
    return place.where(current.c.person_id == Person.id, Organisation.name.ilike(pattern)).exists()
