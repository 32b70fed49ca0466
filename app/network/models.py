"""Tables of the network: who is who, where they work, what they take part in."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Moment, choice, db


class Language(StrEnum):
    NL = "nl"
    EN = "en"


class DigestFrequency(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NEVER = "never"


class OrganisationKind(StrEnum):
    MUNICIPALITY = "gemeente"
    WATER_BOARD = "waterschap"
    PROVINCE = "provincie"
    STATE = "rijk"
    ASSOCIATION = "vereniging"
    PARTNERSHIP = "samenwerkingsverband"
    KNOWLEDGE_INSTITUTE = "kennisinstelling"
    HOUSING_CORPORATION = "woningcorporatie"
    CIVIL_SOCIETY = "maatschappelijk"
    COMPANY = "bedrijf"


class Organisation(db.Model):
    """A public body or partner. `grid_row` and `grid_col` place a municipality on the tile map."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(sa.String(10), unique=True)
    """Code of Statistics Netherlands (CBS), such as GM0826."""
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    kind: Mapped[OrganisationKind] = choice(OrganisationKind)
    region: Mapped[str | None] = mapped_column(sa.String(100))
    size_class: Mapped[str | None] = mapped_column(sa.String(20))
    grid_row: Mapped[int | None]
    grid_col: Mapped[int | None]

    __table_args__ = (
        sa.UniqueConstraint("grid_row", "grid_col"),
        sa.CheckConstraint("(grid_row IS NULL) = (grid_col IS NULL)", name="grid"),
    )


class Role(db.Model):
    """A kind of position: alderman, council member, griffier, policy officer …"""

    __tablename__ = "roles"

    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name_nl: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[int]
    """Order in lists."""


class Person(db.Model):
    """Somebody in a network. `sort_name` and `search_text` follow from the name (network/names.py)."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    call_name: Mapped[str] = mapped_column(sa.String(60))
    """How a mail greets this person: 'Dag Sanne'."""
    sort_name: Mapped[str] = mapped_column(sa.String(120), index=True)
    search_text: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[Language] = choice(Language, default=Language.NL)
    feed_version: Mapped[int] = mapped_column(default=1)
    """Raised when the person renews the address of their calendar feed."""
    digest: Mapped[DigestFrequency] = choice(DigestFrequency, default=DigestFrequency.WEEKLY)
    preferences_version: Mapped[int] = mapped_column(default=1)
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)

    addresses: Mapped[list["EmailAddress"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="EmailAddress.id"
    )
    positions: Mapped[list["Position"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="Position.id"
    )
    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", cascade="all, delete-orphan")

    @property
    def email(self) -> str | None:
        """The preferred address, as its owner writes it."""
        return next((address.address for address in self.addresses if address.preferred), None)


class EmailAddress(db.Model):
    """An address of a person; `key` is the lower-case form by which it is unique."""

    __tablename__ = "email_addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    key: Mapped[str] = mapped_column(sa.String(254), unique=True)
    domain: Mapped[str] = mapped_column(sa.String(254), index=True)
    preferred: Mapped[bool] = mapped_column(default=True)

    person: Mapped[Person] = relationship(back_populates="addresses")

    __table_args__ = (
        sa.Index(
            "uq_email_addresses_preferred",
            "person_id",
            unique=True,
            sqlite_where=sa.text("preferred"),
            postgresql_where=sa.text("preferred"),
        ),
    )


class Position(db.Model):
    """A person's role at an organisation, from–until; without end it holds now."""

    __tablename__ = "positions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    role_code: Mapped[str | None] = mapped_column(ForeignKey("roles.code"))
    title: Mapped[str | None] = mapped_column(sa.String(120))
    """What the person is called there: 'wethouder Wonen', 'adviseur data'."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="positions")
    organisation: Mapped[Organisation] = relationship()
    role: Mapped[Role | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="period"),
    )  # fmt: skip


class NetworkColour(StrEnum):
    VIOLET = "violet"
    GREEN = "green"
    BLUE = "blue"
    OCHRE = "ochre"
    TEAL = "teal"
    PLUM = "plum"


class Network(db.Model):
    """A standing programme with members, organisers and a mail identity."""

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    letters: Mapped[str] = mapped_column(sa.String(3))
    """One to three letters that stand for the network beside its colour."""
    colour: Mapped[NetworkColour] = choice(NetworkColour, default=NetworkColour.VIOLET)
    summary: Mapped[str] = mapped_column(sa.String(300), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")
    contact_name: Mapped[str] = mapped_column(sa.String(120))
    contact_address: Mapped[str] = mapped_column(sa.String(254))
    """Who answers questions about this network; stands on pages and in mails."""
    quiet_hours: Mapped[bool] = mapped_column(default=True)
    paced: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="network")


class Standing(StrEnum):
    """How a person belongs to a network. A guest was invited to a single event."""

    MEMBER = "member"
    GUEST = "guest"
    LEFT = "left"


class Membership(db.Model):
    """A person in a network; who unsubscribed gets no more mail of it but for own registrations."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    standing: Mapped[Standing] = choice(Standing, default=Standing.MEMBER)
    since: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(Moment)
    in_digest: Mapped[bool] = mapped_column(default=True)

    person: Mapped[Person] = relationship(back_populates="memberships")
    network: Mapped[Network] = relationship(back_populates="memberships")

    __table_args__ = (sa.UniqueConstraint("person_id", "network_id"),)


class Audience(db.Model):
    """A saved selection of a network's members: of these kinds, regions and roles; an empty list leaves all.

    `unreached_in` keeps only organisations from which nobody came to the network in that year.
    """

    __tablename__ = "audiences"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kinds: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    regions: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    roles: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    unreached_in: Mapped[int | None]

    network: Mapped[Network] = relationship()

    __table_args__ = (sa.UniqueConstraint("network_id", "name"),)


class Import(db.Model):
    """An uploaded list between its dry run and the organiser's decision; the file goes when it is decided."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)

    network: Mapped[Network] = relationship()
