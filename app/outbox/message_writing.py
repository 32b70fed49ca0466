"""Planned messages become finished mails just before they are due.

Each kind of planned mail has one writer, registered by the domain that knows it. It
returns the mail, or a Suppressed with the reason why this person gets none after all:
this is the last look at who answered, unsubscribed or left since the planning.

Writing takes a while, and nobody waits for it: a batch is claimed, written while only reading, and saved. What a letter
rests on and is no longer as it was read by then makes that letter be written again, in a later batch.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from app import clock
from app.as_read import find_changed, lock_free
from app.database import Condition, Model, db, give_up_transaction, only_reading
from app.network.people.models import Person
from app.outbox import errands, fair_share, message_queue, message_states
from app.outbox.kinds import MessageKind
from app.outbox.leases import LEASE, lapsed_claims, worker_name
from app.outbox.message_queue import FinishedMail, finish_mail, give_bytes
from app.outbox.mime import Mail
from app.outbox.models import WRITABLE, Message, MessageState, Reason
from app.setbacks import one_by_one

log = logging.getLogger("leerkring.outbox")

WRITING = "write_message"
"""Under which name letters that could not be written are noted."""
BATCH = 25
"""Messages that are written and saved together."""


@dataclass(frozen=True)
class Suppressed:
    """Why somebody gets no mail after all, and the rows that say so."""

    reason: Reason
    rests_on: Sequence[Model] = ()


@dataclass(frozen=True)
class Draft:
    """A mail as it would be now, and the rows that it was written from."""

    mail: Mail
    rests_on: Sequence[Model]
    changes: Model | None = None
    """The one of them that changes when the mail is saved: the next mail about it is written after that."""
    facts: Any = None
    """What its kind keeps when the mail is saved."""


Written = Draft | Suppressed
Writer = Callable[[list[Message]], Sequence[Written]]
LastLook = Callable[[list[Message]], dict[int, Reason]]


@dataclass(frozen=True)
class _Way:
    """How messages of a kind are written."""

    write: Writer
    prepare: Callable[[list[Message]], object] | None
    keep: Callable[[list[Any]], object] | None


_ways: dict[MessageKind, _Way] = {}
_last_looks: dict[MessageKind, LastLook] = {}


def register_writer(
    kind: MessageKind,
    writer: Writer,
    last_look: LastLook | None = None,
    *,
    prepare: Callable[[list[Message]], object] | None = None,
    keep: Callable[[list[Any]], object] | None = None,
) -> None:
    """Say who writes the planned mails of a kind: a function from messages to drafts, in the same order, that changes nothing.

    `prepare` sees to what their letters need to be there, before they are written. `keep` keeps the `facts` of drafts that
    are saved, in their order. `last_look` says just before sending which of the messages should stay, by id with the
    reason; for mails that may wait a while between being written and leaving.
    """
    _ways[kind] = _Way(writer, prepare, keep)
    if last_look:
        _last_looks[kind] = last_look


def has_writer(kind: MessageKind) -> bool:
    """Whether somebody writes mails of this kind, so that one can be written again."""
    return kind in _ways


def write_due_messages() -> int:
    """Write all planned messages that are due; return how many were handled."""
    handled = 0
    while some := write_some_messages():
        handled += some
    return handled


def write_some_messages() -> int:
    """Write up to BATCH planned messages that are due; return how many were handled.

    Their order is kept, so that the later of two mails to somebody carries the later calendar numbers. When one of them
    cannot be written they are written one by one, and that one is tried again by itself.
    """
    noted = one_by_one.noted_items(WRITING)
    if noted:
        _try_again()
    others = Message.id.not_in([int(item) for item in noted])
    batch: list[Message] = []
    try:
        with _claimed(others) as batch:
            return _write_batch(batch)
    except Exception:
        message_ids = [message.id for message in batch]
        _write_each(message_ids)
        return len(message_ids)


def drop_unwanted_messages(message_ids: list[int]) -> set[int]:
    """Take finished messages out whose readers answered, unsubscribed or left since; returns their ids."""
    wanted = sa.select(Message).where(Message.id.in_(message_ids), Message.kind.in_(_last_looks)).order_by(Message.kind)
    messages = list(db.session.scalars(wanted)) if message_ids else []
    unwanted: set[int] = set()
    for kind, group in groupby(messages, key=lambda message: message.kind):
        for message_id, reason in _last_looks[kind](list(group)).items():
            unwanted.update(
                message_states.move_messages(MessageState.SUPPRESSED, Message.id == message_id, words=reason)
            )
    return unwanted


def _write_each(message_ids: Iterable[int]) -> None:
    """Write messages one by one; one that was tried often enough fails, until an administrator has it tried once more."""
    one_by_one.do_each(WRITING, message_ids, _write_alone, complete=False)
    given_up = [int(item) for item, next_at in one_by_one.noted_items(WRITING).items() if next_at is None]
    if given_up:
        given_up_on = Message.id.in_(given_up), WRITABLE
        message_states.move_messages(MessageState.FAILED, *given_up_on, words=Reason.NOT_WRITTEN)
    db.session.commit()


def _try_again() -> None:
    due = [int(item) for item in one_by_one.items_to_try_again(WRITING)]
    if due:
        failed = (Message.state == MessageState.FAILED) & (Message.response == Reason.NOT_WRITTEN)
        message_states.move_messages(MessageState.PLANNED, Message.id.in_(due), failed, response="")
        db.session.commit()
        _write_each(due)


def _write_alone(message_id: int) -> int | None:
    """Write one message, unless it is gone, was taken back, or is with another worker: then None."""
    if db.session.scalar(sa.select(Message.id).where(Message.id == message_id, WRITABLE)) is None:
        return 0
    with _claimed(Message.id == message_id) as batch:
        _write_batch(batch)
    return 1 if batch else None


@contextmanager
def _claimed(*conditions: Condition) -> Iterator[list[Message]]:
    """The messages to write next, in the order in which they leave; no other worker has them while the block runs."""

    def find(most: int, *narrower: Condition) -> list[Message]:
        wanted = _planned(*conditions, *narrower).limit(most)
        return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))

    batch = fair_share.find_next(find, BATCH)
    mine = sa.update(Message).where(Message.id.in_([message.id for message in batch]))
    claim = mine.values(claimed_by=worker_name(), claimed_until=clock.now() + LEASE)
    if batch:
        db.session.execute(claim.execution_options(synchronize_session=False))
    db.session.commit()
    try:
        yield batch
    except Exception:
        give_up_transaction()
        _let_go([message.id for message in batch])
        db.session.commit()
        raise


def _planned(*conditions: Condition) -> sa.Select[Message]:
    """The messages to write next that nobody writes now."""
    now = clock.now()
    free = sa.or_(Message.claimed_until.is_(None), lapsed_claims(Message.claimed_until, now, LEASE))
    due = sa.select(Message).where(WRITABLE, Message.due_at <= now, free, ~errands.IS_HELD, *conditions)
    return due.order_by(Message.priority, Message.due_at, Message.id).with_for_update(skip_locked=True)


def _let_go(message_ids: Iterable[int]) -> None:
    """Claimed messages that stay planned are anybody's."""
    mine = sa.update(Message).where(Message.id.in_(message_ids), WRITABLE, Message.claimed_by == worker_name())
    free = mine.values(claimed_by=None, claimed_until=None)
    db.session.execute(free.execution_options(synchronize_session=False))


