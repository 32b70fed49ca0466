"""Tables of what was learned: cards, insights, suggestions, commitments, impressions, evaluations, the library."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.database import Model, Moment, choice
from app.events.models import Event, Series
from app.network.models import Network, Organisation, Person
from app.words import Worded


class Board(Model):
    """Where the lessons of an event are caught while people talk; `code` is its short address."""

    __tablename__ = "boards"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    question: Mapped[str] = mapped_column(sa.String(200))
    open: Mapped[bool] = mapped_column(default=True)
    named: Mapped[bool] = mapped_column(default=False)
    """Whether a card may carry the name of who wrote it."""
    moderated: Mapped[bool] = mapped_column(default=False)
    """Whether a card is looked at before everybody in the room sees it."""

    event: Mapped[Event] = relationship()


class CardState(StrEnum):
    NEW = "new"
    SHOWN = "shown"
    HIDDEN = "hidden"


class Card(Model):
    """One thought, caught in the room by a participant or a note taker."""

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    insight_id: Mapped[int | None] = mapped_column(ForeignKey("insights.id", ondelete="SET NULL"), index=True)
    """The heading that it was grouped under."""
    text: Mapped[str] = mapped_column(sa.Text)
    author: Mapped[str] = mapped_column(sa.String(80), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    """The note taker; nobody for a participant."""
    state: Mapped[CardState] = choice(CardState, default=CardState.SHOWN)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    board: Mapped[Board] = relationship()

    __table_args__ = (sa.Index("ix_cards_board_id_state", "board_id", "state"),)


class ImpressionState(Worded):
    DRAFT = "draft", _l("Concept")
    CHECKED = "checked", _l("Nagekeken"), "accent"
    PUBLISHED = "published", _l("Gepubliceerd"), "green"
    WITHDRAWN = "withdrawn", _l("Ingetrokken"), "red"


class Impression(Model):
    """The report of an event, or one of a whole series: facts & figures, insights, how on.

    `facts` is what really happened, counted and fixed on publishing. `by_hand` replaces
    single figures of it, such as those of a session from before this system.
    """

    __tablename__ = "impressions"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), unique=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(110), unique=True)
    state: Mapped[ImpressionState] = choice(ImpressionState, default=ImpressionState.DRAFT)
    title: Mapped[str] = mapped_column(sa.String(150))
    intro: Mapped[str] = mapped_column(sa.Text, default="")
    set_up: Mapped[str] = mapped_column(sa.Text, default="")
    pitches: Mapped[str] = mapped_column(sa.Text, default="")
    """One a line."""
    next_steps: Mapped[str] = mapped_column(sa.Text, default="")
    recording_url: Mapped[str] = mapped_column(sa.String(500), default="")
    by_hand: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    followed_up_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the mails to who was there, and who was not, were planned."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
    event: Mapped[Event | None] = relationship()
    series: Mapped[Series | None] = relationship()
    edited_by: Mapped[Account | None] = relationship(foreign_keys=[edited_by_id])
    checked_by: Mapped[Account | None] = relationship(foreign_keys=[checked_by_id])
    insights: Mapped[list["Insight"]] = relationship(
        back_populates="impression", cascade="all, delete-orphan", order_by="(Insight.place, Insight.id)"
    )
    themes: Mapped[list["Theme"]] = relationship(cascade="all, delete-orphan", order_by="Theme.name")
    kinds: Mapped[list["ImpressionKind"]] = relationship(cascade="all, delete-orphan")
    attachments: Mapped[list["Attachment"]] = relationship(cascade="all, delete-orphan", order_by="Attachment.id")
    corrections: Mapped[list["Correction"]] = relationship(cascade="all, delete-orphan", order_by="Correction.id")

    __table_args__ = (
        sa.CheckConstraint("(event_id IS NULL) <> (series_id IS NULL)", name="subject"),
        sa.CheckConstraint("checked_by_id <> edited_by_id", name="second_pair_of_eyes"),
        sa.CheckConstraint("state IN ('draft', 'checked') OR published_at IS NOT NULL", name="published"),
    )

    @property
    def published(self) -> bool:
        return self.state == ImpressionState.PUBLISHED


class Theme(Model):
    """A theme of an impression, in the organiser's own words."""

    __tablename__ = "themes"

    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True, index=True)


class ImpressionKind(Model):
    """A kind of organisation that took part, fixed on publishing; none for confidential events."""

    __tablename__ = "impression_kinds"

    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32), primary_key=True, index=True)


class Attachment(Model):
    """A file that comes with an impression."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


class Correction(Model):
    """What was changed after publishing, with the day that readers see."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    note: Mapped[str] = mapped_column(sa.String(300))


class DocumentKind(StrEnum):
    PDF = "pdf"
    WORD = "docx"


