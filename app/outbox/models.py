"""The table of messages: one row is one mail to one address."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Moment, choice, db


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


CLAIMABLE = sa.text("state IN ('due', 'retrying')")
"""What a worker may take; as text, so that both databases see that the partial index fits."""
PACED = sa.text("paced")


class Message(db.Model):
    """One mail in the outbox.

    A planned message has no body yet: its kind's composer writes it just before it is due
    (outbox/composing.py). From then on `body` holds the finished bytes that are sent, and
    sent again unchanged on a retry. `key` makes planning twice harmless. What these columns
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
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    """The message that did not arrive and that this one repeats, to a corrected address."""
    paced: Mapped[bool] = mapped_column(default=True)
    counts: Mapped[bool] = mapped_column(default=False)
    """Whether it counts for how much mail a person gets a week: all that is not about an own registration."""
    details: Mapped[dict] = mapped_column(sa.JSON, default=dict)
    """What the composer of this kind has to know beside the rows it refers to."""

    recipient: Mapped[str] = mapped_column(sa.String(254))
    domain: Mapped[str] = mapped_column(sa.String(254))
    message_id: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    subject: Mapped[str] = mapped_column(sa.Text, default="")
    body: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)

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

    person = relationship("Person")
    event = relationship("Event")
    wave = relationship("Wave")

    __table_args__ = (
        sa.Index("ix_messages_due", "state", "priority", "due_at"),
        sa.Index("ix_messages_claimable", "priority", "due_at", "id", sqlite_where=CLAIMABLE, postgresql_where=CLAIMABLE),
        sa.Index("ix_messages_paced", "sent_at", "domain", sqlite_where=PACED, postgresql_where=PACED),
        sa.Index("ix_messages_sent", "sent_at"),
        sa.Index("ix_messages_of_wave", "wave_id", "state"),
        sa.Index("ix_messages_counts", "due_at", "person_id", sqlite_where=sa.text("counts"), postgresql_where=sa.text("counts")),
        sa.CheckConstraint("state NOT IN ('due', 'sending', 'sent', 'retrying', 'bounced') OR message_id IS NOT NULL", name="finished"),
    )  # fmt: skip


class MessageStep(db.Model):
    """A move of a message that its own columns do not tell: a refusal, a pause, a bounce, who did it."""

    __tablename__ = "message_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    state: Mapped[MessageState] = choice(MessageState)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    """The server's words, or why."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))


class Circuit(db.Model):
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


class MailTotal(db.Model):
    """How many messages ever came to a state by delivery, for monitoring; never goes down."""

    __tablename__ = "mail_totals"

    state: Mapped[MessageState] = choice(MessageState, primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class Heartbeat(db.Model):
    """The last sign of life of the clockwork, one row a process."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
