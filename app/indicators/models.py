"""Tables of indicators: what is counted, its targets, readings by hand, counts kept, signs and money."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.agendas.models import Agenda
from app.database import Exact, Model, Moment, enum_column
from app.themes.models import Theme
from app.words import Worded


class Measure(Worded):
    """How an indicator is counted."""

    SESSIONS = "sessions", _l("Gehouden sessies")
    PEOPLE = "people", _l("Mensen die er waren, ieder één keer")
    ORGANISATIONS = "organisations", _l("Organisaties die bij een sessie waren, ieder één keer")
    CONTACTED = "contacted", _l("Organisaties met een gesprek")
    REACHED = "reached", _l("Organisaties bereikt met een gesprek of een sessie")
    COMMITMENTS = "commitments", _l("Nagekomen toezeggingen")
    INSIGHTS = "insights", _l("Gepubliceerde inzichten")
    COMPLETED = "completed", _l("Mensen die een leergang afrondden, ieder één keer")
    BY_HAND = "by_hand", _l("Met de hand ingevuld")


class Narrow(Worded):
    """By what a count is narrowed."""

    FORMAT = "format", _l("Soort sessie")
    NETWORK = "network", _l("Netwerk")
    SERIES = "series", _l("Reeks")
    THEME = "theme", _l("Thema")
    REGION = "region", _l("Regio")
    ROLE = "role", _l("Rol op de dag zelf")
    KIND = "kind", _l("Soort organisatie")
    ORGANISATION = "organisation", _l("Organisatie")
    CONTACT_KIND = "contact_kind", _l("Soort gesprek")


NAMED_BY = {
    Narrow.NETWORK: "networks",
    Narrow.SERIES: "series",
    Narrow.THEME: "themes",
    Narrow.ROLE: "roles",
    Narrow.ORGANISATION: "organisations",
}
"""Narrowings whose values are keys of rows, with their table; those rows have to stay."""


class Direction(Worded):
    AT_LEAST = "at_least", _l("Ten minste")
    AT_MOST = "at_most", _l("Ten hoogste")


class Combining(Worded):
    """How the figures of several years make one."""

    PER_YEAR = "per_year", _l("Per jaar geteld, jaren opgeteld")
    ONCE = "once", _l("Eén keer over de hele agenda")
    LATEST = "latest", _l("De laatste stand")


class Result(Worded):
    OUTPUT = "output", _l("Prestatie")
    EFFECT = "effect", _l("Maatschappelijk effect")


class Indicator(Model):
    """What an agenda measures, of one theme or of all."""

    __tablename__ = "indicators"

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agendas.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    """Under which theme it stands; None: of the agenda as a whole."""
    name: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[int] = mapped_column(default=0)

    agenda: Mapped[Agenda] = relationship()
    theme: Mapped[Theme | None] = relationship()
    versions: Mapped[list["IndicatorVersion"]] = relationship(
        back_populates="indicator",
        cascade="all, delete-orphan",
        order_by="(IndicatorVersion.valid_from, IndicatorVersion.id)",
    )
    targets: Mapped[list["Target"]] = relationship(
        back_populates="indicator", cascade="all, delete-orphan", order_by="Target.id"
    )
    readings: Mapped[list["Reading"]] = relationship(
        back_populates="indicator", cascade="all, delete-orphan", order_by="(Reading.day, Reading.id)"
    )


class IndicatorVersion(Model):
    """What an indicator counts from a day on. Another rule is another version: figures before it do not compare."""

    __tablename__ = "indicator_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id", ondelete="CASCADE"), index=True)
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    """Why it counts differently than before; empty for the first."""
    definition: Mapped[str] = mapped_column(sa.String(1000))
    """What counts and what does not."""
    owner: Mapped[str] = mapped_column(sa.String(120))
    """The office that answers for it."""
    unit: Mapped[str] = mapped_column(sa.String(40))
    result: Mapped[Result] = enum_column(Result)
    mandatory: Mapped[bool] = mapped_column(default=False)
    direction: Mapped[Direction] = enum_column(Direction)
    combining: Mapped[Combining] = enum_column(Combining)
    measure: Mapped[Measure] = enum_column(Measure)
    narrowing: Mapped[dict[str, list[Any]]] = mapped_column(sa.JSON, default=dict)
    """What alone is counted: values by each `Narrow` that says so."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    indicator: Mapped[Indicator] = relationship(back_populates="versions")


class Aim(Worded):
    """What a target says: four things that are not the same."""

    NUMBER = "number", _l("Een getal")
    NONE = "none", _l("Geen streefwaarde")
    NOT_APPLICABLE = "not_applicable", _l("Niet van toepassing")
    UNKNOWN = "unknown", _l("Nog niet bekend")


