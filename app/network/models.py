"""Tables of networks: what they are and who takes part."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.network.people.models import Language, Person
from app.words import Worded


class Delivery(Worded):
    """How a member hears of a network: at once by mail, without its news, or all of it in the digest."""

    AT_ONCE = "at_once", _l("Uitnodigingen meteen, en nieuws in het overzicht")
    NO_NEWS = "no_news", _l("Alleen uitnodigingen")
    DIGEST = "digest", _l("Alles in het nieuwsoverzicht, geen losse mails")


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
    colour: Mapped[NetworkColour] = enum_column(NetworkColour, default=NetworkColour.VIOLET)
    summary: Mapped[str] = mapped_column(sa.String(300), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")
    contact_name: Mapped[str] = mapped_column(sa.String(120))
    contact_address: Mapped[str] = mapped_column(sa.String(254))
    """Who answers questions about this network; stands on pages and in mails."""
    quiet_hours: Mapped[bool] = mapped_column(default=True)
    paced: Mapped[bool] = mapped_column(default=True)
    four_eyes_from: Mapped[int | None]
    """A wave to this many people or more is released by a second organiser; None: never."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    __table_args__ = (sa.CheckConstraint("four_eyes_from > 0", name="four_eyes_from"),)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="network")


class Standing(Worded):
    """How a person belongs to a network. A guest was invited to a single event."""

    MEMBER = "member", _l("Lid")
    GUEST = "guest", _l("Gast")
    LEFT = "left", _l("Vertrokken")


class Membership(Model):
    """A person in a network; somebody who unsubscribed gets no more mail of it except about own registrations."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    standing: Mapped[Standing] = enum_column(Standing, default=Standing.MEMBER)
    since: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(Moment)
    delivery: Mapped[Delivery] = enum_column(Delivery, default=Delivery.AT_ONCE)

    person: Mapped[Person] = relationship(back_populates="memberships")
    network: Mapped[Network] = relationship(back_populates="memberships")

    __table_args__ = (sa.UniqueConstraint("person_id", "network_id"),)


class NetworkNote(Model):
    """What organisers of a network want to remember of somebody; other networks do not read it, the person does."""

    __tablename__ = "network_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)

    network: Mapped[Network] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "network_id"),)


class JoinRequest(Model):
    """Somebody asked on a public page to join a network; confirmed by the link in the mail that follows."""

    __tablename__ = "join_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[Language] = enum_column(Language, default=Language.NL)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    mailed: Mapped[bool] = mapped_column(default=False)

    network: Mapped[Network] = relationship()
