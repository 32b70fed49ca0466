"""Tables of the network: who is who, where they work, what they take part in."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, choice, db, listed
from app.words import Worded


class Language(Worded):
    NL = "nl", _l("Nederlands")
    EN = "en", _l("Engels")


class DigestFrequency(Worded):
    WEEKLY = "weekly", _l("Elke week")
    MONTHLY = "monthly", _l("Elke maand")
    NEVER = "never", _l("Nooit")


class Delivery(Worded):
    """How a member hears of a network: at once by mail, without its news, or all of it in the digest."""

    AT_ONCE = "at_once", _l("Uitnodigingen meteen, en nieuws in het overzicht")
    NO_NEWS = "no_news", _l("Alleen uitnodigingen")
    DIGEST = "digest", _l("Alles in het nieuwsoverzicht, geen losse mails")


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


class SizeClass(Worded):
    """Municipalities by size, as their association in Brabant speaks of them."""

    LARGE = "B5", _l("Groot (de vijf steden, B5)")
    MEDIUM = "M7", _l("Middelgroot (M7)")
    SMALL = "overig", _l("Kleiner")


class Organisation(Model):
    """A public body or partner. `grid_row` and `grid_col` place a municipality on the tile map.

    One that has ended names its successor: Uden became Maashorst on 1 January 2022. What was
    counted for it counts for the successor too (network/lineage.py).
    """

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(sa.String(10), unique=True)
    """Code of Statistics Netherlands (CBS), such as GM0826."""
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    kind: Mapped[OrganisationKind] = choice(OrganisationKind)
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


class _Bilingual:
    """Has a name in each language."""

    name_nl: Mapped[str]
    name_en: Mapped[str]

    @property
    def words(self) -> str:
        """What it is called in the language of the reader."""
        return self.name_en if str(get_locale()) == "en" else self.name_nl


class Topic(_Bilingual, Model):
    """A theme that people are interested in and organisations have contact persons for."""

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_nl: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[int]
    """Order in lists."""


class ContactPerson(Model):
    """Whom to ask at an organisation, for one theme or, without a theme, for all."""

    __tablename__ = "contact_persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))

    organisation: Mapped[Organisation] = relationship(back_populates="contacts")
    person: Mapped["Person"] = relationship()
    topic: Mapped[Topic | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("organisation_id", "person_id", "topic_id"),)


class Role(_Bilingual, Model):
    """A kind of position: alderman, council member, griffier, policy officer …"""

    __tablename__ = "roles"

    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name_nl: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[int]
    """Order in lists."""


interests = sa.Table(
    "interests",
    db.metadata,
    sa.Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("topic_id", ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which themes somebody wants to hear of."""


class Person(Model):
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
    mails_a_week: Mapped[int | None]
    """The person's own limit, when stricter than that of the site (MAILS_PER_WEEK)."""
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    """What organisers of this person's networks want to remember; the person sees it too."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """Who this person turned out to be; everything has moved there."""
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
    topics: Mapped[list[Topic]] = relationship(secondary=interests, order_by=Topic.place)

    @property
    def email(self) -> str | None:
        """The preferred address, as its owner writes it."""
        return next((address.address for address in self.addresses if address.preferred), None)


class EmailAddress(Model):
    """An address of a person; `key` is the lower-case form by which it is unique."""

    __tablename__ = "email_addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    key: Mapped[str] = mapped_column(sa.String(254), unique=True)
    domain: Mapped[str] = mapped_column(sa.String(254), index=True)
    preferred: Mapped[bool] = mapped_column(default=True)
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a mail server said that there is no such address; nothing is sent there any more."""
    bounce: Mapped[str] = mapped_column(sa.String(300), default="")
    """The server's words."""

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


class Position(Model):
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

    @property
    def job(self) -> str:
        """What somebody does there: the title, else the role in the language of the reader."""
        return self.title or (self.role.words if self.role else "")


class NetworkColour(Worded):
    VIOLET = "violet", _l("Blauwviolet")
    GREEN = "green", _l("Groen")
    BLUE = "blue", _l("Blauw")
    OCHRE = "ochre", _l("Oker")
    TEAL = "teal", _l("Blauwgroen")
    PLUM = "plum", _l("Paars")


class Network(Model):
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
    four_eyes_from: Mapped[int | None]
    """A wave to so many people or more is released by a second organiser; None: never."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    __table_args__ = (sa.CheckConstraint("four_eyes_from > 0", name="four_eyes_from"),)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="network")


class Standing(Worded):
    """How a person belongs to a network. A guest was invited to a single event."""

    MEMBER = "member", _l("Lid")
    GUEST = "guest", _l("Gast")
    LEFT = "left", _l("Vertrokken")


class Membership(Model):
    """A person in a network; who unsubscribed gets no more mail of it but for own registrations."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    standing: Mapped[Standing] = choice(Standing, default=Standing.MEMBER)
    since: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(Moment)
    delivery: Mapped[Delivery] = choice(Delivery, default=Delivery.AT_ONCE)

    person: Mapped[Person] = relationship(back_populates="memberships")
    network: Mapped[Network] = relationship(back_populates="memberships")

    __table_args__ = (sa.UniqueConstraint("person_id", "network_id"),)


