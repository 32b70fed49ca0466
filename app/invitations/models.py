"""Tables of waves and invitations."""

from datetime import datetime, time
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, choice
from app.events.models import Event, Mode
from app.network.models import Audience, EmailAddress, Language, Person
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

    @property
    def mail(self) -> MessageKind:
        """The kind of its mails."""
        return MessageKind(self.value)


class WaveState(Worded):
    """A wave that goes out in parts is GOING between them; AWAITING waits for a second organiser."""

    DRAFT = "draft", _l("Concept")
    AWAITING = "awaiting", _l("Wacht op tweede organisator"), "amber"
    PLANNED = "planned", _l("Staat klaar"), "accent"
    GOING = "going", _l("Onderweg"), "accent"
    PAUSED = "paused", _l("Op pauze"), "amber"
    DONE = "done", _l("Verstuurd"), "green"
    CANCELLED = "cancelled", _l("Vervallen")


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


class Origin(Worded):
    """How an invitation came about."""

    WAVE = "wave", _l("Uitnodigingsronde")
    ORGANISER = "organiser", _l("Door een organisator")
    SUBSTITUTE = "substitute", _l("Als vervanger")
    REQUEST = "request", _l("Zelf aangevraagd")
    WALK_IN = "walk_in", _l("Op de dag zelf gekomen")
    NAMED = "named", _l("Genoemd door de organisatie")


class Answer(Worded):
    YES = "yes", _l("Komt")
    NO = "no", _l("Komt niet")
    SUBSTITUTE = "substitute", _l("Vroeg een collega")


class CalendarStatus(StrEnum):
    """What the last calendar mail told this person's calendar (STATUS, RFC 5545 section 3.8.1.11)."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


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


class Step(Worded):
    """What can happen to an invitation."""

    REGISTERED = "registered", _l("Aangemeld")
    WAITING = "waiting", _l("Op de wachtlijst gekomen")
    PROMOTED = "promoted", _l("Van de wachtlijst gekomen")
    CHANGED_MODE = "changed_mode", _l("Anders meedoen")
    DECLINED = "declined", _l("Afgezegd")
    CANCELLED = "cancelled", _l("Afgemeld")
    SUBSTITUTE_ASKED = "substitute_asked", _l("Collega gevraagd")
    SUBSTITUTE_CAME = "substitute_came", _l("Plek overgedragen aan collega")
    SUBSTITUTE_DECLINED = "substitute_declined", _l("Collega kan niet")
    WALKED_IN = "walked_in", _l("Op de dag zelf gekomen")
    MAYBE = "maybe", _l("Misschien")
    COMMENTED = "commented", _l("Schreef bij het antwoord")
    PROPOSED_TIME = "proposed_time", _l("Stelde een andere tijd voor")
    FORWARDED = "forwarded", _l("Uitnodiging doorgestuurd")
    UNDONE = "undone", _l("Antwoord uit de agenda ongedaan gemaakt")


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
