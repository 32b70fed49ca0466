"""Tables of organisations: what they are, their mail domains, whom to ask."""

from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, enum_column, listed
from app.themes.models import Theme
from app.words import Worded

if TYPE_CHECKING:
    from app.network.people.models import Person


class SizeClass(Worded):
    """Municipalities by size, as their association in Brabant speaks of them."""

    LARGE = "B5", _l("Groot (de vijf steden, B5)")
    MEDIUM = "M7", _l("Middelgroot (M7)")
    SMALL = "overig", _l("Kleiner")


class OrganisationKind(Worded):
    MUNICIPALITY = "gemeente", _l("Gemeente")
    WATER_BOARD = "waterschap", _l("Waterschap")
    PROVINCE = "provincie", _l("Provincie")
    STATE = "rijk", _l("Rijk")
    ASSOCIATION = "vereniging", _l("Vereniging")
    PARTNERSHIP = "samenwerkingsverband", _l("Samenwerkingsverband")
    KNOWLEDGE_INSTITUTE = "kennisinstelling", _l("Kennisinstelling")
    HOUSING_CORPORATION = "woningcorporatie", _l("Woningcorporatie")
    CIVIL_SOCIETY = "maatschappelijk", _l("Maatschappelijke organisatie")
    COMPANY = "bedrijf", _l("Bedrijf")


class Organisation(Model):
    """A public body or partner. `grid_row` and `grid_col` place a municipality on the tile map.

    One that has ended names its successor: Uden became Maashorst on 1 January 2022. What was
    counted for it counts for the successor too (network/organisations/lineage.py).
    """

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(sa.String(10), unique=True)
    """Code of Statistics Netherlands (CBS), such as GM0826."""
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    kind: Mapped[OrganisationKind] = enum_column(OrganisationKind)
    region: Mapped[str | None] = mapped_column(sa.String(100))
    size_class: Mapped[SizeClass | None] = listed(SizeClass, 20)
    grid_row: Mapped[int | None]
    grid_col: Mapped[int | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """What it is a part of: a service of a municipality, an institute of a university."""
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    ended_on: Mapped[date | None]
    """Last day on which it existed."""

    parent: Mapped["Organisation | None"] = relationship(foreign_keys=parent_id, remote_side=[id])
    successor: Mapped["Organisation | None"] = relationship(foreign_keys=successor_id, remote_side=[id])
    domains: Mapped[list["OrganisationDomain"]] = relationship(
        cascade="all, delete-orphan", order_by="OrganisationDomain.domain"
    )
    contacts: Mapped[list["ContactPerson"]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="ContactPerson.id"
    )

    __table_args__ = (
        sa.UniqueConstraint("grid_row", "grid_col"),
        sa.CheckConstraint("(grid_row IS NULL) = (grid_col IS NULL)", name="grid"),
        sa.CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor"),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent"),
    )


class OrganisationDomain(Model):
    """A mail domain, lower case, from which people of an organisation write. Offices may share one."""

    __tablename__ = "organisation_domains"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[str] = mapped_column(sa.String(254), primary_key=True, index=True)


class ContactPerson(Model):
    """Whom to ask at an organisation, for one theme or, without a theme, for all."""

    __tablename__ = "contact_persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id", ondelete="CASCADE"))

    organisation: Mapped[Organisation] = relationship(back_populates="contacts")
    person: Mapped["Person"] = relationship()
    theme: Mapped[Theme | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("organisation_id", "person_id", "theme_id"),)
