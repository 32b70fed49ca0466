"""Tables of what keeps the installation well: alarms, and tests of mail out and back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment
from app.outbox.models import Message


class Alarm(Model):
    """Something that is not well, from when until when; administrators are mailed once."""

    __tablename__ = "alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    """Name of the finding (upkeep/health.py)."""
    detail: Mapped[str] = mapped_column(sa.Text)
    advice: Mapped[str] = mapped_column(sa.Text, default="")
    raised_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        sa.Index(
            "uq_alarms_name",
            "name",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )


class MailTest(Model):
    """A test of the way out and back: messages to the own inbox, calendar mails among them, and one to an address that does not exist."""

    __tablename__ = "mail_tests"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    reply_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    bounce_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    reply_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    bounce_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    dkim_domain: Mapped[str | None] = mapped_column(sa.String(254))
    """Domain that signed the message to our own mailbox, as it arrived there."""
    clock_difference: Mapped[int | None]
    """Seconds that the mail server's clock is ahead of ours, by its Received line."""
    calendars: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    """METHODs of the calendar mails that arrived as a calendar, with spaces between them."""

    reply: Mapped[Message] = relationship(foreign_keys=reply_id)
    bounce: Mapped[Message] = relationship(foreign_keys=bounce_id)
