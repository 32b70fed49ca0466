"""Tables of impressions: themes, attachments, corrections, documents."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.database import Model, Moment, enum_column
from app.events.models import Event, Series
from app.network.models import Network
from app.papers.kinds import DocumentKind
from app.themes.models import Theme, impression_themes
from app.uploads.people_shown import PeopleShown
from app.words import Worded

if TYPE_CHECKING:
    from app.lessons.insights.models import Insight


class ImpressionState(Worded):
    DRAFT = "draft", _l("Concept")
    CHECKED = "checked", _l("Nagekeken"), "accent"
    PUBLISHED = "published", _l("Gepubliceerd"), "green"
    WITHDRAWN = "withdrawn", _l("Ingetrokken"), "red"


class Impression(Model):
    """The report of an event, or one of a whole series: facts & figures, insights, how on.

    `facts` is what really happened, counted and frozen on publishing. `by_hand` replaces
    single figures of it, such as those of a session from before this system.
    """

    __tablename__ = "impressions"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), unique=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(110), unique=True)
    state: Mapped[ImpressionState] = enum_column(ImpressionState, default=ImpressionState.DRAFT)
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
    """When the mails to people who were there, and to those who were not, were planned."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
    event: Mapped[Event | None] = relationship()
    series: Mapped[Series | None] = relationship()
    edited_by: Mapped[Account | None] = relationship(foreign_keys=[edited_by_id])
    checked_by: Mapped[Account | None] = relationship(foreign_keys=[checked_by_id])
    insights: Mapped[list["Insight"]] = relationship(
        back_populates="impression", cascade="all, delete-orphan", order_by="(Insight.place, Insight.id)"
    )
    themes: Mapped[list[Theme]] = relationship(secondary=impression_themes, order_by=Theme.place)
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
    people_shown: Mapped[PeopleShown] = enum_column(PeopleShown)
    """What who added it said of the people on it."""
    cleaned_at: Mapped[datetime | None] = mapped_column(Moment, default=clock.now)
    """None for a file from before files were cleaned, until the clockwork has done so."""

    @property
    def public(self) -> bool:
        """Whether everybody may see it: not while people on it have not been asked, or it tells of its maker."""
        return self.people_shown != PeopleShown.UNASKED and self.cleaned_at is not None


class Correction(Model):
    """What was changed after publishing, with the day that readers see."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    note: Mapped[str] = mapped_column(sa.String(300))


class Document(Model):
    """An impression as a file. It is asked for on the page and made by the clockwork."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    impression_id: Mapped[int] = mapped_column(ForeignKey("impressions.id", ondelete="CASCADE"))
    kind: Mapped[DocumentKind] = enum_column(DocumentKind)
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
