"""Tables of progress reports: what is due when, the words in them, and the editions that were frozen."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.agendas.models import Agenda, AgendaTheme, Office
from app.database import Model, Moment, enum_column
from app.indicators.models import Indicator
from app.papers.kinds import DocumentKind
from app.words import Worded


class ReportKind(Worded):
    INTERIM = "interim", _l("Tussenrapportage")
    YEARLY = "yearly", _l("Jaarrapportage")


class Scope(Worded):
    """Of whom the sessions, talks and papers are that a report is about."""

    ALL = "all", _l("Alle netwerken")
    NETWORK = "network", _l("Alleen dit netwerk")


class Readers(Worded):
    """For whom a report is published."""

    INTERNAL = "internal", _l("Alleen voor wie meewerkt")
    PUBLIC = "public", _l("Voor iedereen")


class Report(Model):
    """A report that is due over an agenda: on which day it looks, who must write what by when, who may read it."""

    __tablename__ = "progress_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agendas.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ReportKind] = enum_column(ReportKind)
    scope: Mapped[Scope] = enum_column(Scope, default=Scope.ALL)
    readers: Mapped[Readers] = enum_column(Readers, default=Readers.INTERNAL)
    title: Mapped[str] = mapped_column(sa.String(150))
    reference_day: Mapped[date]
    """The day on which it looks: what happened until then counts."""
    words_due_on: Mapped[date]
    """By when koppels and organisers write their words."""
    due_on: Mapped[date]
    """By when it is published."""
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    """When koppels and organisers were asked for their words."""
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    """When who had not written yet was reminded, once; the moment of asking where that came too late for a reminder."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    agenda: Mapped[Agenda] = relationship()
    words: Mapped[list["ReportWords"]] = relationship(
        back_populates="report", cascade="all, delete-orphan", order_by="ReportWords.id"
    )
    editions: Mapped[list["ReportEdition"]] = relationship(
        back_populates="report", cascade="all, delete-orphan", order_by="ReportEdition.number"
    )

    __table_args__ = (sa.CheckConstraint("words_due_on <= due_on AND reference_day <= due_on", name="days"),)


class Part(Worded):
    """Which words of a report these are."""

    HAPPENED = "happened", _l("Wat is er gebeurd")
    NEXT = "next", _l("Wat gaan we doen")
    KOPPEL = "koppel", _l("Woord van het koppel")


class ReportWords(Model):
    """What somebody wrote for a report. Append only: the last row of a part counts, what stood there before stays."""

    __tablename__ = "progress_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("progress_reports.id", ondelete="CASCADE"))
    agenda_theme_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_themes.id", ondelete="CASCADE"), index=True)
    """About which theme; None: about the agenda as a whole."""
    part: Mapped[Part] = enum_column(Part)
    text: Mapped[str] = mapped_column(sa.Text)
    """Markdown; empty where somebody took back what they wrote."""
    written_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("koppel_offices.id", ondelete="SET NULL"), index=True)
    """In which office somebody of a koppel wrote it, by their link."""

    report: Mapped[Report] = relationship(back_populates="words")
    agenda_theme: Mapped[AgendaTheme | None] = relationship()
    written_by: Mapped[Account | None] = relationship()
    office: Mapped[Office | None] = relationship()

    __table_args__ = (
        sa.Index("ix_progress_words_report_id_agenda_theme_id_part", "report_id", "agenda_theme_id", "part"),
        sa.CheckConstraint("part <> 'koppel' OR agenda_theme_id IS NOT NULL", name="koppel"),
    )


class ReportEdition(Model):
    """A report as it was counted and frozen. Once published it stands for good: what is wrong in it is mended in a next one."""

    __tablename__ = "progress_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("progress_reports.id", ondelete="CASCADE"))
    number: Mapped[int]
    """1 for the first; a correction is the next."""
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    """What a correction puts right; empty for the first."""
    reference_day: Mapped[date]
    readers: Mapped[Readers] = enum_column(Readers)
    wanted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When freezing was asked for; the clockwork counts."""
    counted_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was counted and frozen."""
    contents: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """A ReportContents (contents.py) as JSON, once it is counted."""
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(Moment)

    report: Mapped[Report] = relationship(back_populates="editions")
    frozen_by: Mapped[Account | None] = relationship(foreign_keys=[frozen_by_id])
    checked_by: Mapped[Account | None] = relationship(foreign_keys=[checked_by_id])
    files: Mapped[list["ReportFile"]] = relationship(cascade="all, delete-orphan")

    @property
    def title(self) -> str:
        """As the log of a network names it."""
        return f"{self.report.title}, {self.number}"

    __table_args__ = (
        sa.UniqueConstraint("report_id", "number"),
        sa.CheckConstraint("checked_by_id <> frozen_by_id", name="second_pair_of_eyes"),
        sa.CheckConstraint("number = 1 OR reason <> ''", name="reason"),
        sa.CheckConstraint("checked_at IS NULL OR counted_at IS NOT NULL", name="checked"),
        sa.CheckConstraint("published_at IS NULL OR checked_at IS NOT NULL", name="published"),
    )


class MemberKind(Worded):
    """What is behind a figure."""

    SESSION = "session", _l("Sessie")
    PERSON = "person", _l("Mens")
    ORGANISATION = "organisation", _l("Organisatie")
    COMMITMENT = "commitment", _l("Toezegging")
    INSIGHT = "insight", _l("Inzicht")


class ReportMembers(Model):
    """Who or what a frozen figure counted: ids alone, so that the count stands when somebody is erased."""

    __tablename__ = "progress_members"

    edition_id: Mapped[int] = mapped_column(ForeignKey("progress_editions.id", ondelete="CASCADE"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(
        ForeignKey("indicators.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    """0: over the whole agenda."""
    kind: Mapped[MemberKind] = enum_column(MemberKind)
    ids: Mapped[list[int]] = mapped_column(sa.JSON)
    """Rising, in the table of its kind, where they may be gone. Kept as one value: of a hundred thousand rows the database
    checks each key twice and writes each in two indexes, while nobody reads one without the others."""

    indicator: Mapped[Indicator] = relationship()


class ReportFile(Model):
    """An edition as a file, made once and kept as it was made."""

    __tablename__ = "progress_files"

    edition_id: Mapped[int] = mapped_column(ForeignKey("progress_editions.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[DocumentKind] = enum_column(DocumentKind, primary_key=True)
    made_at: Mapped[datetime | None] = mapped_column(Moment)
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    """Of the content, in hexadecimal; printed on the page, so that anybody can check a copy (FIPS 180-4)."""
    problem: Mapped[str] = mapped_column(sa.String(40), default="")
    """What this machine lacked for it."""
