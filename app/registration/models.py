"""Tables of registrations and the answers to an event's questions."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.events.models import Event, Mode, Preset, Question
from app.invitations.models import Answer, Invitation
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.words import Worded


class Allotment(Model):
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


class RegistrationState(Worded):
    CONFIRMED = "confirmed", _l("Aangemeld")
    WAITING = "waiting", _l("Wachtlijst")
    CANCELLED = "cancelled", _l("Afgemeld")


class Registration(Model):
    """Person × event: has a seat, waits in line or has given it up.

    `waiting_number` is the order of arrival on the event's waiting list: handed out once,
    rising; one's place in line is the count of lower numbers still waiting.
    """

    __tablename__ = "registrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    """Where the person worked when registering; its seats are counted by it."""
    state: Mapped[RegistrationState] = enum_column(RegistrationState)
    mode: Mapped[Mode] = enum_column(Mode)
    waiting_number: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)

    invitation: Mapped[Invitation] = relationship()
    answers: Mapped[list["QuestionAnswer"]] = relationship(back_populates="registration", cascade="all, delete-orphan")

    __table_args__ = (
        sa.Index("ix_registrations_seats", "event_id", "state", "mode"),
        sa.Index("ix_registrations_organisation_id", "organisation_id", "event_id"),
        sa.UniqueConstraint("event_id", "waiting_number"),
        sa.CheckConstraint("(state = 'waiting') = (waiting_number IS NOT NULL)", name="waiting"),
    )


class CalendarAnswer(Worded):
    """PARTSTAT of an answer from a calendar (RFC 5545 section 3.2.12)."""

    ACCEPTED = "accepted", _l("Ja")
    TENTATIVE = "tentative", _l("Misschien")
    DECLINED = "declined", _l("Nee")


class CalendarReply(Model):
    """An answer from somebody's calendar, with what held before it so that it can be undone.

    DTSTAMP orders the answers of one participation; SEQUENCE tells which date was answered.
    """

    __tablename__ = "calendar_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    stamp: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[CalendarAnswer] = enum_column(CalendarAnswer)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it became the person's answer; equal to answered_at of the invitation until there is a later one."""
    before_answer: Mapped[Answer | None] = enum_column(Answer)
    before_mode: Mapped[Mode | None] = enum_column(Mode)
    """The mode in which they took part or waited before."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    __table_args__ = (sa.UniqueConstraint("invitation_id", "sequence", "stamp", "answer"),)


class SubstituteWish(Model):
    """Somebody who answered an invitation that was another's, and may ask to come in their place."""

    __tablename__ = "substitute_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they pressed the button, and the invited person was asked."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    invitation: Mapped[Invitation] = relationship()

    __table_args__ = (sa.UniqueConstraint("invitation_id", "address"),)


class QuestionAnswer(Model):
    """What somebody answered to a question of the event."""

    __tablename__ = "question_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), index=True)
    value: Mapped[str] = mapped_column(sa.Text)

    question: Mapped[Question] = relationship()
    registration: Mapped[Registration] = relationship(back_populates="answers")

    __table_args__ = (sa.UniqueConstraint("registration_id", "question_id"),)


class RememberedAnswer(Model):
    """The answer to a ready-made question that a person let us keep for the next time."""

    __tablename__ = "remembered_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    preset: Mapped[Preset] = enum_column(Preset)
    value: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("person_id", "preset"),)


class NeedListMail(Model):
    """To whom the kitchen list or access list of a session was mailed last.

    `counts` has how many people gave each answer, by a digest of the answer (registration/need_lists.py).
    """

    __tablename__ = "need_list_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    preset: Mapped[Preset] = enum_column(Preset)
    address: Mapped[str] = mapped_column(sa.String(254))
    sent_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)

    __table_args__ = (sa.UniqueConstraint("event_id", "preset"),)


class LinkRequest(Model):
    """Somebody without an invitation asked on a public page for one; handled and deleted by the clockwork."""

    __tablename__ = "link_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    through: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether they said that the mailbox is shared, or somebody else's."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    event: Mapped[Event] = relationship()
