"""Tables of what was learned: insights, suggestions, commitments, the library's entries."""

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
