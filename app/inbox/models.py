"""Tables of what comes back by mail."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.invitations.models import Invitation
from app.network.models import Network
from app.network.people.models import Person
from app.outbox.models import Message
from app.words import Worded


class Shape(StrEnum):
    """What kind of mail it is, by its form (inbox/mail_shapes.py)."""

    CALENDAR = "calendar"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    RECEIPT = "receipt"
    AUTO_REPLY = "auto_reply"
    UNSUBSCRIBE = "unsubscribe"
    PROBE = "probe"
    HUMAN = "human"
    UNREADABLE = "unreadable"


class Outcome(StrEnum):
    """What became of it. NEW is stored and not looked at yet, so that a crash loses nothing."""

    NEW = "new"
    HANDLED = "handled"
    REVIEW = "review"
    SETTLED = "settled"


class Doubt(Worded):
    """Why somebody has to look at a mail."""

    HAS_LEFT = "has_left", _l("Een automatisch antwoord zegt dat deze persoon er niet meer werkt.")
    COMPLAINT_UNKNOWN = "complaint_unknown", _l("Iemand meldde een mail van ons als ongewenst. We weten niet wie.")
    UNKNOWN_TOKEN = "unknown_token", _l("Iemand wilde geen mail meer, met een adres dat niet (meer) klopt.")
    WHICH_NETWORK = "which_network", _l("Een mail van een mens. We weten niet voor welk netwerk.")
    CIRCLE = "circle", _l("Een mail van een mens die we niet kunnen doorsturen zonder dat hij bij onszelf uitkomt.")
    UNREADABLE = "unreadable", _l("Deze mail konden we niet lezen.")
    REPORT_UNREADABLE = (
        "report_unreadable",
        _l("Een mailserver meldt iets over een mail van ons. We konden het niet lezen."),
    )
    REPORT_UNPROVEN = (
        "report_unproven",
        _l("Een melding dat een adres niet werkt. We weten niet zeker of ze van een mailserver komt."),
    )
    CALENDAR_UNREADABLE = "calendar_unreadable", _l("Een antwoord uit een agenda dat we niet konden lezen.")
    SEVERAL_EVENTS = "several_events", _l("Een antwoord uit een agenda over meer dan één afspraak.")
    GUESTS = "guests", _l("Een antwoord uit een agenda dat ook gasten meebrengt.")
    OTHER_EVENT = "other_event", _l("Een antwoord uit een agenda dat bij een andere afspraak hoort.")
    UNKNOWN_EVENT = "unknown_event", _l("Een antwoord uit een agenda op een afspraak die we niet kennen.")
    UNSURE_SENDER = "unsure_sender", _l("Een antwoord uit een agenda. We weten niet zeker van wie het komt.")
    OTHER_ANSWER = "other_answer", _l("Een antwoord uit een agenda dat we niet kennen.")
    NO_SUBSTITUTE = "no_substitute", _l("Iemand stuurde in de agenda een collega. Die konden we niet vragen.")
    TOO_MANY = "too_many", _l("Erg veel antwoorden uit één agenda binnen een uur.")
    TOO_LATE = "too_late", _l("Een antwoord uit een agenda, nadat antwoorden kon.")
    WINMAIL = "winmail", _l("Een antwoord uit Outlook in een vorm die alleen Outlook leest (winmail.dat).")
    PASSED_ON = "passed_on", _l("Iemand stuurde een uitnodiging in de agenda door.")

    QUESTION_SENDER = (
        "question_sender",
        _l("Een antwoord op een vraag aan het netwerk, van een ander adres dan waar de vraag heen ging."),
    )
    QUESTION_CLOSED = "question_closed", _l("Een antwoord op een vraag aan het netwerk, nadat antwoorden kon.")
    QUESTION_MANY = "question_many", _l("Meer dan tien antwoorden op één dag van iemand op vragen aan het netwerk.")
    QUESTION_MEMBER = "question_member", _l("Een antwoord op een vraag aan het netwerk, van iemand die geen lid is.")


class IncomingMail(Model):
    """A mail from the inbox, kept before anything is done with it.

    `content` is the raw mail up to a limit (inbox/mailbox_reading.py), attachments left out beyond it;
    it is deleted some time after the mail was settled.
    """

    __tablename__ = "incoming_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(sa.String(200))
    uid_validity: Mapped[int] = mapped_column(sa.BigInteger)
    uid: Mapped[int] = mapped_column(sa.BigInteger)
    """With the two above the name of the mail on the server (RFC 3501 section 2.3.1.1)."""
    message_id: Mapped[str] = mapped_column(sa.String(300), default="", index=True)
    sender: Mapped[str] = mapped_column(sa.String(254), default="")
    subject: Mapped[str] = mapped_column(sa.String(300), default="")
    received_at: Mapped[datetime] = mapped_column(Moment)
    shape: Mapped[Shape | None] = enum_column(Shape)
    outcome: Mapped[Outcome] = enum_column(Outcome, default=Outcome.NEW)
    reason: Mapped[str] = mapped_column(sa.String(60), default="")
    """What was done with it, or the Doubt."""
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    """Our message that it answers or reports on."""
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"), index=True)
    """The participation that an answer from a calendar is about."""
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    filed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was moved to a folder of the mailbox."""
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)

    network: Mapped[Network | None] = relationship()
    person: Mapped[Person | None] = relationship()
    about: Mapped[Message | None] = relationship()
    invitation: Mapped[Invitation | None] = relationship()

    @property
    def doubt(self) -> Doubt | None:
        """Why somebody has to look at it, or had to."""
        return Doubt(self.reason) if self.reason in list(Doubt) else None

    __table_args__ = (
        sa.UniqueConstraint("folder", "uid_validity", "uid"),
        sa.Index("ix_incoming_mails_outcome", "outcome", "network_id"),
        sa.CheckConstraint("outcome = 'new' OR shape IS NOT NULL", name="sorted"),
    )


class BounceKind(StrEnum):
    """HARD is about the address, SOFT passes, POLICY is about us, DELAYED is only news."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    DELAYED = "delayed"


class Bounce(Model):
    """What a mail server reported on one of our messages."""

    __tablename__ = "bounces"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("incoming_mails.id", ondelete="SET NULL"), unique=True)
    address: Mapped[str] = mapped_column(sa.String(254), index=True)
    """Lower case."""
    kind: Mapped[BounceKind] = enum_column(BounceKind)
    status: Mapped[str] = mapped_column(sa.String(12))
    """Enhanced status code (RFC 3463), such as 5.1.1."""
    words: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)


class InboxStatus(Model):
    """The one row about the mailbox itself: how far it was read, by whom now, and whether it answers."""

    __tablename__ = "inbox_status"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    uid_validity: Mapped[int | None] = mapped_column(sa.BigInteger)
    last_uid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was last read to the end."""
    trouble: Mapped[str] = mapped_column(sa.Text, default="")
    trouble_since: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[str | None] = mapped_column(sa.String(60))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)
