"""Tables of agendas: their parties, their themes, and the koppels that stand for a theme."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, Moment, enum_column
from app.network.models import Network
from app.network.people.models import Person
from app.themes.models import Theme
from app.words import Worded


class AgendaState(Worded):
    DRAFT = "draft", _l("Concept")
    PUBLISHED = "published", _l("Gepubliceerd"), "green"


class Agenda(Model):
    """What parties agreed to take up together in a period, kept by one network for all."""

    __tablename__ = "agendas"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    """The network whose organisers keep it."""
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(150))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    """What was agreed, Markdown."""
    state: Mapped[AgendaState] = enum_column(AgendaState, default=AgendaState.DRAFT)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    signed_on: Mapped[date | None]
    ratified_on: Mapped[date | None]
    """When the last party agreed to what was signed."""
    quality_label: Mapped[str] = mapped_column(sa.String(40))
    time_label: Mapped[str] = mapped_column(sa.String(40))
    money_label: Mapped[str] = mapped_column(sa.String(40))
    green_means: Mapped[str] = mapped_column(sa.String(200))
    orange_means: Mapped[str] = mapped_column(sa.String(200))
    red_means: Mapped[str] = mapped_column(sa.String(200))
    """What each sign says in this agenda: bodies do not mean the same by orange."""

    network: Mapped[Network] = relationship()
    parties: Mapped[list["Party"]] = relationship(
        back_populates="agenda", cascade="all, delete-orphan", order_by="(Party.place, Party.id)"
    )
    themes: Mapped[list["AgendaTheme"]] = relationship(
        back_populates="agenda", cascade="all, delete-orphan", order_by="(AgendaTheme.place, AgendaTheme.id)"
    )

    __table_args__ = (sa.CheckConstraint("ends_on >= starts_on", name="period"),)


class Party(Model):
    """One of the bodies that signed an agenda."""

    __tablename__ = "agenda_parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agendas.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(120))
    """As it signed; what it is called since changes nothing about that."""
    place: Mapped[int] = mapped_column(default=0)

    agenda: Mapped[Agenda] = relationship(back_populates="parties")

    __table_args__ = (sa.UniqueConstraint("agenda_id", "name"),)


class AgendaTheme(Model):
    """A theme on an agenda: what was agreed about it, from when and until when."""

    __tablename__ = "agenda_themes"

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agendas.id", ondelete="CASCADE"))
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    ambition: Mapped[str] = mapped_column(sa.Text, default="")
    """What was agreed, Markdown."""
    starts_on: Mapped[date | None]
    """When it joined; None: with the agenda."""
    ends_on: Mapped[date | None]
    """Its last day on the agenda; None: with the agenda."""
    place: Mapped[int] = mapped_column(default=0)

    agenda: Mapped[Agenda] = relationship(back_populates="themes")
    theme: Mapped[Theme] = relationship()
    offices: Mapped[list["Office"]] = relationship(
        back_populates="agenda_theme", cascade="all, delete-orphan", order_by="(Office.starts_on, Office.id)"
    )

    __table_args__ = (
        sa.UniqueConstraint("agenda_id", "theme_id"),
        sa.CheckConstraint("ends_on >= starts_on", name="period"),
    )

    @property
    def first_day(self) -> date:
        return self.starts_on or self.agenda.starts_on

    @property
    def last_day(self) -> date:
        return self.ends_on or self.agenda.ends_on


class OfficeKind(Worded):
    """As what somebody stands for a theme."""

    EXECUTIVE = "executive", _l("Bestuurder")
    OFFICIAL = "official", _l("Ambtelijk adviseur")


class Office(Model):
    """A place in a koppel: who stands for a theme on behalf of a party, from when until when. History stays."""

    __tablename__ = "koppel_offices"

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_theme_id: Mapped[int] = mapped_column(ForeignKey("agenda_themes.id", ondelete="CASCADE"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("agenda_parties.id", ondelete="CASCADE"), index=True)
    kind: Mapped[OfficeKind] = enum_column(OfficeKind)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    """None: somebody who was erased."""
    title: Mapped[str] = mapped_column(sa.String(120))
    """As what: 'gedeputeerde', 'bestuurslid VBG'."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day; None: still holds it. The personal link ends with it."""
    token_version: Mapped[int] = mapped_column(default=1)
    link_sent_at: Mapped[datetime | None] = mapped_column(Moment)
    """When an organiser had their link mailed to them last; None: never, or it was withdrawn since."""

    agenda_theme: Mapped[AgendaTheme] = relationship(back_populates="offices")
    party: Mapped[Party] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="period"),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name="token_version"),
        sa.Index(
            "uq_koppel_offices_held",
            "agenda_theme_id",
            "party_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        ),
    )

    def is_held_on(self, day: date) -> bool:
        """Whether somebody stands there on this day."""
        return self.person_id is not None and self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
