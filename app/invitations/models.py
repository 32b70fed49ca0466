"""Tables of waves and invitations."""

from datetime import datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Moment, choice, db
from app.events.models import Event, Mode
from app.network.models import Audience, EmailAddress, Organisation, Person


class WaveKind(StrEnum):
    SAVE_THE_DATE = "save_the_date"
    INVITATION = "invitation"
    REMINDER = "reminder"
    LAST_INFORMATION = "last_information"


class WaveState(StrEnum):
    DRAFT = "draft"
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Wave(db.Model):
    """One dated mailing: at a moment, or a number of days before the event at an hour of its zone.

    `due_at` follows from those and is None only while a draft has no moment. Empty texts
    mean: as in mail_templates/.
    """

    __tablename__ = "waves"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    kind: Mapped[WaveKind] = choice(WaveKind)
    state: Mapped[WaveState] = choice(WaveState, default=WaveState.DRAFT)
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audiences.id"))
    at: Mapped[datetime | None] = mapped_column(Moment)
    days_before: Mapped[int | None]
    hour: Mapped[time | None]
    due_at: Mapped[datetime] = mapped_column(Moment)
    texts: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    """The organiser's own letters by language, in the form of mail_templates/."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ran_at: Mapped[datetime | None] = mapped_column(Moment)

    event: Mapped[Event] = relationship()
    audience: Mapped[Audience | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("(at IS NULL) <> (days_before IS NULL)", name="moment"),
        sa.CheckConstraint("(days_before IS NULL) = (hour IS NULL)", name="relative"),
        sa.Index("ix_waves_due", "state", "due_at"),
    )


class Origin(StrEnum):
    """How an invitation came about."""

    WAVE = "wave"
    ORGANISER = "organiser"
    SUBSTITUTE = "substitute"
    REQUEST = "request"
    WALK_IN = "walk_in"
    NAMED = "named"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    SUBSTITUTE = "substitute"


class CalendarStatus(StrEnum):
    """What the last calendar mail told this person's calendar (STATUS, RFC 5545 section 3.8.1.11)."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Allotment(db.Model):
    """Seats that an organisation has at an event; its contact person names who comes.

    They are kept free until `until`; afterwards they are for everybody.
    """

    __tablename__ = "allotments"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    seats: Mapped[int]
    until: Mapped[datetime] = mapped_column(Moment)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    token_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation] = relationship()
    contact: Mapped[Person | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("event_id", "organisation_id"),
        sa.CheckConstraint("seats > 0", name="seats"),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name="token_version"),
    )


class Invitation(db.Model):
    """Person × event; carries the personal link, the answer and what their calendar was sent.

    `calendar_*` keep the last SEQUENCE, DTSTAMP and content sent to this person, since these
    must rise per participation (RFC 5546 section 2.1.5).
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    address_id: Mapped[int | None] = mapped_column(ForeignKey("email_addresses.id"))
    """The address that was invited: the one ATTENDEE. Who walked in may have none and gets no mail."""
    origin: Mapped[Origin] = choice(Origin)
    substitute_for_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    allotment_id: Mapped[int | None] = mapped_column(ForeignKey("allotments.id", ondelete="SET NULL"), index=True)
    """The seats of an organisation for which its contact person named this person."""
    token_version: Mapped[int] = mapped_column(default=1)
    answer: Mapped[Answer | None] = choice(Answer)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    calendar_sequence: Mapped[int | None]
    calendar_stamp: Mapped[datetime | None] = mapped_column(Moment)
    calendar_status: Mapped[CalendarStatus | None] = choice(CalendarStatus)
    calendar_mode: Mapped[Mode | None] = choice(Mode)

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()
    address: Mapped[EmailAddress | None] = relationship()
    substitute_for: Mapped["Invitation | None"] = relationship(remote_side=[id])

    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name="token_version"),
    )


class FormerInvitation(db.Model):
    """The number of an invitation that went up in another one; the links that were mailed for it go on working."""

    __tablename__ = "former_invitations"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), index=True)


class Step(StrEnum):
    """What can happen to an invitation."""

    REGISTERED = "registered"
    WAITING = "waiting"
    PROMOTED = "promoted"
    CHANGED_MODE = "changed_mode"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    SUBSTITUTE_ASKED = "substitute_asked"
    SUBSTITUTE_CAME = "substitute_came"
    SUBSTITUTE_DECLINED = "substitute_declined"
    WALKED_IN = "walked_in"


class HistoryEntry(db.Model):
    """One step in the life of an invitation; without an account it was the person or the system itself."""

    __tablename__ = "invitation_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    step: Mapped[Step] = choice(Step)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
