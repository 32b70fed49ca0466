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
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    RETRYING = "retrying"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    HELD = "held"
    BUNDLED = "bundled"


class Priority(int):
    """Lower leaves first."""

    OWN_ACTION = 1
    CHANGE = 3
    MAILING = 5


class Message(db.Model):
    """One mail in the outbox.

    A planned message has no body yet: its kind's composer writes it just before it is due
    (outbox/composing.py). From then on `body` holds the finished bytes that are sent, and
    sent again unchanged on a retry. `key` makes planning twice harmless.
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
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id"), index=True)
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
        sa.Index("ix_messages_counts", "due_at", "person_id", sqlite_where=sa.text("counts"), postgresql_where=sa.text("counts")),
        sa.CheckConstraint("state IN ('planned', 'suppressed', 'failed', 'held', 'bundled') OR message_id IS NOT NULL", name="finished"),
    )  # fmt: skip


class Heartbeat(db.Model):
    """The last sign of life of the clockwork, one row a process."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
