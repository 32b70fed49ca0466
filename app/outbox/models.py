"""The table of messages: one row is one mail to one address."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, choice


class MessageState(StrEnum):
    """States of a message; outbox/states.py has the moves between them."""

    PLANNED = "planned"
    PAUSED = "paused"
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    RETRYING = "retrying"
    FAILED = "failed"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    HELD = "held"
    BUNDLED = "bundled"


class Priority(int):
    """Lower leaves first."""

    OWN_ACTION = 1
    CHANGE = 3
    MAILING = 5


WRITABLE = sa.text("messages.state = 'planned'")
CLAIMABLE = sa.text("messages.state IN ('due', 'retrying')")
LEAVING = sa.text("messages.state = 'sending'")
IN_HAND = sa.text("messages.state = 'held'")
PACED = sa.text("messages.paced")
COUNTS = sa.text("messages.counts")
DIGESTS = sa.text("messages.kind = 'digest'")
"""Conditions on few rows among many sent ones. As text, so that both databases see that the index of just these fits."""


def _index_of(name: str, condition: sa.TextClause, *columns: str) -> sa.Index:
    where = sa.text(condition.text.replace("messages.", ""))
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Message(Model):
    """One mail in the outbox.

    A planned message has no body yet: its kind's composer writes it just before it is due
    (outbox/composing.py). From then on `finished` holds the bytes that are sent, and sent
    again unchanged on a retry. `key` makes planning twice harmless. What these columns
    do not tell of its life stands in MessageStep (outbox/history.py).
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[MessageState] = choice(MessageState)
    priority: Mapped[int] = mapped_column(default=Priority.MAILING)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id"))
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """The message that did not arrive and that this one repeats, to a corrected address."""
    paced: Mapped[bool] = mapped_column(default=True)
    counts: Mapped[bool] = mapped_column(default=False)
    """Whether it counts for how much mail a person gets a week: all that is not about an own registration."""
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """What the composer of this kind has to know beside the rows it refers to."""

    recipient: Mapped[str] = mapped_column(sa.String(254))
    domain: Mapped[str] = mapped_column(sa.String(254))
    message_id: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    subject: Mapped[str] = mapped_column(sa.Text, default="")

    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When it may leave; after a refusal, when it is tried again."""
    composed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its bytes were finished."""
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(sa.String(60))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    response: Mapped[str] = mapped_column(sa.Text, default="")
    """The server's last words, or why the message was not sent."""

    finished: Mapped["Finished | None"] = relationship(viewonly=True)
    person = relationship("Person")
    event = relationship("Event")
    wave = relationship("Wave")

    @property
    def body(self) -> bytes | None:
        """The finished bytes, if they are there."""
        return self.finished.content if self.finished else None

    __table_args__ = (
        _index_of("ix_messages_writable", WRITABLE, "priority", "due_at", "id"),
        _index_of("ix_messages_claimable", CLAIMABLE, "priority", "due_at", "id"),
        _index_of("ix_messages_leaving", LEAVING, "claimed_until"),
        _index_of("ix_messages_in_hand", IN_HAND, "person_id"),
        _index_of("ix_messages_paced", PACED, "sent_at", "domain"),
        _index_of("ix_messages_counts", COUNTS, "due_at", "person_id"),
        _index_of("ix_messages_digests", DIGESTS, "due_at", "state"),
        _index_of("ix_messages_again_of_id", sa.text("again_of_id IS NOT NULL"), "again_of_id"),
        sa.Index("ix_messages_sent", "sent_at"),
        sa.Index("ix_messages_of_wave", "wave_id", "state"),
        sa.CheckConstraint("state NOT IN ('due', 'sending', 'sent', 'retrying', 'bounced') OR message_id IS NOT NULL", name="finished"),
    )  # fmt: skip


class Finished(Model):
    """The bytes of a message, apart from it: saving a state does not write them again."""

    __tablename__ = "finished_messages"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)

    message: Mapped[Message] = relationship()


class SentNote(Model):
    """That a server took a message, until it is carried over to the message itself (outbox/journal.py)."""

    __tablename__ = "sent_notes"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(Moment)
    words: Mapped[str] = mapped_column(sa.Text)


class MessageStep(Model):
    """A move of a message that its own columns do not tell: a refusal, a pause, a bounce, who did it."""

    __tablename__ = "message_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    state: Mapped[MessageState] = choice(MessageState)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    """The server's words, or why."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))


class Circuit(Model):
    """The one row about refusals of ourselves: how many in a row, and since when sending stands still."""

    __tablename__ = "mail_circuit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    refused: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    """Messages of the present run of refusals, oldest first."""
    words: Mapped[str] = mapped_column(sa.Text, default="")
    """What the server said last."""
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)


class MailTotal(Model):
    """How many messages ever came to a state by delivery, for monitoring; never goes down."""

    __tablename__ = "mail_totals"

    state: Mapped[MessageState] = choice(MessageState, primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class Heartbeat(Model):
    """The last sign of life of the clockwork, one row a process."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
