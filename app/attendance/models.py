"""The tables that record who was there: what holds, and the taps at the doors that it follows from."""

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
    role_code: Mapped[str | None] = mapped_column(ForeignKey("roles.code"), index=True)
    """As what they worked there that day, where that was known."""
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


class AttendanceClosing(Model):
    """Who was there at an event is settled: nobody is checked in or out any more until somebody opens it again."""

    __tablename__ = "attendance_closings"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    mails_letters: Mapped[bool] = mapped_column(default=False)
    """Whether whoever was there is mailed the letter of attendance; else they make it on their own page."""
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When all of those letters were on their way."""

    account: Mapped[Account | None] = relationship()


class Tap(Model):
    """What somebody at a door said of a person on a day: there, or not. Rows are only ever added.

    `seen` are the taps that whoever tapped knew of and answers; what nobody answered yet holds (`taps.py`).
    """

    __tablename__ = "taps"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    """32 hexadecimal digits, drawn where the tap was made: sent again it is still the same tap."""
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), index=True)
    day: Mapped[date]
    present: Mapped[bool]
    mode: Mapped[Mode] = enum_column(Mode)
    seen: Mapped[list[str]] = mapped_column(sa.JSON)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """The organiser who tapped; nobody when the participant joined online."""
    tapped_at: Mapped[datetime] = mapped_column(Moment)
    """By the clock of the phone, set to ours when it was last in touch."""
    received_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    invitation: Mapped[Invitation] = relationship()
    account: Mapped[Account | None] = relationship()

    __table_args__ = (sa.Index("ix_taps_event_id_day_received_at", "event_id", "day", "received_at"),)


class WalkInProposal(Model):
    """Somebody who was not on the list of a phone: an organiser says who it is, and then the name here goes."""

    __tablename__ = "walk_in_proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(sa.String(120))
    organisation: Mapped[str] = mapped_column(sa.String(120))
    mode: Mapped[Mode] = enum_column(Mode)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    tapped_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
