"""What became of every mail about an event: the list, the counts, one message, and mailing it again to a better address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import contains_eager, joinedload

from app import clock
from app.accounts.models import Account
from app.choices import Choice
from app.database import db
from app.events.models import Event
from app.invitations.invitation_queries import accounts_by_id
from app.invitations.models import Invitation
from app.network import seeing
from app.network.audiences.audience_blocks import current_positions
from app.network.organisations.models import Organisation
from app.network.people import address_changes, address_proposals, address_reading, mail_addresses, mailboxes, names
from app.network.people.models import EmailAddress, Person, Position, ProposedAct
from app.network.people.people_list import PeopleFilter, conditions_of_filter
from app.network.seeing import CLOCKWORK, Viewer
from app.outbox import message_history, message_queue, message_states, message_writing
from app.outbox.kinds import MessageKind
from app.outbox.message_history import HistoryStep
from app.outbox.models import Message, MessageState
from app.words import Refusal, Worded

PER_PAGE = 50
LOST = "lost"
"""A filter for everything that did not reach its reader."""


@dataclass(frozen=True)
class MessageFilter:
    """What the list is narrowed down to; empty values narrow nothing."""

    text: str = ""
    kind: str = ""
    state: str = ""
    wave: int | None = None

    @property
    def narrows(self) -> bool:
        return any((self.text, self.kind, self.state, self.wave))


class MessageOrder(Worded):
    """What stands first."""

    LATEST = "", _l("Laatste eerst")
    EARLIEST = "earliest", _l("Eerste eerst")
    NAME = "name", _l("Naam")


class AddressTaken(Refusal):
    """The corrected address belongs to somebody else."""

    says = _l("Dit adres is van iemand anders. Voeg de twee personen samen, of kies een ander adres.")
    field = "address"


class NothingToRepeat(Refusal):
    """The message did arrive, or is of a kind that cannot be written again."""

    says = _l("Deze mail kan niet opnieuw verstuurd worden.")


def page_of_messages(
    event: Event, sought: MessageFilter, viewer: Viewer, order: MessageOrder = MessageOrder.LATEST
) -> Pagination:
    """A page of messages with their people."""
    wanted = select_messages(event, sought, viewer).order_by(None).order_by(*_ORDERS[order])
    return db.paginate(wanted.options(*_PEOPLE), per_page=PER_PAGE, error_out=False)


def list_messages(wanted: sa.Select[Message]) -> Iterator[Message]:
    """All of these messages with their people, for an export."""
    return iter(db.session.scalars(wanted.options(*_PEOPLE)))


def select_chosen_messages(event: Event, sought: MessageFilter, choice: Choice, viewer: Viewer) -> sa.Select[Message]:
    """Select the messages that somebody chose and may act upon; the filter is for who chose all that meet it."""
    wanted = select_messages(event, sought if choice.everything else MessageFilter(), viewer.as_organiser)
    return wanted.where(choice.takes(Message.id))


def count_by_state(event: Event, sought: MessageFilter, viewer: Viewer) -> dict[MessageState, int]:
    """How many messages of the list are in which state, whatever state is asked for."""
    narrowed = MessageFilter(sought.text, sought.kind, "", sought.wave)
    each = select_messages(event, narrowed, viewer).order_by(None).subquery()
    rows: dict[MessageState, int] = dict(
        db.session.execute(sa.select(each.c.state, sa.func.count()).group_by(each.c.state)).all()
    )
    return {state: rows[state] for state in MessageState if state in rows}


def kinds_of_mail(event: Event, viewer: Viewer) -> list[MessageKind]:
    """The kinds of mail that this event has."""
    return list(
        db.session.scalars(
            sa.select(Message.kind)
            .where(Message.event_id == event.id, seeing.messages(viewer))
            .distinct()
            .order_by(Message.kind)
        )
    )


def find_message(event: Event, message_id: int, viewer: Viewer) -> Message | None:
    return db.session.scalar(
        select_messages(event, MessageFilter(), viewer).where(Message.id == message_id).options(*_PEOPLE)
    )


def steps_with_accounts(message: Message) -> list[tuple[HistoryStep, Account | None]]:
    """What happened to a message and who did it, oldest first."""
    happened = message_history.list_message_steps(message)
    by = accounts_by_id({step.account_id for step in happened})
    return [(step, by.get(step.account_id or 0)) for step in happened]


def repeated_by(message: Message) -> Message | None:
    """The message that repeats this one, if it was mailed again; one that an organiser took back does not."""
    wanted = sa.select(Message).where(Message.again_of_id == message.id, Message.state != MessageState.CANCELLED)
    return db.session.scalar(wanted.order_by(Message.id.desc()).limit(1))


def can_repeat(message: Message) -> bool:
    return could_be_repeated(message) and repeated_by(message) is None


def could_be_repeated(message: Message) -> bool:
    """Whether it did not arrive and can be written again; whether that was done already is asked apart.

    Not what takes a session out of the calendar of a mailbox: that is about no other one.
    """
    about = message.invitation_id is not None or message.wave_id is not None
    again = message.kind != MessageKind.CALENDAR_CLEARED and message_writing.has_writer(message.kind)
    return message.state in message_states.LOST and about and again


def repeat_message(
    message: Message, address: str, viewer: Viewer = CLOCKWORK, account: Account | None = None
) -> Message | None:
    """Mail a message that did not arrive again, to a corrected address that becomes the person's own.

    None when somebody who is in other networks too has to confirm that address first.
    Raises mail_addresses.BadAddress, AddressTaken, NothingToRepeat or address_proposals.CannotPropose.
    """
    if not can_repeat(message):
        raise NothingToRepeat
    person = db.session.get_one(Person, message.person_id)
    if mailboxes.is_of_another(mail_addresses.read_address(address), person):
        raise AddressTaken
    moves = person.email is None or address_reading.address_key(address.strip()) != address_reading.address_key(
        person.email
    )
    if moves and not address_changes.may_change(viewer, person):
        network = db.session.get_one(Event, message.event_id).network
        address_proposals.propose_change(person, ProposedAct.PREFER, address, network, account)
        return None
    mail_addresses.set_address(person, address)
    db.session.flush()
    corrected = next(each for each in person.addresses if each.preferred)
    mail_addresses.clear_bounce(corrected)
    return plan_repeat(message, corrected)


def plan_repeat(message: Message, address: EmailAddress, hold: timedelta = timedelta()) -> Message:
    """Plan a message that did not arrive once more, to an address of the same person."""
    _move_invitations(address.person, message.recipient, address)
    return message_queue.plan_message(
        message.kind,
        address,
        details=message.details,
        counts=message.counts,
        network_id=message.network_id,
        event_id=message.event_id,
        person_id=message.person_id,
        invitation_id=message.invitation_id,
        wave_id=message.wave_id,
        again_of_id=message.id,
        due_at=clock.now() + hold,
    )


def _move_invitations(person: Person, old: str, corrected: EmailAddress) -> None:
    """Invitations and unsent mails of the old address move to the corrected one."""
    invited_there = [each.id for each in mailboxes.rows_of(old)]
    theirs = sa.update(Invitation).where(Invitation.person_id == person.id, Invitation.address_id.in_(invited_there))
    db.session.execute(theirs.values(address_id=corrected.id))
    planned = sa.update(Message).where(
        Message.person_id == person.id,
        mail_addresses.is_address(Message.recipient, old),
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
_ORDERS: dict[MessageOrder, tuple[Any, ...]] = {
    MessageOrder.LATEST: (Message.id.desc(),),
    MessageOrder.EARLIEST: (Message.id,),
    MessageOrder.NAME: (Person.sort_name.asc().nulls_last(), Message.id.desc()),
}


def select_messages(event: Event, sought: MessageFilter, viewer: Viewer) -> sa.Select[Message]:
    about = (Message.event_id == event.id) & seeing.messages(viewer)
    wanted = sa.select(Message).outerjoin(Message.person).where(about)
    if sought.kind:
        wanted = wanted.where(Message.kind == sought.kind)
    if sought.wave:
        wanted = wanted.where(Message.wave_id == sought.wave)
    if sought.state == LOST:
        wanted = wanted.where(Message.state.in_(message_states.LOST))
    elif sought.state in list(MessageState):
        wanted = wanted.where(Message.state == sought.state)
    if sought.text:
        wanted = wanted.where(
            sa.or_(sa.and_(*conditions_of_filter(PeopleFilter(text=sought.text), viewer)), _works_at(sought.text))
        )
    return wanted.order_by(Message.id.desc())


def _works_at(text: str) -> sa.ColumnElement[bool]:
    """Whether a Person works at an organisation with this in its name."""
    current = current_positions()
    place = sa.select(current.c.person_id).join(Organisation, Organisation.id == current.c.organisation_id)
    pattern = f"%{names.clean_name(text).replace('%', '').replace('_', '')}%"
    return place.where(current.c.person_id == Person.id, Organisation.name.ilike(pattern)).exists()
