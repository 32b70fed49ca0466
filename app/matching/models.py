"""Tables of matching: a round, who was asked and said what, and the groups that were made of them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, db, enum_column
from app.events.models import Event
from app.matching.kinds import Regions, Reply, RoundKind, Side
from app.network.audiences.models import Audience
from app.network.models import Network
from app.network.people.models import Person
from app.polls.models import Poll


class MatchRound(Model):
    """People are asked whether they want to meet somebody, and are divided in groups or pairs once.

    It is a draft, then open (until `closes_at`), then closed, and sent once everybody heard with whom they are.
    """

    __tablename__ = "match_rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RoundKind] = enum_column(RoundKind)
    title: Mapped[str] = mapped_column(sa.String(150))
    explanation: Mapped[str] = mapped_column(sa.Text, default="")
    everybody: Mapped[bool] = mapped_column(default=True)
    """Whether all members are asked; else the audience, and nobody when that was removed."""
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audiences.id", ondelete="SET NULL"), index=True)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    """From this moment on nobody says yes or changes what they said."""
    smallest: Mapped[int]
    largest: Mapped[int]
    """How many people a group has, from and to; 2 and 2 for pairs."""
    trio: Mapped[bool] = mapped_column(default=False)
    apart_organisations: Mapped[bool] = mapped_column(default=True)
    apart_hierarchy: Mapped[bool] = mapped_column(default=True)
    regions: Mapped[Regions] = enum_column(Regions, default=Regions.ANY)
    mix_sizes: Mapped[bool] = mapped_column(default=False)
    no_repeats: Mapped[int] = mapped_column(default=0)
    """In how many earlier rounds people must not have met."""
    facilitator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when everybody was asked; the clockwork does that."""
    wanted_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when an organiser waits for a proposal of the clockwork."""
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    rated_from: Mapped[datetime | None] = mapped_column(Moment)
    """Since when people are asked what it brought."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    network: Mapped[Network] = relationship()
    audience: Mapped[Audience | None] = relationship()
    proposal: Mapped["MatchProposal | None"] = relationship(back_populates="round")

    __table_args__ = (
        sa.CheckConstraint("smallest BETWEEN 2 AND largest", name="sizes"),
        sa.CheckConstraint("largest <= 20", name="largest"),
        sa.CheckConstraint("no_repeats BETWEEN 0 AND 10", name="no_repeats"),
        sa.CheckConstraint("opened_at IS NOT NULL OR sent_at IS NULL", name="sent"),
    )

    @property
    def in_pairs(self) -> bool:
        return self.largest == 2

    @property
    def open(self) -> bool:
        """Whether people can say yes or no, and change that."""
        return self.opened_at is not None and self.ended_at is None and clock.now() < self.closes_at

    @property
    def closed(self) -> bool:
        """Whether it is time for a proposal, or to change one."""
        return self.opened_at is not None and self.ended_at is None and clock.now() >= self.closes_at


class MatchEnrolment(Model):
    """Somebody who was asked in a round, by a link of their own, and what they said."""

    __tablename__ = "match_enrolments"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("match_rounds.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    answer: Mapped[Reply | None] = enum_column(Reply)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    offers: Mapped[str] = mapped_column(sa.String(300), default="")
    seeks: Mapped[str] = mapped_column(sa.String(300), default="")
    """In their own words, for whom they are with."""
    dayparts: Mapped[int] = mapped_column(default=0)
    """When they can, one bit for each Daypart, the first the lowest."""
    facilitates: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    round: Mapped[MatchRound] = relationship()
    person: Mapped[Person] = relationship()
    seat: Mapped["MatchSeat | None"] = relationship(back_populates="enrolment", passive_deletes=True)

    __table_args__ = (
        sa.UniqueConstraint("round_id", "person_id"),
        sa.CheckConstraint("dayparts BETWEEN 0 AND 1023", name="dayparts"),
    )


match_topics: sa.Table = sa.Table(
    "match_topics",
    db.metadata,
    sa.Column("enrolment_id", ForeignKey("match_enrolments.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column(
        "side",
        sa.Enum(
            Side,
            native_enum=False,
            create_constraint=True,
            name="side",
            length=32,
            values_callable=lambda members: [member.value for member in members],
        ),
        primary_key=True,
    ),
)
"""Which themes somebody knows about, and which they look for."""


class MatchApart(Model):
    """Two people whom an organiser keeps out of one group: one works for the other, or they know each other too well."""

    __tablename__ = "match_aparts"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("match_rounds.id", ondelete="CASCADE"))
    first_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)

    first: Mapped[Person] = relationship(foreign_keys=first_id)
    second: Mapped[Person] = relationship(foreign_keys=second_id)

    __table_args__ = (sa.UniqueConstraint("round_id", "first_id", "second_id"),)


class MatchProposal(Model):
    """How a round was divided, and with what, so that the same can be made again; organisers may have moved people since."""

    __tablename__ = "match_proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("match_rounds.id", ondelete="CASCADE"), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    seed: Mapped[str] = mapped_column(sa.String(32))
    steps: Mapped[int]
    library: Mapped[str] = mapped_column(sa.String(60))
    """Name and version of what it was made with."""
    input_hash: Mapped[str] = mapped_column(sa.String(64))
    obstacles: Mapped[list[dict[str, object]]] = mapped_column(sa.JSON, default=list)
    """Why not all rules could hold (matching/obstacles.py)."""

    round: Mapped[MatchRound] = relationship(back_populates="proposal")
    groups: Mapped[list["MatchGroup"]] = relationship(
        back_populates="proposal", order_by="MatchGroup.number", cascade="all, delete-orphan", passive_deletes=True
    )


class MatchGroup(Model):
    """Who meet, two or more; `poll_id` is how they choose their first day."""

    __tablename__ = "match_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("match_proposals.id", ondelete="CASCADE"))
    number: Mapped[int]
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("polls.id", ondelete="SET NULL"), index=True)

    proposal: Mapped[MatchProposal] = relationship(back_populates="groups")
    poll: Mapped[Poll | None] = relationship()
    seats: Mapped[list["MatchSeat"]] = relationship(
        back_populates="group", order_by="MatchSeat.id", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (sa.UniqueConstraint("proposal_id", "number"),)


class MatchMeeting(Model):
    """A session of a group: the one that its date poll led to, or one that follows."""

    __tablename__ = "match_meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("match_groups.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), unique=True)

    group: Mapped[MatchGroup] = relationship()
    event: Mapped[Event] = relationship()


class MatchSeat(Model):
    """Somebody's place in a group, what they said to it, and afterwards of it."""

    __tablename__ = "match_seats"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("match_groups.id", ondelete="CASCADE"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("match_enrolments.id", ondelete="CASCADE"), unique=True)
    answer: Mapped[Reply | None] = enum_column(Reply)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they stopped, which needs no reason."""
    absent_at: Mapped[datetime | None] = mapped_column(Moment)
    """When an organiser noted that they did not turn up."""
    useful: Mapped[bool | None]
    again: Mapped[bool | None]
    """Whether it brought something, and whether they would do it once more."""
    rated_at: Mapped[datetime | None] = mapped_column(Moment)

    group: Mapped[MatchGroup] = relationship(back_populates="seats")
    enrolment: Mapped[MatchEnrolment] = relationship(back_populates="seat")

    @property
    def active(self) -> bool:
        """Whether they are in the group still."""
        return self.left_at is None and self.answer != Reply.NO
