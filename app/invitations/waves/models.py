"""The table of waves."""

from datetime import datetime, time

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column, listed
from app.events.models import Event
from app.network.audiences.models import Audience
from app.outbox.kinds import MessageKind
from app.words import Worded


class WaveKind(Worded):
    """Kinds of mail that go out in waves."""

    SAVE_THE_DATE = "save_the_date", MessageKind.SAVE_THE_DATE.words
    INVITATION = "invitation", MessageKind.INVITATION.words
    REMINDER = "reminder", MessageKind.REMINDER.words
    LAST_PLACES = "last_places", MessageKind.LAST_PLACES.words
    LAST_INFORMATION = "last_information", MessageKind.LAST_INFORMATION.words
    THANK_YOU = "thank_you", MessageKind.THANK_YOU.words
    OWN_LETTER = "own_letter", MessageKind.OWN_LETTER.words
    OWN_MAILING = "own_mailing", MessageKind.OWN_MAILING.words

    @property
    def mail(self) -> MessageKind:
        """The kind of its mails."""
        return MessageKind[self.name]


class LetterTo(Worded):
    """Who gets a letter of which an organiser writes every word."""

    COMING = "coming", _l("Wie komt")
    WAITING = "waiting", _l("Wie op de wachtlijst staat")
    WAS_THERE = "was_there", _l("Wie er was")
    DECLINED = "declined", _l("Wie niet komt")
    AUDIENCE = "audience", _l("Een doelgroep")

    @property
    def kind(self) -> WaveKind:
        """About an own place it always goes; to others it is a mailing, of which there is never too much."""
        return WaveKind.OWN_MAILING if self in {LetterTo.DECLINED, LetterTo.AUDIENCE} else WaveKind.OWN_LETTER


class WaveState(Worded):
    """A wave that goes out in parts is GOING between them; AWAITING waits for a second organiser."""

    DRAFT = "draft", _l("Concept")
    AWAITING = "awaiting", _l("Wacht op tweede organisator"), "amber"
    PLANNED = "planned", _l("Staat klaar"), "accent"
    GOING = "going", _l("Onderweg"), "accent"
    PAUSED = "paused", _l("Op pauze"), "amber"
    DONE = "done", _l("Verstuurd"), "green"
    CANCELLED = "cancelled", _l("Vervallen")


class WaveFile(Model):
    """A file that travels along with the mails of a wave."""

    __tablename__ = "wave_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    size: Mapped[int]
    """Bytes of it."""


class Wave(Model):
    """One dated mailing: at a moment, or a number of days before the event at an hour of its zone.

    A negative number of days is after the event. `due_at` follows from those; of a wave that
    is going it is when the next part leaves: the rest of the audience some days after
    `first_audience`, or who is next when somebody of the `at_a_time` people declined.
    """

    __tablename__ = "waves"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    kind: Mapped[WaveKind] = enum_column(WaveKind)
    state: Mapped[WaveState] = enum_column(WaveState, default=WaveState.DRAFT)
    before_cancelling: Mapped[WaveState | None] = listed(WaveState, 32)
    """Its state when its event was cancelled, which it gets back when that is revived."""
    letter_to: Mapped[LetterTo | None] = listed(LetterTo, 32)
    """Of a letter in an organiser's own words: who gets it."""
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audiences.id"))
    at: Mapped[datetime | None] = mapped_column(Moment)
    days_before: Mapped[int | None]
    hour: Mapped[time | None]
    due_at: Mapped[datetime] = mapped_column(Moment)
    first_audience_id: Mapped[int | None] = mapped_column(ForeignKey("audiences.id"))
    """Who goes first; the rest of the audience follows."""
    rest_after: Mapped[int | None]
    """Days after which the rest follows."""
    at_a_time: Mapped[int | None]
    """How many people may be invited who have not declined; the next follow as others decline."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """Who asked a second organiser to release this wave."""
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """The second organiser who did."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ran_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its first part had been planned: a wave that is going without it is being planned, some people at a time."""

    event: Mapped[Event] = relationship()
    audience: Mapped[Audience | None] = relationship(foreign_keys=audience_id)
    first_audience: Mapped[Audience | None] = relationship(foreign_keys=first_audience_id)

    __table_args__ = (
        sa.CheckConstraint("(at IS NULL) <> (days_before IS NULL)", name="moment"),
        sa.CheckConstraint("(days_before IS NULL) = (hour IS NULL)", name="relative"),
        sa.CheckConstraint("(first_audience_id IS NULL) = (rest_after IS NULL)", name="rest"),
        sa.CheckConstraint("first_audience_id IS NULL OR at_a_time IS NULL", name="parts"),
        sa.CheckConstraint("rest_after > 0 AND at_a_time > 0", name="part_sizes"),
        sa.CheckConstraint("released_by_id <> asked_by_id", name="four_eyes"),
        sa.CheckConstraint("(letter_to IS NOT NULL) = (kind IN ('own_letter', 'own_mailing'))", name="letter_to"),
        sa.Index("ix_waves_due", "state", "due_at"),
    )