class Document(Model):
    """An impression as a file. It is asked for on the page and made by the clockwork."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"))
    kind: Mapped[DocumentKind] = choice(DocumentKind)
    wanted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    made_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(sa.String(300), default="")
    """Why it could not be made."""
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)

    impression: Mapped[Impression] = relationship()

    __table_args__ = (sa.UniqueConstraint("impression_id", "kind"),)

    @property
    def ready(self) -> bool:
        """Whether there is a file of what was wanted last."""
        return self.made_at is not None and self.made_at >= self.wanted_at and not self.problem


class Insight(Model):
    """What was learned: a heading for cards, explained, with suggestions."""

    __tablename__ = "insights"

    id: Mapped[int] = mapped_column(primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(200))
    explanation: Mapped[str] = mapped_column(sa.Text, default="")

    impression: Mapped[Impression] = relationship(back_populates="insights")
    suggestions: Mapped[list["Suggestion"]] = relationship(
        back_populates="insight", cascade="all, delete-orphan", order_by="(Suggestion.place, Suggestion.id)"
    )


class Suggestion(Model):
    """What could be done about an insight."""

    __tablename__ = "suggestions"

    id: Mapped[int] = mapped_column(primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(sa.String(500))

    insight: Mapped[Insight] = relationship(back_populates="suggestions")
    commitments: Mapped[list["Commitment"]] = relationship(back_populates="suggestion", order_by="Commitment.id")


class CommitmentState(Worded):
    OPEN = "open", _l("Loopt"), "accent"
    DONE = "done", _l("Gedaan"), "green"
    DROPPED = "dropped", _l("Vervallen")


class Commitment(Model):
    """Who does what by when. `note` is a word why it was done or dropped."""

    __tablename__ = "commitments"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    """The event at which it was made."""
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id", ondelete="SET NULL"), index=True)
    what: Mapped[str] = mapped_column(sa.String(300))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    due_on: Mapped[date]
    state: Mapped[CommitmentState] = choice(CommitmentState, default=CommitmentState.OPEN)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_in_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    """The later event in which it was closed."""
    token_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
    event: Mapped[Event] = relationship(foreign_keys=[event_id])
    closed_in: Mapped[Event | None] = relationship(foreign_keys=[closed_in_id])
    suggestion: Mapped[Suggestion | None] = relationship(back_populates="commitments")
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("person_id IS NOT NULL OR organisation_id IS NOT NULL", name="owner"),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        sa.Index("ix_commitments_network_id_state_due_on", "network_id", "state", "due_on"),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name="token_version"),
    )

    @property
    def open(self) -> bool:
        return self.state == CommitmentState.OPEN

    @property
    def overdue(self) -> bool:
        return self.open and self.due_on < clock.today()


class Evaluation(Model):
    """The short form after an event; `asked_at` is when the links to it were planned."""

    __tablename__ = "evaluations"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    wanted: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)

    event: Mapped[Event] = relationship()
    questions: Mapped[list["EvaluationQuestion"]] = relationship(
        cascade="all, delete-orphan", order_by="(EvaluationQuestion.place, EvaluationQuestion.id)"
    )


class EvaluationKind(Worded):
    SCALE = "scale", _l("Schaal van 1 tot 5")
    OPEN = "open", _l("Open vraag")


class StandardQuestion(Worded):
    """Questions that every evaluation has, in the reader's language."""

    USEFUL = "useful", _l("Hoe nuttig was deze sessie voor je werk?")
    APPLICABLE = "applicable", _l("Kun je morgen iets doen met wat je hoorde?")
    ORGANISED = "organised", _l("Hoe goed was de sessie georganiseerd?")
    LEARNED = "learned", _l("Wat nam je mee?")
    BETTER = "better", _l("Wat kan de volgende keer beter?")


class EvaluationQuestion(Model):
    """A question of the form: one of the standard ones, or the organiser's own words."""

    __tablename__ = "evaluation_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    kind: Mapped[EvaluationKind] = choice(EvaluationKind)
    standard: Mapped[StandardQuestion | None] = choice(StandardQuestion)
    label: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (sa.CheckConstraint("(standard IS NULL) = (label <> '')", name="words"),)


class EvaluationTicket(Model):
    """That somebody was asked and whether they answered; never what."""

    __tablename__ = "evaluation_tickets"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), index=True)
    answered: Mapped[bool] = mapped_column(default=False)


class EvaluationSheet(Model):
    """What somebody answered; nothing says who or when. `id` is random, so that it gives no order away."""

    __tablename__ = "evaluation_sheets"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), index=True)
    values: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    """Question id → a figure of 1 to 5, or text."""


class LibraryEntry(Model):
    """A published insight as the library searches it: the stems of its words, in Dutch.

    PostgreSQL has a column `vector` made of them (tsvector), SQLite a table of its own (FTS5) that triggers keep up.
    """

    __tablename__ = "library_entries"

    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), index=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    year: Mapped[int]
    stems: Mapped[str] = mapped_column(sa.Text)

    insight: Mapped[Insight] = relationship()

    __table_args__ = (sa.Index("ix_library_entries_network_id_year", "network_id", "year"),)


class Kinship(Model):
    """Two published insights of different impressions that say nearly the same; stands there both ways round."""

    __tablename__ = "kinships"

    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True, index=True)