class Target(Model):
    """What was aimed for in a year or over the whole agenda. Append only: the last one counts, earlier ones still print."""

    __tablename__ = "indicator_targets"

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id", ondelete="CASCADE"))
    year: Mapped[int | None]
    """None: over the whole agenda."""
    aim: Mapped[Aim] = enum_column(Aim)
    value: Mapped[Decimal | None] = mapped_column(Exact)
    decided_on: Mapped[date]
    decision: Mapped[str] = mapped_column(sa.String(200))
    """Where it was decided: 'begroting 2025'."""
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    """Why it changed, or why it does not apply."""
    entered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)

    indicator: Mapped[Indicator] = relationship(back_populates="targets")
    entered_by: Mapped[Account | None] = relationship()

    __table_args__ = (
        sa.Index("ix_indicator_targets_indicator_id_year", "indicator_id", "year"),
        sa.CheckConstraint("(aim = 'number') = (value IS NOT NULL)", name="value"),
        sa.CheckConstraint("aim <> 'not_applicable' OR reason <> ''", name="reason"),
    )


class ReadingKind(Worded):
    BASELINE = "baseline", _l("Nulmeting")
    REALISED = "realised", _l("Gerealiseerd")
    FORECAST = "forecast", _l("Verwachting")


class Reading(Model):
    """A figure that somebody entered. Append only: a correction replaces an earlier one, which stays."""

    __tablename__ = "indicator_readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ReadingKind] = enum_column(ReadingKind)
    day: Mapped[date]
    """Of which day it is the state; for a forecast, the last day of the period it is about."""
    value: Mapped[Decimal] = mapped_column(Exact)
    out_of: Mapped[Decimal | None] = mapped_column(Exact)
    """For a percentage the whole of which `value` is a part, so that totals add parts and wholes."""
    source: Mapped[str] = mapped_column(sa.String(300))
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    """Why it is lower than the one before, or what was wrong with the one that it replaces."""
    file_name: Mapped[str] = mapped_column(sa.String(150), default="")
    file_content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("indicator_readings.id"), unique=True)
    entered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)

    indicator: Mapped[Indicator] = relationship(back_populates="readings")
    entered_by: Mapped[Account | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("source <> ''", name="source"),
        sa.CheckConstraint("out_of > 0", name="out_of"),
        sa.CheckConstraint("(file_name = '') = (file_content IS NULL)", name="file"),
    )


class Count(Model):
    """What an indicator came to when it was last counted; pages read this, the clockwork counts."""

    __tablename__ = "indicator_counts"

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    """0: over the whole agenda."""
    value: Mapped[Decimal | None] = mapped_column(Exact)
    """None: there is nothing to count yet."""
    whole: Mapped[Decimal | None] = mapped_column(Exact)
    """For a percentage the whole of which `value` is a part."""
    counted_at: Mapped[datetime] = mapped_column(Moment)


class Aspect(Worded):
    """What a sign is about; an agenda has words of its own for each."""

    QUALITY = "quality", _l("Kwaliteit")
    TIME = "time", _l("Tijd")
    MONEY = "money", _l("Geld")


class Sign(Worded):
    """A letter and a word, never a colour alone; set by a person, never by a percentage."""

    GREEN = "green", _l("G: op koers"), "green"
    ORANGE = "orange", _l("O: aandacht"), "amber"
    RED = "red", _l("R: niet op koers"), "red"


class Assessment(Model):
    """How a theme of an agenda stands at a moment, in one aspect. Append only: the last of a day counts."""

    __tablename__ = "assessments"

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agendas.id", ondelete="CASCADE"))
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    day: Mapped[date]
    aspect: Mapped[Aspect] = enum_column(Aspect)
    sign: Mapped[Sign] = enum_column(Sign)
    cause: Mapped[str] = mapped_column(sa.String(1000), default="")
    consequence: Mapped[str] = mapped_column(sa.String(1000), default="")
    correction: Mapped[str] = mapped_column(sa.String(1000), default="")
    """The three answers to 'not on course'."""
    entered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)

    theme: Mapped[Theme] = relationship()
    entered_by: Mapped[Account | None] = relationship()

    __table_args__ = (
        sa.Index("ix_assessments_agenda_id_day", "agenda_id", "day"),
        sa.CheckConstraint(
            "sign = 'green' OR (cause <> '' AND consequence <> '' AND correction <> '')", name="answers"
        ),
    )


class Budget(Model):
    """What a theme of an agenda costs in a year, in thousands of euros. Append only: the last row counts."""

    __tablename__ = "budgets"

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agendas.id", ondelete="CASCADE"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    """None: of the agenda as a whole."""
    year: Mapped[int]
    budget: Mapped[Decimal] = mapped_column(Exact)
    change: Mapped[Decimal | None] = mapped_column(Exact)
    """By how much it was changed in the course of the year; None: it was not."""
    changed: Mapped[Decimal | None] = mapped_column(Exact)
    """The budget after that, as printed: rounded parts do not always add up."""
    realised: Mapped[Decimal | None] = mapped_column(Exact)
    source: Mapped[str] = mapped_column(sa.String(300), default="")
    entered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)

    theme: Mapped[Theme | None] = relationship()
    entered_by: Mapped[Account | None] = relationship()

    __table_args__ = (sa.Index("ix_budgets_agenda_id_year", "agenda_id", "year"),)
