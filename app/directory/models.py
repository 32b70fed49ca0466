"""Tables of who shows themselves to whom, and of what members write to each other."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.database import Model, Moment, enum_column
from app.network.models import Network
from app.network.people.models import Person
from app.words import Worded


class Audience(Worded):
    """Who may see what somebody said yes to."""

    MEMBERS = "members", _l("leden van dit netwerk")
    PARTICIPANTS = "participants", _l("wie aan deze sessie meedoet")


class Shown(Worded):
    """What somebody may choose to show, with the words of the yes: those are kept with it."""

    NAME = (
        "name",
        _l("naam en organisatie"),
        _l(
            "Leden van dit netwerk mogen mijn naam en organisatie zien, en mij met een formulier een bericht sturen. "
            "Mijn mailadres zien ze niet."
        ),
    )
    ROLE = "role", _l("functie"), _l("Leden mogen ook mijn functie zien.")
    THEMES = "themes", _l("thema’s"), _l("Leden mogen ook de thema’s zien die ik volg.")
    KNOWS = "knows", _l("ik weet van"), _l("Hier weet ik iets van. Leden zien dit bij mijn naam.")
    SEEKS = "seeks", _l("ik zoek"), _l("Dit zoek ik. Leden zien dit bij mijn naam.")
    PICTURE = "picture", _l("foto"), _l("Leden mogen mijn foto zien.")
    CONTACT = (
        "contact",
        _l("contactpersoon"),
        _l("Leden mogen zien dat ik contactpersoon van mijn organisatie ben, en waarvoor."),
    )
    COMES = (
        "comes",
        _l("dat ik meedoe"),
        _l("Wie ook aan deze sessie meedoet, mag mijn naam en organisatie op de lijst zien."),
    )

    asks: LazyString
    """The words that somebody says yes to."""

    def __init__(self, value: str, words: LazyString, asks: LazyString) -> None:
        super().__init__(value, words)
        self.asks = asks


class Visibility(Model):
    """A yes: what somebody shows to whom, in which words they were asked, from when until when.

    Other words are another yes; one that was given says what it said, and is only ever taken back.
    """

    __tablename__ = "visibilities"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    field: Mapped[Shown] = enum_column(Shown)
    audience: Mapped[Audience] = enum_column(Audience)
    wording: Mapped[str] = mapped_column(sa.String(300))
    given_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        sa.Index(
            "uq_visibilities_of_network",
            "network_id",
            "field",
            "person_id",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.Index(
            "uq_visibilities_of_event",
            "event_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.CheckConstraint("(network_id IS NULL) <> (event_id IS NULL)", name="where"),
        sa.CheckConstraint("(field = 'comes') = (event_id IS NOT NULL)", name="comes"),
        sa.CheckConstraint("(audience = 'participants') = (event_id IS NOT NULL)", name="to_whom"),
    )


class Listing(Model):
    """What somebody wrote for who is who of a network. Whether it is seen, their yes says alone."""

    __tablename__ = "listings"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    knows: Mapped[str] = mapped_column(sa.String(200), default="")
    seeks: Mapped[str] = mapped_column(sa.String(200), default="")
    found_by: Mapped[str] = mapped_column(sa.String(420), default="")
    """Both, folded, as they are sought."""
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)

    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "network_id"),)


class ListingPicture(Model):
    """The picture that somebody shows to members, apart from its row: no list reads it."""

    __tablename__ = "listing_pictures"

    listing_id: Mapped[int] = mapped_column(
        ForeignKey("listings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    width: Mapped[int]
    height: Mapped[int]


class ContactState(Worded):
    """How far a message from one member to another came."""

    WAITING = "waiting", _l("onderweg"), "quiet"
    SENT = "sent", _l("doorgegeven"), "green"
    STOPPED = "stopped", _l("niet doorgegeven"), "quiet"
    """Whoever wrote it does not learn this: it would say that they are blocked."""


class Contact(Model):
    """A message that one member writes to another through us, or the answer to one."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    sender_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    shows_address: Mapped[bool] = mapped_column(default=False)
    """Whether the sender, who answers, chose to let their address be seen."""
    state: Mapped[ContactState] = enum_column(ContactState, default=ContactState.WAITING)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    """When an organiser was done with the report."""

    network: Mapped[Network] = relationship()
    sender: Mapped[Person] = relationship(foreign_keys=[sender_id])
    recipient: Mapped[Person] = relationship(foreign_keys=[recipient_id])
    answers: Mapped["Contact | None"] = relationship(remote_side=[id])

    __table_args__ = (
        sa.Index("ix_contacts_sender_id_created_at", "sender_id", "created_at"),
        sa.Index("ix_contacts_network_id_reported_at", "network_id", "reported_at"),
        sa.CheckConstraint("sender_id <> recipient_id", name="two"),
    )


class Block(Model):
    """That somebody wants no message of somebody else. Who is blocked never learns it."""

    __tablename__ = "blocks"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    blocked_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    blocked: Mapped[Person] = relationship(foreign_keys=[blocked_id])

    __table_args__ = (
        sa.UniqueConstraint("person_id", "blocked_id"),
        sa.CheckConstraint("person_id <> blocked_id", name="two"),
    )


class WritingStop(Model):
    """That an organiser lets somebody write no more messages in a network, after a report."""

    __tablename__ = "writing_stops"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    person: Mapped[Person] = relationship()
    account: Mapped[Account | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("network_id", "person_id"),)
