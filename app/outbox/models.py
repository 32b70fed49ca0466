"""The table of messages: one row is one mail to one address."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column, listed
from app.outbox.kinds import MessageKind, Priority
from app.words import Worded


class MessageState(Worded):
    """States of a message; outbox/message_states.py has the moves between them."""

    PLANNED = "planned", _l("Gepland"), "accent"
    PAUSED = "paused", _l("Op pauze"), "amber"
    DUE = "due", _l("Klaar om te versturen"), "quiet", _l("Geschreven")
    SENDING = "sending", _l("Wordt verstuurd"), "accent"
    SENT = "sent", _l("Verstuurd"), "green"
    RETRYING = "retrying", _l("Wordt opnieuw geprobeerd"), "amber", _l("Nog niet gelukt")
    FAILED = "failed", _l("Niet aangenomen"), "red"
    BOUNCED = "bounced", _l("Teruggekomen"), "red"
    SUPPRESSED = "suppressed", _l("Niet meer nodig")
    CANCELLED = "cancelled", _l("Ingetrokken")
    HELD = "held", _l("Wacht op het nieuwsoverzicht")
    BUNDLED = "bundled", _l("Ging mee in het nieuwsoverzicht")

    happened: LazyString
    """What a step into this state was, where that is another word than for being in it."""

    def __init__(self, value: str, words: LazyString, tone: str = "quiet", happened: LazyString | None = None):
        super().__init__(value, words, tone)
        self.happened = happened or words


class Reason(Worded):
    """Why the program itself ended a mail or held it up."""

    CLOSED = "closed", _l("De afspraak is af, of van een ander")
    OWNER_LEFT = "owner_left", _l("Is geen lid meer van het netwerk")
    SEATS_WITHDRAWN = "seats_withdrawn", _l("De plekken zijn ingetrokken, of aanmelden kan niet meer")
    NO_DIGEST = "no_digest", _l("Wil geen nieuwsoverzicht")
    NO_RECIPIENT = "no_recipient", _l("Hoort niet meer bij de ontvangers: antwoordde al, of wil geen mail")
    NO_LONGER_HOLDS = "no_longer_holds", _l("Klopte niet meer toen hij weg zou gaan")
    OVERTAKEN = "overtaken", _l("Ingehaald door een latere mail")
    DIGEST_ALONE = "digest_alone", _l("Wil alleen het nieuwsoverzicht")
    ENOUGH_MAIL = "enough_mail", _l("Kreeg deze week al genoeg mail")
    EVENT_CANCELLED = "event_cancelled", _l("De sessie is geannuleerd")
    ANOTHER_NAMED = "another_named", _l("Er is een andere collega genoemd")
    TOO_LATE_FOR_DIGEST = "too_late_for_digest", _l("Antwoordde al, of aanmelden kan niet meer")
    WITHDRAWN = "withdrawn", _l("Ingetrokken door een organisator")
    ERASED = "erased", _l("Deze persoon is gewist")
    INTERRUPTED = "interrupted", _l("Het versturen werd onderbroken")
    ANSWERED = "answered", _l("Antwoordde al")
    IMPRESSION_WITHDRAWN = "impression_withdrawn", _l("De impressie is ingetrokken")
    UNSUBSCRIBED = "unsubscribed", _l("Wil geen mail van dit netwerk")
    NOTHING_NEW = "nothing_new", _l("Er was geen nieuws")
    NOT_WRITTEN = "not_written", _l("Deze mail kon niet worden geschreven")
    IN_BUILT_IN_MAILBOX = "250 in the built-in mailbox", _l("In het ingebouwde postvak")
    """What a mail server would answer, when there is none."""


def in_words(words: str) -> str:
    """The last words about a message: our own reason, or what a mail server said as it said it."""
    return str(Reason(words).words) if words in list(Reason) else words


WRITABLE = sa.text("messages.state = 'planned'")
CLAIMABLE = sa.text("messages.state IN ('due', 'retrying')")
LEAVING = sa.text("messages.state = 'sending'")
IN_HAND = sa.text("messages.state = 'held'")
PACED = sa.text("messages.paced")
COUNTS = sa.text("messages.counts")
_PLENTY = (
    MessageKind.SAVE_THE_DATE, MessageKind.INVITATION, MessageKind.REMINDER, MessageKind.LAST_PLACES,
    MessageKind.LAST_INFORMATION, MessageKind.THANK_YOU, MessageKind.CONFIRMED, MessageKind.EVENT_CHANGED,
    MessageKind.EVENT_CANCELLED, MessageKind.EVALUATION, MessageKind.THANKS, MessageKind.MISSED, MessageKind.DIGEST,
)  # fmt: skip
RARE = sa.text(f"messages.kind NOT IN ({', '.join(repr(kind.value) for kind in _PLENTY)})")
DIGESTS = sa.text(f"messages.kind = '{MessageKind.DIGEST}'")
"""Conditions on few rows among many sent ones. As text, so that both databases see that the index of just these fits."""


def _index_of(name: str, condition: sa.TextClause, *columns: str) -> sa.Index:
    where = sa.text(condition.text.replace("messages.", ""))
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Message(Model):
    """One mail in the outbox.

    A planned message has no body yet: its kind's writer writes it just before it is due
    (outbox/message_writing.py). From then on `finished` holds the bytes that are sent, and sent
    again unchanged on a retry. `key` makes planning twice harmless. What these columns
    do not tell of its life stands in MessageStep (outbox/message_history.py).
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[MessageKind] = listed(MessageKind, 40)
    state: Mapped[MessageState] = enum_column(MessageState)
    priority: Mapped[int] = mapped_column(default=Priority.MAILING)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id"))
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """The message that did not arrive and that this one repeats, to a corrected address."""
    paced: Mapped[bool] = mapped_column(default=True)
    counts: Mapped[bool] = mapped_column(default=False)
    """Whether it counts for how much mail a person gets a week: all that is not about an own registration."""
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """What the writer of this kind has to know beside the rows it refers to."""

    recipient: Mapped[str] = mapped_column(sa.String(254))
    domain: Mapped[str] = mapped_column(sa.String(254))
    message_id: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    subject: Mapped[str] = mapped_column(sa.Text, default="")

    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When it may leave; after a refusal, when it is tried again."""
    composed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its bytes were finished."""
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(sa.String(60))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    response: Mapped[str] = mapped_column(sa.Text, default="")
    """The mail server's last words, or our Reason."""

    finished: Mapped["FinishedMessage | None"] = relationship(viewonly=True)
    person = relationship("Person")
    event = relationship("Event")
    wave = relationship("Wave")

    @property
    def last_words(self) -> str:
        """The server's last words, or why the message was not sent in the language of the reader."""
        return in_words(self.response)

    @property
    def body(self) -> bytes | None:
        """The finished bytes, if they are there."""
        return self.finished.content if self.finished else None

    __table_args__ = (
        _index_of("ix_messages_writable", WRITABLE, "priority", "due_at", "id"),
        _index_of("ix_messages_claimable", CLAIMABLE, "priority", "due_at", "id"),
        _index_of("ix_messages_leaving", LEAVING, "claimed_until"),
        _index_of("ix_messages_in_hand", IN_HAND, "person_id"),
        _index_of("ix_messages_paced", PACED, "sent_at", "domain"),
        _index_of("ix_messages_counts", COUNTS, "due_at", "person_id"),
        _index_of("ix_messages_digests", DIGESTS, "due_at", "state"),
        _index_of("ix_messages_rare", RARE, "kind"),
        _index_of("ix_messages_again_of_id", sa.text("again_of_id IS NOT NULL"), "again_of_id"),
        sa.Index("ix_messages_sent", "sent_at"),
        sa.Index("ix_messages_of_wave", "wave_id", "state"),
        sa.CheckConstraint("state NOT IN ('due', 'sending', 'sent', 'retrying', 'bounced') OR message_id IS NOT NULL", name="finished"),
    )  # fmt: skip


