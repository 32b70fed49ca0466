"""Tables of date polls."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock, wording
from app.database import Model, Moment, enum_column
from app.events.models import Event
from app.network.models import Network
from app.network.people.models import EmailAddress, Person
from app.words import Worded


class PollState(Worded):
    OPEN = "open", _l("Loopt"), "accent"
    CHOSEN = "chosen", _l("Gekozen"), "green"
    STOPPED = "stopped", _l("Gestopt")


class Vote(Worded):
    YES = "yes", _l("Ja"), "green"
    IF_NEED_BE = "if_need_be", _l("Als het moet"), "amber"
    NO = "no", _l("Nee"), "red"


class Poll(Model):
    """Which date suits a small group; choosing one makes an event, or moves the one that it is about."""

    __tablename__ = "polls"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"), index=True)
    """The event that it moves, or that came of it."""
    title: Mapped[str] = mapped_column(sa.String(150))
    explanation: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[PollState] = enum_column(PollState, default=PollState.OPEN)
    holds: Mapped[bool] = mapped_column(default=True)
    """Whether a date that suits somebody is kept free in their calendar until one is chosen."""
    confidential: Mapped[bool] = mapped_column(default=False)
    """Whether the event that comes of it is."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
    event: Mapped[Event | None] = relationship()
    dates: Mapped[list["PollDate"]] = relationship(
        back_populates="poll", cascade="all, delete-orphan", order_by="PollDate.starts_at"
    )
    voters: Mapped[list["Voter"]] = relationship(
        back_populates="poll", cascade="all, delete-orphan", order_by="Voter.id"
    )


class PollDate(Model):
    """One of the dates to choose from."""

    __tablename__ = "poll_dates"

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    chosen: Mapped[bool] = mapped_column(default=False)

    poll: Mapped[Poll] = relationship(back_populates="dates")

    @property
    def words(self) -> str:
        """'do 10 december 2026, 13.00–16.00 uur'."""
        return f"{wording.format_day(self.starts_at)}, {wording.format_hours(self.starts_at, self.ends_at)}"

    __table_args__ = (
        sa.UniqueConstraint("poll_id", "starts_at"),
        sa.CheckConstraint("starts_at < ends_at", name="order"),
        sa.Index(
            "uq_poll_dates_chosen",
            "poll_id",
            unique=True,
            sqlite_where=sa.text("chosen"),
            postgresql_where=sa.text("chosen"),
        ),
    )


class Voter(Model):
    """Somebody who was asked which dates suit them; answers by a personal link."""

    __tablename__ = "voters"

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address_id: Mapped[int | None] = mapped_column(ForeignKey("email_addresses.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they were asked again last."""
    remark: Mapped[str] = mapped_column(sa.String(500), default="")

    poll: Mapped[Poll] = relationship(back_populates="voters")
    person: Mapped[Person] = relationship()
    address: Mapped[EmailAddress | None] = relationship()
    votes: Mapped[list["PollVote"]] = relationship(
        back_populates="voter", cascade="all, delete-orphan", order_by="PollVote.date_id"
    )

    __table_args__ = (sa.UniqueConstraint("poll_id", "person_id"),)


class PollVote(Model):
    """What one date is for one person, and what their calendar was told of it.

    `hold_*` keep the last SEQUENCE and DTSTAMP sent, as for a participation (RFC 5546 section 2.1.5).
    """

    __tablename__ = "poll_votes"

    id: Mapped[int] = mapped_column(primary_key=True)
    voter_id: Mapped[int] = mapped_column(ForeignKey("voters.id", ondelete="CASCADE"))
    date_id: Mapped[int] = mapped_column(ForeignKey("poll_dates.id", ondelete="CASCADE"), index=True)
    vote: Mapped[Vote] = enum_column(Vote)
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was said: on the page, or DTSTAMP of the calendar program that said it; unknown of votes of before."""
    given_sequence: Mapped[int | None]
    """SEQUENCE of the calendar program; None when it was said on the page."""
    held: Mapped[bool] = mapped_column(default=False)
    """Whether the date stands in their calendar now."""
    hold_sequence: Mapped[int | None]
    hold_stamp: Mapped[datetime | None] = mapped_column(Moment)

    voter: Mapped[Voter] = relationship(back_populates="votes")
    date: Mapped[PollDate] = relationship()

    __table_args__ = (sa.UniqueConstraint("voter_id", "date_id"),)