class Audience(Model):
    """A saved selection of people. `rule` is a list of groups joined by 'or', each a list of conditions joined by 'and'.

    A condition is {"block": name, "values": [...], "not": bool}; network/blocks.py has the
    blocks. Without a group it is all members of the network.
    """

    __tablename__ = "audiences"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    rule: Mapped[list[list[dict[str, Any]]]] = mapped_column(sa.JSON, default=list)

    network: Mapped[Network] = relationship()

    __table_args__ = (sa.UniqueConstraint("network_id", "name"),)


class ImportState(Worded):
    """An uploaded list waits for a decision, is carried out by the clockwork, and may be undone for a while."""

    WAITING = "waiting", _l("Wacht op een besluit")
    QUEUED = "queued", _l("Wordt ingelezen")
    DONE = "done", _l("Ingelezen")
    UNDOING = "undoing", _l("Wordt teruggedraaid")
    UNDONE = "undone", _l("Teruggedraaid")


class Import(Model):
    """An uploaded list; the file goes when it has been carried out.

    `mapping` holds the organiser's choices: {"columns": {heading: column}, "organisations":
    {text: id}, "roles": {text: code}}; the next list of the network starts from them.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    state: Mapped[ImportState] = choice(ImportState, default=ImportState.WAITING)
    mapping: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    moves: Mapped[bool] = mapped_column(default=False)
    """Whether a position at another organisation ends when the list has a new one."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    total: Mapped[int] = mapped_column(default=0)
    """Rows in the list."""
    handled: Mapped[int] = mapped_column(default=0)
    """Rows that have been carried out."""
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    kept_back: Mapped[int] = mapped_column(default=0)
    """People whom undoing left, since something had happened with them."""

    network: Mapped[Network] = relationship()


class ImportedPerson(Model):
    """Somebody on an imported list; `before` is what to restore when it is undone."""

    __tablename__ = "imported_people"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    created: Mapped[bool] = mapped_column(default=False)
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class Likeness(Worded):
    """Why two people may be one."""

    SAME_PLACE = "same_place", _l("Bijna dezelfde naam, bij dezelfde organisatie")
    SAME_NAME = "same_name", _l("Dezelfde naam, bij een andere organisatie")


class Double(Model):
    """Two people who may be the same one. The lower id comes first; dismissed when they are not."""

    __tablename__ = "doubles"

    first_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    likeness: Mapped[Likeness] = choice(Likeness)
    score: Mapped[int]
    """Similarity of the names, 0 to 100."""
    dismissed_at: Mapped[datetime | None] = mapped_column(Moment)

    first: Mapped[Person] = relationship(foreign_keys=first_id)
    second: Mapped[Person] = relationship(foreign_keys=second_id)

    __table_args__ = (sa.CheckConstraint("first_id < second_id", name="pair"),)


class Merge(Model):
    """Two people who became one; `journal` has every row that changed, so that it can be undone."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    journal: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    kept: Mapped[Person] = relationship(foreign_keys=kept_id)
    gone: Mapped[Person] = relationship(foreign_keys=gone_id)

    __table_args__ = (sa.CheckConstraint("kept_id <> gone_id", name="two"),)


class JoinRequest(Model):
    """Somebody asked on a public page to join a network; confirmed by the link in the mail that follows."""

    __tablename__ = "join_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[Language] = choice(Language, default=Language.NL)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    mailed: Mapped[bool] = mapped_column(default=False)

    network: Mapped[Network] = relationship()


class AddressClaim(Model):
    """A new address that a person gave; theirs once the link mailed to it is confirmed."""

    __tablename__ = "address_claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    person: Mapped[Person] = relationship()


class SearchKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    EVENT = "event"


_WORD = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
"""Compared byte by byte, so that all words with a beginning stand together in the index."""


class SearchWord(Model):
    """A word that stands in some name, lower case and without accents."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(_WORD, unique=True)


class SearchVariant(Model):
    """A word with one letter left out, by which it is found in spite of a typing error."""

    __tablename__ = "search_variants"

    variant: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    word_id: Mapped[int] = mapped_column(ForeignKey("search_words.id", ondelete="CASCADE"), primary_key=True)


class SearchEntry(Model):
    """A word stands in the name of this person, organisation or event."""

    __tablename__ = "search_entries"

    word_id: Mapped[int] = mapped_column(ForeignKey("search_words.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[SearchKind] = choice(SearchKind, primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)

    __table_args__ = (sa.Index("ix_search_entries_subject", "kind", "subject_id"),)
