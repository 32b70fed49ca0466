"""Tables of invitations, seats that organisations have, and what happened to an invitation."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.events.models import Event, Mode
from app.network.people.models import EmailAddress, Person
from app.words import Worded


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
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    address_id: Mapped[int | None] = mapped_column(ForeignKey("email_addresses.id"), index=True)
    """The one ATTENDEE: the address that was invited and, of what is to come, the one that mail goes to today.

    Somebody who walked in may have none and gets no mail.
    """
    origin: Mapped[Origin] = enum_column(Origin)
    substitute_for_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    allotment_id: Mapped[int | None] = mapped_column(ForeignKey("allotments.id", ondelete="SET NULL"), index=True)
    """The seats of an organisation for which its contact person named this person."""
    token_version: Mapped[int] = mapped_column(default=1)
    answer: Mapped[Answer | None] = enum_column(Answer)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    maybe_at: Mapped[datetime | None] = mapped_column(Moment)
    """When their calendar answered 'tentative'; until there is an answer they are asked again."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    calendar_sequence: Mapped[int | None]
    calendar_stamp: Mapped[datetime | None] = mapped_column(Moment)
    calendar_status: Mapped[CalendarStatus | None] = enum_column(CalendarStatus)
    calendar_mode: Mapped[Mode | None] = enum_column(Mode)
    uid_apart: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether calendars know it by a UID of its own: several people of one mailbox stand beside each other in its calendar."""

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()
    address: Mapped[EmailAddress | None] = relationship()
    substitute_for: Mapped["Invitation | None"] = relationship(remote_side=[id])

    @property
    def uid(self) -> str:
        """UID of the VEVENT in this person's calendar, for its whole life (RFC 5545 section 3.8.4.7)."""
        return f"i{self.id}-{self.event.uid}" if self.uid_apart else self.event.uid

    @property
    def attendee(self) -> EmailAddress:
        """The address that was invited, as calendars know them; raises LookupError for somebody who walked in without one."""
        if self.address is None:
            raise LookupError(f"invitation {self.id} has no address")
        return self.address

    @property
    def letter_address(self) -> EmailAddress:
        """Where mail about it goes: the preferred address of today, else the invited one. Raises LookupError as `attendee`."""
        if self.address is not None and self.address.preferred and self.address.person_id == self.person_id:
            return self.address
        return next((each for each in self.person.addresses if each.preferred), None) or self.attendee

    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name="token_version"),
    )


class FormerInvitation(Model):
    """The id of an invitation that was merged into another one; the links that were mailed for it keep working."""

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
    step: Mapped[Step] = enum_column(Step)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    from_calendar: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Done from their calendar, not on the page."""
    by_address: Mapped[str] = mapped_column(sa.String(254), default="", server_default="")
    """Who answered for the person, such as a secretary, or whom the invitation was forwarded to."""
    words: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """What they wrote with it, or the time they proposed."""