def _write_batch(batch: list[Message]) -> int:
    """Write claimed messages, in this order; returns how many need no more writing."""
    gone = _blank_of_erased(batch)
    batch = [message for message in batch if message.id not in gone]
    return len(gone) + (_write_of_living(batch) if batch else 0)


def _blank_of_erased(batch: list[Message]) -> set[int]:
    """Take mails out that were planned for somebody while they were erased; returns their ids."""
    wanted = sa.select(Message.id).join(Person, Person.id == Message.person_id)
    mine = Message.id.in_([message.id for message in batch])
    gone = set(db.session.scalars(wanted.where(mine, Person.erased_at.is_not(None)))) if batch else set()
    if gone:
        message_queue.blank_messages(Message.id.in_(gone))
        db.session.commit()
    return gone


def _write_of_living(batch: list[Message]) -> int:
    for way, messages in _by_way(batch):
        if way.prepare:
            way.prepare(messages)
    with only_reading():
        erased = _count_erased()
        written = [each for way, messages in _by_way(batch) for each in _compose(way, messages)]
    settled = _settle(written, erased)
    db.session.commit()
    return settled


def _by_way(batch: list[Message]) -> Iterator[tuple[_Way, list[Message]]]:
    for way, messages in groupby(batch, key=lambda message: _ways[message.kind]):
        yield way, list(messages)


