"""The table that records who was there."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.database import Model, Moment, enum_column
from app.events.models import Mode
from app.invitations.models import Invitation
from app.network.organisations.models import Organisation


class Entry(StrEnum):
    """How somebody came to be counted."""

    LIST = "list"
    CODE = "code"
    WALK_IN = "walk_in"
    JOINED = "joined"


class Attendance(Model):
    """Person × day of an event: was there. Undoing a check-in deletes the row.

    Who has a row for any of its days was at the event; an event of one day has that day alone.
    `organisation_id` is where the person worked that day, whatever they do later.
    """

    __tablename__ = "attendances"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"))
    day: Mapped[date]
    """By the calendar in the zone of the event: one of event_days.dates_of_event()."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    mode: Mapped[Mode] = enum_column(Mode)
    entry: Mapped[Entry] = enum_column(Entry)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """The organiser who checked in; nobody when the participant joined online."""
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    invitation: Mapped[Invitation] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    account: Mapped[Account | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("invitation_id", "day"),
        sa.Index("ix_attendances_event_id_day_mode", "event_id", "day", "mode"),
    )
