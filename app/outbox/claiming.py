"""Taking a batch out of the outbox for one worker.

A claim is exclusive (FOR UPDATE SKIP LOCKED, on SQLite the single writer) and is renewed while
its worker is sending that very batch. It lapses a while after the worker died, or broke off and
lives on; another one then sends the same bytes, with the same Message-ID, again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app import clock
from app.database import Condition, db
from app.outbox import errands, fair_share, message_states, message_writing
from app.outbox.kinds import MessageKind, Priority
from app.outbox.leases import LEASE, lapsed_claims, worker_name
from app.outbox.models import CLAIMABLE, LEAVING, WRITABLE, FinishedMessage, Message, MessageState, Reason
from app.outbox.sending_pace import Pace
from app.outbox.sent_journal import carry_over_sent_notes

BATCH = 100
FRESH = timedelta(minutes=1)
"""A letter that was written so long ago is looked at once more: its reader may have answered since."""


@dataclass(frozen=True)
class Parcel:
    """What a worker needs to send one message."""

    id: int
    recipient: str
    domain: str
    body: bytes
    attempts: int
    created_at: datetime
    priority: int


_being_sent: set[int] = set()
"""Ids of the messages that this process is sending now."""


@contextmanager
def work_on(parcels: list[Parcel]) -> Iterator[None]:
    """While the block runs, a sign of life of this process keeps the claims on these."""
    numbers = {parcel.id for parcel in parcels}
    _being_sent.update(numbers)
    try:
        yield
    finally:
        _being_sent.difference_update(numbers)


def claim_parcels(most: int = BATCH) -> list[Parcel]:
    """Take up to `most` messages that are due, own acts before mailings but for the share of these, within the pace."""
    now = clock.now()
    _let_go_of_dead_workers(now)
    return _take(_choose(most, now), now)


def claim_alarms() -> list[Parcel]:
    """Take the alarms that are due, whatever else waits and however much left already."""
    now = clock.now()
    alarms = _candidates(BATCH, now, []).where(Message.kind == MessageKind.ALARM)
    return _take([row.id for row in db.session.execute(alarms)], now)


def _take(chosen: list[int], now: datetime) -> list[Parcel]:
    if not chosen:
        db.session.commit()
        return []
    message_states.move_messages(
        MessageState.SENDING,
        Message.id.in_(chosen),
        claimed_by=worker_name(),
        claimed_until=now + LEASE,
        attempts=Message.attempts + 1,
    )
    columns = (
        Message.id,
        Message.recipient,
        Message.domain,
        FinishedMessage.content,
        Message.attempts,
        Message.created_at,
        Message.priority,
    )
    rows = sa.select(*columns).join(Message.finished).where(Message.id.in_(chosen))
    parcels = {row.id: Parcel(*row) for row in db.session.execute(rows)}
    bare = [message_id for message_id in chosen if message_id not in parcels]
    if bare:
        message_states.move_messages(MessageState.FAILED, Message.id.in_(bare), words=Reason.NOT_WRITTEN)
    db.session.commit()
    return [parcels[message_id] for message_id in chosen if message_id in parcels]


def somebody_waits() -> bool:
    """Whether mail about somebody's own act is due: a link to sign in or to join, an answer to what they just did."""
    due = Message.due_at <= clock.now(), Message.priority == Priority.OWN_ACTION
    found = [db.session.scalar(sa.select(Message.id).where(some, *due).limit(1)) for some in (WRITABLE, CLAIMABLE)]
    db.session.commit()
    return any(found)


def renew_claims() -> None:
    """A sign of life: what this worker is sending now stays with it for another LEASE."""
    if not _being_sent:
        return
    mine = sa.update(Message).where(LEAVING, Message.claimed_by == worker_name(), Message.id.in_(tuple(_being_sent)))
    renewed = mine.values(claimed_until=clock.now() + LEASE)
    db.session.execute(renewed.execution_options(synchronize_session=False))


def _let_go_of_dead_workers(now: datetime) -> None:
    lapsed = lapsed_claims(Message.claimed_until, now, LEASE)
    carry_over_sent_notes(lapsed)
    message_states.move_messages(
        MessageState.RETRYING,
        LEAVING,
        lapsed,
        words=Reason.INTERRUPTED,
    )


def _choose(most: int, now: datetime) -> list[int]:
    """Ids in the order in which they leave; people who should get no more mail are taken out first."""
    pace = Pace()

    def find(limit: int, *conditions: Condition) -> list[sa.Row[int, str, bool, datetime | None, int]]:
        return list(db.session.execute(_candidates(limit, now, pace.full).where(*conditions)))

    while rows := fair_share.spread(fair_share.find_next(find, most)):
        unwanted = message_writing.drop_unwanted_messages(
            [row.id for row in rows if row.composed_at and row.composed_at < now - FRESH]
        )
        chosen = [row.id for row in rows if row.id not in unwanted and pace.admits(row.domain, row.paced)]
        if chosen or not unwanted:
            return chosen
    return []


def _candidates(most: int, now: datetime, full: list[str]) -> sa.Select[int, str, bool, datetime | None, int]:
    return (
        sa.select(Message.id, Message.domain, Message.paced, Message.composed_at, Message.priority)
        .where(CLAIMABLE, Message.due_at <= now, ~errands.IS_HELD, ~(Message.paced & Message.domain.in_(full)))
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