@dataclass(frozen=True)
class _Composed:
    """What became of a message, to be saved if nothing came in between."""

    message: Message
    details: dict[str, Any]
    way: _Way
    outcome: Written
    finished: FinishedMail | None


def _compose(way: _Way, messages: list[Message]) -> Iterator[_Composed]:
    for message, outcome in zip(messages, way.write(messages), strict=True):
        finished = finish_mail(outcome.mail) if isinstance(outcome, Draft) else None
        yield _Composed(message, message.details, way, outcome, finished)


def _settle(written: list[_Composed], erased: int) -> int:
    """Give each message its bytes, or the reason why it stays; in few statements, since others wait.

    A message that was taken back meanwhile stays so; one that rests on what is no longer as it was read, or on what an
    earlier one of the batch changes, is left as it was. All are when somebody was erased since `erased` were: any of them
    may name who that was. Returns how many need no more writing.
    """
    message_queue.begin_saving()
    message_ids = [each.message.id for each in written]
    claimed = sa.select(Message).where(Message.id.in_(message_ids), WRITABLE, Message.claimed_by == worker_name())
    mine = set(db.session.scalars(claimed.with_for_update(), execution_options={"populate_existing": True}))
    changes = [each.outcome.changes for each in written if isinstance(each.outcome, Draft) and each.outcome.changes]
    touched = lock_free(changes) | find_changed(row for each in written for row in each.outcome.rests_on)
    kept: list[_Composed] = []
    for each in written if _count_erased() == erased else ():
        as_read = each.message in mine and each.message.details == each.details
        if as_read and touched.isdisjoint(each.outcome.rests_on):
            kept.append(each)
            if isinstance(each.outcome, Draft) and each.outcome.changes:
                touched.add(each.outcome.changes)
    _save(kept)
    done = {each.message.id for each in kept}
    left = [message_id for message_id in message_ids if message_id not in done]
    if left:
        _let_go(left)
    return len(kept)


def _count_erased() -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(Person.erased_at.is_not(None))).one()


def _save(kept: list[_Composed]) -> None:
    left_out: dict[Reason, list[int]] = {}
    for each in kept:
        if isinstance(each.outcome, Suppressed):
            message_states.move_message(each.message, MessageState.SUPPRESSED)
            each.message.response = each.outcome.reason
            left_out.setdefault(each.outcome.reason, []).append(each.message.id)
        elif each.finished:
            give_bytes(each.message, each.finished)
            message_states.move_message(each.message, MessageState.DUE)
    for reason, message_ids in left_out.items():
        message_states.note_message_steps(message_ids, MessageState.SUPPRESSED, reason)
    for way, group in groupby(kept, key=lambda each: each.way):
        facts = [each.outcome.facts for each in group if isinstance(each.outcome, Draft)]
        if way.keep and facts:
            way.keep(facts)
