"""Tables of people: names, addresses, positions."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, db, enum_column
from app.mailed_codes import MailedCode
from app.network.organisations.models import Organisation
from app.network.vocabulary.models import Role
from app.themes.models import Theme
from app.words import Worded

if TYPE_CHECKING:
    from app.network.models import Membership, Network


class Language(Worded):
    NL = "nl", _l("Nederlands")
    EN = "en", _l("Engels")


class DigestFrequency(Worded):
    WEEKLY = "weekly", _l("Elke week")
    MONTHLY = "monthly", _l("Elke maand")
    NEVER = "never", _l("Nooit")


interests = sa.Table(
    "interests",
    db.metadata,
    sa.Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which themes somebody wants to hear of."""


class Person(Model):
    """Somebody in a network. `sort_name` and `search_text` follow from the name (network/people/names.py)."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    call_name: Mapped[str] = mapped_column(sa.String(60))
    """How a mail greets this person: 'Dag Sanne'."""
    titles: Mapped[str] = mapped_column(sa.String(80), default="", server_default="")
    """What stands before and behind the name: 'mw. drs. MSc'."""
    phone: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    """As it is written; more than one may stand there."""
    sort_name: Mapped[str] = mapped_column(
        sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql"), index=True
    )
    """By which lists are ordered: 'vries  sanne  de', no word of it for a reader."""
    search_text: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[Language] = enum_column(Language, default=Language.NL)
    feed_version: Mapped[int] = mapped_column(default=1)
    """Raised when the person renews the address of their calendar feed."""
    digest: Mapped[DigestFrequency] = enum_column(DigestFrequency, default=DigestFrequency.WEEKLY)
    preferences_version: Mapped[int] = mapped_column(default=1)
    mails_a_week: Mapped[int | None]
    """The person's own limit, when stricter than that of the site (MAILS_PER_WEEK)."""
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
    merged_into: Mapped["Person | None"] = relationship(remote_side=[id])
    themes: Mapped[list[Theme]] = relationship(secondary=interests, order_by=Theme.place)

    __table_args__ = (
        sa.Index(
            "ix_people_erased",
            "erased_at",
            sqlite_where=sa.text("erased_at IS NOT NULL"),
            postgresql_where=sa.text("erased_at IS NOT NULL"),
        ),
    )

    @property
    def email(self) -> str | None:
        """The preferred address, as its owner writes it."""
        return next((address.address for address in self.addresses if address.preferred), None)

    def owns(self, column: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bool]:
        """Whether a column names them, or somebody who became one with them: what both had stays behind with the other."""
        merged = sa.select(Person.id).where(Person.merged_into_id == self.id)
        return sa.or_(column == self.id, column.in_(merged))


class EmailAddress(Model):
    """An address by which a person is reached; `key` is the lower-case form, and one's own is nobody else's.

    Who is behind an address is asked in network/people/mailboxes.py alone.
    """

    __tablename__ = "email_addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    key: Mapped[str] = mapped_column(sa.String(254))
    domain: Mapped[str] = mapped_column(sa.String(254), index=True)
    preferred: Mapped[bool] = mapped_column(default=True)
    through: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether the mailbox is somebody else's or an office's (griffie@), so that more people are reached through it."""
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
        sa.Index(
            "uq_email_addresses_own",
            "key",
            unique=True,
            sqlite_where=sa.text("NOT through"),
            postgresql_where=sa.text("NOT through"),
        ),
        sa.UniqueConstraint("key", "person_id"),
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
        return name_job(self.title, self.role)


def name_job(title: str | None, role: Role | None) -> str:
    """What somebody does somewhere: the title, else the role in the language of the reader."""
    return title or (role.words if role else "")


class AddressClaim(Model):
    """A new address that a person gave; theirs once the link mailed to it is confirmed."""

    __tablename__ = "address_claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    through: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether they said that the mailbox is shared, or somebody else's."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    person: Mapped[Person] = relationship()


class AddressChange(Model):
    """Addresses of somebody before and after a change, the preferred one first.

    Each as [address, 'preferred' or nothing], with 'through' behind it where they are only reached through that mailbox.
    """

    __tablename__ = "address_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    before: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    after: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("merges.id", ondelete="CASCADE"))
    """When this is somebody who went up in another person: taking it back makes them two again."""

    person: Mapped[Person] = relationship()


class ProposedAct(Worded):
    """What an organiser proposes about an address of somebody who is not theirs alone."""

    ADD = "add", _l("een adres erbij")
    PREFER = "prefer", _l("mail voortaan naar een ander adres")
    REMOVE = "remove", _l("een adres weghalen")


class AddressProposal(Model):
    """A change of somebody's addresses that waits until they confirm it by the link in a mail."""

    __tablename__ = "address_proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    act: Mapped[ProposedAct] = enum_column(ProposedAct)
    address: Mapped[str] = mapped_column(sa.String(254))
    through: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether they would only be reached there: the mailbox is shared, or somebody else's."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship()
    network: Mapped["Network"] = relationship()


class PersonSignIn(MailedCode):
    """Somebody's request for a mail by which they sign in on their own pages (app/me/sign_ins.py).

    One for an address that we do not know, or beyond what an address may be mailed, leaves a row too, without an address:
    its code opens nothing.
    """

    __tablename__ = "person_sign_ins"

    address_digest: Mapped[str] = mapped_column(sa.String(64), index=True)
    """Of the address that was asked for: by it a code is found in any browser, and tries are counted."""
    email_address_id: Mapped[int | None] = mapped_column(
        ForeignKey("email_addresses.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    """Whom alone it opens; without, whoever is behind the mailbox."""

    email_address: Mapped[EmailAddress | None] = relationship()
    person: Mapped[Person | None] = relationship()


class PersonSession(Model):
    """A browser in which somebody is signed in on their own pages. Only the digest of its secret is kept."""

    __tablename__ = "person_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    browser: Mapped[str] = mapped_column(sa.String(60), default="")
    """Its name and system, for its owner to know it by."""
    kept: Mapped[bool]
    """Whether it stays on this device, as its owner chose."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    used_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    """When it was used last, within some minutes."""
    authenticated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When its owner showed by a mail who they are."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship()


class Departure(Model):
    """That somebody left everything, and how it was before: they can come back by the link in the mail that tells it."""

    __tablename__ = "departures"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kept: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    """What memberships.rejoin_networks needs."""
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship()
