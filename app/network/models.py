"""Tables of networks: what they are and who takes part."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, db, enum_column
from app.network.faces.models import Picture
from app.network.organisations.models import Organisation
from app.network.people.models import Language, Person
from app.themes.models import Theme, network_themes
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


class Joining(Worded):
    """Who may become a member by asking. An organiser may make anybody a member."""

    OPEN = "open", _l("Iedereen kan lid worden")
    APPROVAL = "approval", _l("Iedereen kan het vragen, een organisator zegt ja of nee")
    NAMED = "named", _l("Mensen van bepaalde organisaties of maildomeinen")
    INVITED = "invited", _l("Alleen op uitnodiging")


class Network(Model):
    """A standing programme with members, organisers and a mail identity."""

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    letters: Mapped[str] = mapped_column(sa.String(3))
    """One to three letters that stand for the network beside its colour."""
    colour: Mapped[NetworkColour] = enum_column(NetworkColour, default=NetworkColour.VIOLET)
    own_colour: Mapped[str] = mapped_column(sa.String(7), default="")
    """Its own one, as #c8102e, instead of one of the six; white words can be read on it."""
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"), index=True)
    summary: Mapped[str] = mapped_column(sa.String(300), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")
    contact_name: Mapped[str] = mapped_column(sa.String(120))
    contact_address: Mapped[str] = mapped_column(sa.String(254))
    """Who answers questions about this network; stands on pages and in mails."""
    controller: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    """The body that is responsible for its personal data; empty: that of the site."""
    privacy_address: Mapped[str] = mapped_column(sa.String(254), default="", server_default="")
    privacy_officer: Mapped[str] = mapped_column(sa.String(254), default="", server_default="")
    """Mail address of its data protection officer."""
    joint_controllers: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    """Bodies that are responsible together with it, in words."""
    signatory_name: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    """Who signs its letters of attendance, as `signatory_function`; empty: the network itself."""
    signatory_function: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    quiet_hours: Mapped[bool] = mapped_column(default=True)
    paced: Mapped[bool] = mapped_column(default=True)
    four_eyes_from: Mapped[int | None]
    """A wave to this many people or more is released by a second organiser; None: never."""
    joining: Mapped[Joining] = enum_column(Joining, default=Joining.APPROVAL)
    joining_domains: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    """Mail domains whose people may join when it is for named ones, lower case; what ends in .domain counts too."""
    listed: Mapped[bool] = mapped_column(default=True)
    """Whether strangers may know of it; a network that is not listed is on no public page, in no feed and no search."""
    archived_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it came to its end: what it did stays to be read, nothing new begins and nobody is mailed."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    __table_args__ = (
        sa.CheckConstraint("four_eyes_from > 0", name="four_eyes_from"),
        sa.CheckConstraint("own_colour = '' OR length(own_colour) = 7", name="own_colour"),
    )

    picture: Mapped[Picture | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=network_themes, order_by=Theme.place)
    memberships: Mapped[list["Membership"]] = relationship(back_populates="network")
    joining_organisations: Mapped[list[Organisation]] = relationship(
        secondary=lambda: joining_organisations, order_by=Organisation.name
    )
    """Whose people may join when it is for named ones, by the mail domains that the organisation has."""


joining_organisations: sa.Table = sa.Table(
    "joining_organisations",
    db.metadata,
    sa.Column("network_id", ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True, index=True),
)


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
    restricted_at: Mapped[datetime | None] = mapped_column(Moment)
    """When somebody asked not to use their data for the time being (GDPR article 18)."""
    delivery: Mapped[Delivery] = enum_column(Delivery, default=Delivery.AT_ONCE)

    person: Mapped[Person] = relationship(back_populates="memberships")
    network: Mapped[Network] = relationship(back_populates="memberships")

    @hybrid_property
    def gets_mail(self) -> bool:
        """Whether mail of this network goes to this person, but for mail about an own registration: the one place that says so."""
        return self.unsubscribed_at is None and self.restricted_at is None and self.standing != Standing.LEFT

    @gets_mail.inplace.expression
    @classmethod
    def _gets_mail(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.unsubscribed_at.is_(None), cls.restricted_at.is_(None), cls.standing != Standing.LEFT)

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


class Verdict(Worded):
    """What an organiser answered to somebody who wants to join."""

    YES = "yes", _l("Ja")
    NO = "no", _l("Nee")


class JoinRequest(Model):
    """Somebody asked on a public page to join a network; confirmed by the link in the mail that follows.

    Where an organiser decides it waits from then on. Who waits is no member, and no person either.
    """

    __tablename__ = "join_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    through: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether they said that the mailbox is shared, or somebody else's."""
    language: Mapped[Language] = enum_column(Language, default=Language.NL)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    mailed: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when it waits for an organiser: the address is proven. None where nobody has to say yes."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id", ondelete="SET NULL"))
    """Where they say that they work."""
    verdict: Mapped[Verdict | None] = enum_column(Verdict)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    told: Mapped[bool] = mapped_column(default=False)
    """Whether the mail with the answer was planned."""

    network: Mapped[Network] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def waits(self) -> bool:
        return self.confirmed_at is not None and self.verdict is None
