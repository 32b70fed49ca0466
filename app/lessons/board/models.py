"""Tables of the board in the room and its cards."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.events.models import Event


class Board(Model):
    """Where the lessons of an event are caught while people talk; `code` is its short address."""

    __tablename__ = "boards"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    question: Mapped[str] = mapped_column(sa.String(200))
    open: Mapped[bool] = mapped_column(default=True)
    named: Mapped[bool] = mapped_column(default=False)
    """Whether a card may carry the name of who wrote it."""
    moderated: Mapped[bool] = mapped_column(default=False)
    """Whether a card is looked at before everybody in the room sees it."""

    event: Mapped[Event] = relationship()


class CardState(StrEnum):
    NEW = "new"
    SHOWN = "shown"
    HIDDEN = "hidden"


class Card(Model):
    """One thought, caught in the room by a participant or a note taker."""

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    insight_id: Mapped[int | None] = mapped_column(ForeignKey("insights.id", ondelete="SET NULL"), index=True)
    """The heading that it was grouped under."""
    text: Mapped[str] = mapped_column(sa.Text)
    author: Mapped[str] = mapped_column(sa.String(80), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """The note taker; nobody for a participant."""
    state: Mapped[CardState] = enum_column(CardState, default=CardState.SHOWN)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    board: Mapped[Board] = relationship()

    __table_args__ = (sa.Index("ix_cards_board_id_state", "board_id", "state"),)
