"""Tables of what comes back by mail."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, choice
from app.invitations.models import Invitation
from app.network.models import Network, Person
from app.outbox.models import Message


class Shape(StrEnum):
    """What kind of mail it is, by its form (inbox/sorting.py)."""

    CALENDAR = "calendar"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    RECEIPT = "receipt"
    AUTO_REPLY = "auto_reply"
    UNSUBSCRIBE = "unsubscribe"
    PROBE = "probe"
    HUMAN = "human"
    UNREADABLE = "unreadable"


class Outcome(StrEnum):
    """What became of it. NEW is stored and not looked at yet, so that a crash loses nothing."""

    NEW = "new"
    HANDLED = "handled"
    REVIEW = "review"
    SETTLED = "settled"


class IncomingMail(Model):
    """A mail from the inbox, kept before anything is done with it.

    `content` is the raw mail up to a limit (inbox/reading.py), attachments left out beyond it;
    it goes when the mail is settled for a while.
    """

    __tablename__ = "incoming_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(sa.String(200))
    uid_validity: Mapped[int] = mapped_column(sa.BigInteger)
    uid: Mapped[int] = mapped_column(sa.BigInteger)
    """With the two above the name of the mail on the server (RFC 3501 section 2.3.1.1)."""
    message_id: Mapped[str] = mapped_column(sa.String(300), default="", index=True)
    sender: Mapped[str] = mapped_column(sa.String(254), default="")
    subject: Mapped[str] = mapped_column(sa.String(300), default="")
    received_at: Mapped[datetime] = mapped_column(Moment)
    shape: Mapped[Shape | None] = choice(Shape)
    outcome: Mapped[Outcome] = choice(Outcome, default=Outcome.NEW)
    reason: Mapped[str] = mapped_column(sa.String(60), default="")
    """Why it is to be reviewed, or what was done; a key of labels.incoming_reason."""
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    """Our message that it answers or reports on."""
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"), index=True)
    """The participation that an answer from a calendar is about."""
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    filed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was moved to a folder of the mailbox."""
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)

    network: Mapped[Network | None] = relationship()
    person: Mapped[Person | None] = relationship()
    about: Mapped[Message | None] = relationship()
    invitation: Mapped[Invitation | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("folder", "uid_validity", "uid"),
        sa.Index("ix_incoming_mails_outcome", "outcome", "network_id"),
        sa.CheckConstraint("outcome = 'new' OR shape IS NOT NULL", name="sorted"),
    )


class BounceKind(StrEnum):
    """HARD is about the address, SOFT passes, POLICY is about us, DELAYED is only news."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    DELAYED = "delayed"


class Bounce(Model):
    """What a mail server reported on one of our messages."""

    __tablename__ = "bounces"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("incoming_mails.id", ondelete="SET NULL"), unique=True)
    address: Mapped[str] = mapped_column(sa.String(254), index=True)
    """Lower case."""
    kind: Mapped[BounceKind] = choice(BounceKind)
    status: Mapped[str] = mapped_column(sa.String(12))
    """Enhanced status code (RFC 3463), such as 5.1.1."""
    words: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)


class InboxStatus(Model):
    """The one row about the mailbox itself: how far it was read, by whom now, and whether it answers."""

    __tablename__ = "inbox_status"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    uid_validity: Mapped[int | None] = mapped_column(sa.BigInteger)
    last_uid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was last read to the end."""
    trouble: Mapped[str] = mapped_column(sa.Text, default="")
    trouble_since: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[str | None] = mapped_column(sa.String(60))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)
