"""Tables of themes, and of what is about them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, db
from app.translating import language


class Theme(Model):
    """A subject that networks, sessions, insights, interests and agendas share."""

    __tablename__ = "themes"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_nl: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    summary_nl: Mapped[str] = mapped_column(sa.String(500), default="")
    summary_en: Mapped[str] = mapped_column(sa.String(500), default="")
    mark: Mapped[str] = mapped_column(sa.String(2))
    """One or two letters that stand for it, whatever the colour."""
    place: Mapped[int]
    """Order in lists."""
    starts_on: Mapped[date | None]
    """First day on which it can be chosen; None: always could."""
    ends_on: Mapped[date | None]
    """Last day on which it can be chosen; what has it keeps it."""
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    """In which theme it goes on when it has ended."""
    unsettled: Mapped[bool] = mapped_column(default=False)
    """Whether it was typed freely once, and an administrator still says what it is."""

    successor: Mapped["Theme | None"] = relationship(remote_side=[id])

    __table_args__ = (
        sa.CheckConstraint("mark <> ''", name="mark"),
        sa.CheckConstraint("ends_on >= starts_on", name="period"),
        sa.CheckConstraint("successor_id <> id", name="successor"),
        sa.CheckConstraint("successor_id IS NULL OR ends_on IS NOT NULL", name="ended"),
    )

    @property
    def words(self) -> str:
        """What it is called in the language of the reader."""
        return self.name_en if language() == "en" else self.name_nl

    @property
    def summary(self) -> str:
        """What it is about, in the language of the reader; may be empty."""
        return self.summary_en if language() == "en" else self.summary_nl


class ThemeMerge(Model):
    """A theme that was joined with another; `journal` has every row that changed, so that it can be undone."""

    __tablename__ = "theme_merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    kept_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80), index=True)
    """Of the one that is no more: its address leads to the other."""
    name: Mapped[str] = mapped_column(sa.String(80))
    journal: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    kept: Mapped[Theme] = relationship()


def _about(table: str, key: str, of: str) -> sa.Table:
    """Which themes the rows of a table are about, in `<one>_themes`."""
    return sa.Table(
        table,
        db.metadata,
        sa.Column(key, ForeignKey(f"{of}.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("theme_id", ForeignKey("themes.id"), primary_key=True, index=True),
    )


network_themes = _about("network_themes", "network_id", "networks")
series_themes = _about("series_themes", "series_id", "series")
event_themes = _about("event_themes", "event_id", "events")
course_themes = _about("course_themes", "course_id", "courses")
item_themes = _about("item_themes", "item_id", "catalogue_items")
impression_themes = _about("impression_themes", "impression_id", "impressions")
insight_themes = _about("insight_themes", "insight_id", "insights")
"""Themes of an insight itself; without any it is about those of its impression."""
