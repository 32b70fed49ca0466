"""Mails that an organiser ticked on the board: which of them can wait, go on, be taken back or be sent again, and which not.

What many can be done with is done by condition, so that ten thousand take as many statements as one.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import selectinload

from app import clock
from app.database import Condition, db
from app.events.models import Event
from app.invitations.deliveries import delivery_board
from app.invitations.waves.models import Wave, WaveState
from app.network import correspondence
from app.network.people.models import EmailAddress, Person
from app.outbox import errands, mass_moves, message_queue, message_states
from app.outbox.kinds import OF_A_CHANGE
from app.outbox.models import Message, MessageState, MessageStep, Reason
from app.words import Worded

MOST = 100
"""How many are sent again together: each goes to the address that its person has by now."""

_OF_PAUSED_WAVE = Message.wave_id.in_(sa.select(Wave.id).where(Wave.state == WaveState.PAUSED))
_GOES_ON_ELSEWHERE = sa.or_(sa.func.coalesce(_OF_PAUSED_WAVE, False), Message.kind.in_(OF_A_CHANGE))
CAN_WAIT = Message.state.in_(message_states.states_before(MessageState.PAUSED))
CAN_GO_ON = (Message.state == MessageState.PAUSED) & ~_GOES_ON_ELSEWHERE
"""Of a mailing that was paused as a whole, and of a change that was held back, all mails go on together."""
CAN_BE_DROPPED = Message.state.in_(message_states.UNSENT)
_TOGETHER = _l("Op pauze met alle andere van een mailing of wijziging: daar gaan ze samen verder")
IS_LOST = Message.state.in_(message_states.LOST)


class NotAgain(Worded):
    """Why a mail that did not arrive is not sent again."""

    REPEATED = "repeated", _l("Is al opnieuw verstuurd")
    ADDRESS = "address", _l("Het mailadres werkt niet: verbeter het eerst")
    KIND = "kind", _l("Deze mail kan niet opnieuw verstuurd worden")


@dataclass(frozen=True)
class Weighed:
    """With how many an act can be done, and with how many not, by why not."""

    number: int
    left_out: Sequence[tuple[LazyString, int]]


def weigh(chosen: sa.Select[Message], can: Condition) -> Weighed:
    """Count the chosen ones by whether this can be done with them; the state of the others says why not."""
    each = chosen.with_only_columns(Message.state, can.label("can")).order_by(None).subquery()
    counted = sa.select(each.c.state, each.c.can, sa.func.count()).group_by(each.c.state, each.c.can)
    rows = db.session.execute(counted.order_by(each.c.state)).all()
    left_out = [(_why_not(state, can), number) for state, possible, number in rows if not possible]
    return Weighed(sum(number for _, possible, number in rows if possible), left_out)


def pause_chosen(event: Event, chosen: sa.Select[Message], account_id: int) -> int:
    """Let them wait; returns how many."""
    errands.finish_earlier(event.id)
    return mass_moves.pause_all(event.id, _is_of(chosen), account_id=account_id)


def list_going_on(chosen: sa.Select[Message]) -> Sequence[int]:
    """Ids of those that wait and can go on."""
    return db.session.scalars(_ids(chosen.where(CAN_GO_ON))).all()


def resume_chosen(event: Event, chosen: sa.Select[Message], account_id: int) -> int:
    """Let them go on, in a minute at the soonest and not in quiet hours; returns how many."""
    errands.finish_earlier(event.id)
    earliest = message_queue.mailing_leaves_at(clock.now() + message_queue.HOLD, event.network.quiet_hours)
    return mass_moves.resume_all(event.id, earliest, _is_of(chosen), CAN_GO_ON, account_id=account_id)


def drop_chosen(event: Event, chosen: sa.Select[Message], account_id: int) -> int:
    """Never send them; returns how many."""
    errands.finish_earlier(event.id)
    return mass_moves.take_all_back(
        event.id, MessageState.CANCELLED, Reason.WITHDRAWN, _is_of(chosen), account_id=account_id
    )


def sort_to_repeat(messages: Sequence[Message]) -> tuple[list[tuple[Message, EmailAddress]], Counter[NotAgain]]:
    """Those of these lost messages that can be sent again, with the address of their person; and why not the others."""
    again = sa.select(Message.again_of_id).where(Message.again_of_id.in_([each.id for each in messages]))
    repeated = set(db.session.scalars(again.where(Message.state != MessageState.CANCELLED)))
    good: list[tuple[Message, EmailAddress]] = []
    left_out: Counter[NotAgain] = Counter()
    for message in messages:
        address = correspondence.preferred_address(message.person) if message.person else None
        if message.id in repeated:
            left_out[NotAgain.REPEATED] += 1
        elif not delivery_board.could_be_repeated(message):
            left_out[NotAgain.KIND] += 1
        elif address is None or address.bounced_at:
            left_out[NotAgain.ADDRESS] += 1
        else:
            good.append((message, address))
    return good, left_out


def load_lost(chosen: sa.Select[Message]) -> Sequence[Message]:
    """The first of those that did not arrive, one more than can be sent again together."""
    people = selectinload(Message.person).selectinload(Person.addresses)
    return db.session.scalars(chosen.where(IS_LOST).options(people).limit(MOST + 1)).all()


def repeat_together(good: Sequence[tuple[Message, EmailAddress]]) -> list[int]:
    """Send them again in a minute; returns what `take_repeats_back` needs."""
    again = [delivery_board.plan_repeat(message, address, message_queue.HOLD) for message, address in good]
    db.session.flush()
    return [each.id for each in again]


def take_repeats_back(event: Event, message_ids: Collection[int], account_id: int) -> int:
    """Undo of sending again, for what has not left; returns how many."""
    these = Message.event_id == event.id, Message.id.in_(message_ids), Message.again_of_id.is_not(None)
    return message_queue.take_messages_back(MessageState.CANCELLED, Reason.WITHDRAWN, *these, account_id=account_id)


def pause_again(event: Event, since: datetime, account_id: int) -> int:
    """Undo of letting go on, for what somebody let go since that moment; returns how many."""
    went_on = sa.exists().where(
        MessageStep.message_id == Message.id,
        MessageStep.account_id == account_id,
        MessageStep.at >= since,
        MessageStep.state.in_([MessageState.PLANNED, MessageState.DUE]),
    )
    errands.finish_earlier(event.id)
    return mass_moves.pause_all(event.id, went_on, account_id=account_id)


def _is_of(chosen: sa.Select[Message]) -> Condition:
    return Message.id.in_(_ids(chosen))


def _ids(chosen: sa.Select[Message]) -> sa.Select[Any]:
    return chosen.with_only_columns(Message.id).order_by(None).correlate(None)


def _why_not(state: MessageState, can: Condition) -> LazyString:
    return _TOGETHER if state == MessageState.PAUSED and can is CAN_GO_ON else state.words
