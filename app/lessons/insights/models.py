"""Tables of what was learned: insights, suggestions, commitments, what people did with them, the library's entries."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.events.models import Event
from app.lessons.impressions.models import Impression
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.themes.models import Theme, insight_themes
from app.words import Worded


class Insight(Model):
    """What was learned: a heading for cards, explained, with suggestions."""

    __tablename__ = "insights"

    id: Mapped[int] = mapped_column(primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(200))
    explanation: Mapped[str] = mapped_column(sa.Text, default="")

    impression: Mapped[Impression] = relationship(back_populates="insights")
    themes: Mapped[list[Theme]] = relationship(secondary=insight_themes, order_by=Theme.place)
    """Its own ones; without any it is about those of its impression."""
    suggestions: Mapped[list["Suggestion"]] = relationship(
        back_populates="insight", cascade="all, delete-orphan", order_by="(Suggestion.place, Suggestion.id)"
    )


class SuggestionVerdict(Worded):
    """What an organiser says became of a suggestion."""

    DECLINED = "declined", _l("Niet overgenomen")
    DONE = "done", _l("Gedaan"), "green"


class SuggestionState(Worded):
    OPEN = "open", _l("Nog open")
    TAKEN = "taken", _l("Opgepakt"), "accent"
    DECLINED = "declined", _l("Niet overgenomen")
    DONE = "done", _l("Gedaan"), "green"


class Suggestion(Model):
    """What could be done about an insight. What became of it follows from its commitments, or an organiser says it."""

    __tablename__ = "suggestions"

    id: Mapped[int] = mapped_column(primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(sa.String(500))
    verdict: Mapped[SuggestionVerdict | None] = enum_column(SuggestionVerdict)
    why: Mapped[str] = mapped_column(sa.String(500), default="")
    """Why not, or what came of it, as an organiser says it."""

    insight: Mapped[Insight] = relationship(back_populates="suggestions")
    commitments: Mapped[list["Commitment"]] = relationship(back_populates="suggestion", order_by="Commitment.id")

    __table_args__ = (sa.CheckConstraint("(verdict IS NULL) = (why = '')", name="why"),)

    @property
    def state(self) -> SuggestionState:
        """Somebody is at it as long as a commitment runs; one that lapsed leaves it open."""
        states = {each.state for each in self.commitments}
        if CommitmentState.OPEN in states:
            return SuggestionState.TAKEN
        if CommitmentState.DONE in states:
            return SuggestionState.DONE
        return SuggestionState(self.verdict) if self.verdict else SuggestionState.OPEN


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
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    """What it is about; None: what its insight is about, or else its session."""
    what: Mapped[str] = mapped_column(sa.String(300))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    due_on: Mapped[date]
    state: Mapped[CommitmentState] = enum_column(CommitmentState, default=CommitmentState.OPEN)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_in_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    """The later event in which it was closed."""
    named_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its owner agreed to stand in public by name; None while they have not."""
    token_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
    event: Mapped[Event] = relationship(foreign_keys=[event_id])
    closed_in: Mapped[Event | None] = relationship(foreign_keys=[closed_in_id])
    suggestion: Mapped[Suggestion | None] = relationship(back_populates="commitments")
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    theme: Mapped[Theme | None] = relationship()

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


class UseAnswer(Worded):
    """What somebody says they did with a suggestion."""

    USED = "used", _l("Gebruikt"), "green"
    TRIED = "tried", _l("Geprobeerd"), "accent"
    NOT_YET = "not_yet", _l("Nog niet")
    NO = "no", _l("Nee")


class SuggestionUse(Model):
    """Suggestion × person: what they did with it. Each yes is given for where they worked when they answered."""

    __tablename__ = "suggestion_uses"

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    answer: Mapped[UseAnswer] = enum_column(UseAnswer)
    because: Mapped[str] = mapped_column(sa.String(300), default="")
    """In their own words, for organisers."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """Where they worked when they answered."""
    shown_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they agreed that their organisation stands in public as one that uses it; None while they have not."""
    askable_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they agreed to stand in public as somebody to ask about it, by name and organisation; None while they have not."""
    answered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    suggestion: Mapped[Suggestion] = relationship()
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("shown_at IS NULL OR (answer = 'used' AND organisation_id IS NOT NULL)", name="shown"),
        sa.CheckConstraint("askable_at IS NULL OR answer IN ('used', 'tried')", name="askable"),
    )

    @property
    def may_be_shown(self) -> bool:
        """Whether there is an organisation that they can say yes for."""
        return self.answer == UseAnswer.USED and self.organisation_id is not None

    @property
    def may_be_asked(self) -> bool:
        return self.answer in {UseAnswer.USED, UseAnswer.TRIED}


class UseQuestion(Model):
    """Report × person: they were asked what they did with its suggestions, in a digest or since they answered by themselves."""

    __tablename__ = "use_questions"

    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


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
    """Two published insights of different impressions that say nearly the same; stored in both directions."""

    __tablename__ = "kinships"

    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True, index=True)
