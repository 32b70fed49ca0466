"""Tables of what people chose in rounds of the programme, of their wishes, and of how places were divided."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment
from app.events.models import Event, Round, Slot
from app.registration.models import Registration

_HELD, _IN_LINE = sa.text("waiting_number IS NULL"), sa.text("waiting_number IS NOT NULL")


class Choice(Model):
    """Registration × round: the slot in which somebody has a place, and beside it the one for which they wait.

    A slot that takes several rounds has a row for each, with the same number. One that is cancelled keeps its rows, so
    that those people can be told and choose again; a place in it counts for nothing.
    """

    __tablename__ = "slot_choices"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id", ondelete="CASCADE"))
    waiting_number: Mapped[int | None]
    """Order of arrival in the line of the slot; None for a place."""
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    registration: Mapped[Registration] = relationship()
    round: Mapped[Round] = relationship()
    slot: Mapped[Slot] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_slot_choices_held",
            "registration_id",
            "round_id",
            unique=True,
            postgresql_where=_HELD,
            sqlite_where=_HELD,
        ),
        sa.Index(
            "uq_slot_choices_line",
            "registration_id",
            "round_id",
            unique=True,
            postgresql_where=_IN_LINE,
            sqlite_where=_IN_LINE,
        ),
        sa.UniqueConstraint("slot_id", "round_id", "waiting_number"),
    )


class Wish(Model):
    """What somebody wishes most (rank 1) or next in a round, before its places are divided."""

    __tablename__ = "slot_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int]
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id", ondelete="CASCADE"), index=True)

    __table_args__ = (
        sa.UniqueConstraint("registration_id", "round_id", "rank"),
        sa.UniqueConstraint("registration_id", "round_id", "slot_id"),
        sa.CheckConstraint("rank IN (1, 2)", name="rank"),
    )


class Division(Model):
    """That the places of rounds were divided: with this seed and input the same comes out."""

    __tablename__ = "divisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    seed: Mapped[str] = mapped_column(sa.String(32))
    rule: Mapped[str] = mapped_column(sa.String(20))
    """By which rule, since that may change."""
    input_hash: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of wishes, people and places as they were."""
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    event: Mapped[Event] = relationship()