class FinishedMessage(Model):
    """The bytes of a message, apart from it: saving a state does not write them again."""

    __tablename__ = "finished_messages"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)

    message: Mapped[Message] = relationship()


class SentNote(Model):
    """That a server took a message, until it is carried over to the message itself (outbox/sent_journal.py)."""

    __tablename__ = "sent_notes"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(Moment)
    words: Mapped[str] = mapped_column(sa.Text)


class MessageStep(Model):
    """A move of a message that its own columns do not tell: a refusal, a pause, a bounce, who did it."""

    __tablename__ = "message_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    state: Mapped[MessageState] = enum_column(MessageState)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    """The mail server's words, or our Reason."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))


class ErrandKind(StrEnum):
    """What is done with each of many rows that an act is about."""

    PAUSE = "pause"
    TAKE_BACK = "take_back"
    GO_ON = "go_on"
    FOLLOW_CHANGE = "follow_change"
    SEND_AFTER_ALL = "send_after_all"
    TELL_CHANGE = "tell_change"
    PLAN_AGAIN = "plan_again"
    LEAVE = "leave"
    COME_BACK = "come_back"
    LET_IN = "let_in"
    SEAT = "seat"


class Errand(Model):
    """What an act has still to do with many rows: the clockwork does it in steps, oldest first (outbox/errands.py)."""

    __tablename__ = "errands"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ErrandKind] = listed(ErrandKind, 40)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """Who did the act."""
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    row_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    """With which rows, in this order; the kind says of which table."""
    done: Mapped[int] = mapped_column(default=0)
    """With how many of them it was done."""
    holds_from: Mapped[int | None]
    holds_until: Mapped[int | None]
    """Between which messages none of this event leaves as long as the errand is not done."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Circuit(Model):
    """The one row about refusals of ourselves: how many in a row, and since when sending stands still."""

    __tablename__ = "mail_circuit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    refused: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    """Messages of the present run of refusals, oldest first."""
    words: Mapped[str] = mapped_column(sa.Text, default="")
    """What the server said last."""
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)


class MailTotal(Model):
    """How many messages ever came to a state by delivery, for monitoring; never goes down."""

    __tablename__ = "mail_totals"

    state: Mapped[MessageState] = enum_column(MessageState, primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class Heartbeat(Model):
    """The last sign of life of the clockwork, one row per process."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
