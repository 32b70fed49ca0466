"""Tables of waves and invitations."""

from datetime import datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, choice
from app.events.models import Event, Mode
from app.network.models import Audience, EmailAddress, Language, Organisation, Person


class WaveKind(StrEnum):
    SAVE_THE_DATE = "save_the_date"
    INVITATION = "invitation"
    REMINDER = "reminder"
    LAST_PLACES = "last_places"
    LAST_INFORMATION = "last_information"
    THANK_YOU = "thank_you"


class WaveState(StrEnum):
    """A wave that goes out in parts is GOING between them; AWAITING waits for a second organiser."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    PLANNED = "planned"
    GOING = "going"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Wave(Model):
    """One dated mailing: at a moment, or a number of days before the event at an hour of its zone.

    A negative number of days is after the event. `due_at` follows from those; of a wave that
    is going it is when the next part leaves: the rest of the audience some days after
    `first_audience`, or who is next when somebody of the `at_a_time` people declined.
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
    """When its first part left."""

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
        sa.Index("ix_waves_due", "state", "due_at"),
    )


class LetterText(Model):
    """One version of an organiser's letter, of a network or of a single wave; the newest holds.

    An empty text goes back to what lies under it: of a wave to that of its network, of a
    network to mail_templates/.
    """

    __tablename__ = "letter_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    """Name of the letter in mail_templates/."""
    language: Mapped[Language] = choice(Language)
    text: Mapped[str] = mapped_column(sa.Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    __table_args__ = (sa.Index("ix_letter_texts_of_network", "network_id", "kind", "language"),)


class LetterImage(Model):
    """A picture that a network's letters may carry; small enough to travel inside every mail."""

    __tablename__ = "letter_images"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(40))
    """The field that puts it in a letter: afbeelding_<name>."""
    alt: Mapped[str] = mapped_column(sa.String(200))
    """What it shows, for who does not see it."""
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    """PNG or JPEG."""
    size: Mapped[int]
    """Bytes of it."""

    __table_args__ = (sa.UniqueConstraint("network_id", "name"), sa.CheckConstraint("alt <> ''", name="alt"))


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


class Invitation(Model):
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
    maybe_at: Mapped[datetime | None] = mapped_column(Moment)
    """When their calendar answered 'tentative'; until there is an answer they are asked again."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    calendar_sequence: Mapped[int | None]
    calendar_stamp: Mapped[datetime | None] = mapped_column(Moment)
    calendar_status: Mapped[CalendarStatus | None] = choice(CalendarStatus)
    calendar_mode: Mapped[Mode | None] = choice(Mode)

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()
    address: Mapped[EmailAddress | None] = relationship()
    substitute_for: Mapped["Invitation | None"] = relationship(remote_side=[id])

    @property
    def attendee(self) -> EmailAddress:
        """The address that was invited, for what is written to it; raises LookupError of who walked in without one."""
        if self.address is None:
            raise LookupError(f"invitation {self.id} has no address")
        return self.address

    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name="token_version"),
    )


class FormerInvitation(Model):
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
    MAYBE = "maybe"
    COMMENTED = "commented"
    PROPOSED_TIME = "proposed_time"
    FORWARDED = "forwarded"
    UNDONE = "undone"


class HistoryEntry(Model):
    """One step in the life of an invitation; without an account it was the person or the system itself."""

    __tablename__ = "invitation_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    step: Mapped[Step] = choice(Step)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    from_calendar: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Done from their calendar, not on the page."""
    by_address: Mapped[str] = mapped_column(sa.String(254), default="", server_default="")
    """Who answered for the person, such as a secretary, or whom the invitation was forwarded to."""
    words: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """What they wrote with it, or the time they proposed."""
