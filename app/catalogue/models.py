"""Tables of what is on offer without a date: something to hear, see, read or do whenever one likes."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, db, enum_column
from app.materials.models import Scan
from app.network.models import Network
from app.network.vocabulary.models import Role
from app.themes.models import Theme, item_themes
from app.words import Worded


class ItemKind(Worded):
    PODCAST = "podcast", _l("Podcast")
    VIDEO = "video", _l("Video")
    E_LEARNING = "e_learning", _l("E-learning")
    GUIDE = "guide", _l("Handreiking")


class LinkState(Worded):
    """What the weekly look at a link found. Many sites refuse a program what they show to a person: that is no dead link."""

    UNKNOWN = "unknown", _l("nog niet nagekeken"), "quiet"
    WORKS = "works", _l("link werkt"), "green"
    UNSURE = "unsure", _l("onzeker of de link werkt"), "amber"
    MISSING = "missing", _l("link leek weg, we kijken nog eens"), "amber"
    DEAD = "dead", _l("link is dood"), "red"


class CatalogueItem(Model):
    """A podcast, video, e-learning or guide: a link, or a file of our own. Visitors see it from `published_at` on."""

    __tablename__ = "catalogue_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    kind: Mapped[ItemKind] = enum_column(ItemKind)
    title: Mapped[str] = mapped_column(sa.String(150))
    summary: Mapped[str] = mapped_column(sa.String(300))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    """Markdown."""
    address: Mapped[str] = mapped_column(sa.String(500), default="")
    """Where it is, https; empty for a file."""
    file_name: Mapped[str] = mapped_column(sa.String(150), default="")
    size: Mapped[int | None]
    """Bytes of a file."""
    version: Mapped[int] = mapped_column(default=1)
    """Rises when another file takes the place of the one before."""
    scan: Mapped[Scan] = enum_column(Scan, default=Scan.NOT_SCANNED)
    minutes: Mapped[int | None]
    """How long it takes."""
    maker: Mapped[str] = mapped_column(sa.String(150), default="")
    """The body that made it, not a person."""
    checked_on: Mapped[date] = mapped_column(default=clock.today)
    """When somebody last saw that it still holds."""
    link_state: Mapped[LinkState] = enum_column(LinkState, default=LinkState.UNKNOWN)
    link_checked_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=lambda: item_roles, order_by=Role.place)
    """For whom it is meant; empty: for everybody."""
    themes: Mapped[list[Theme]] = relationship(secondary=item_themes, order_by=Theme.place)

    __table_args__ = (
        sa.CheckConstraint("(address = '') = (size IS NOT NULL)", name="link_or_file"),
        sa.CheckConstraint("minutes > 0", name="minutes"),
    )

    @property
    def hidden(self) -> bool:
        """Whether visitors do not see it although it is published: nobody can get it."""
        return self.link_state == LinkState.DEAD or self.scan == Scan.INFECTED


class CatalogueFile(Model):
    """The bytes of a file, apart from its row: SQLite writes all of a row when one word in it changes."""

    __tablename__ = "catalogue_files"

    item_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_items.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


item_roles: sa.Table = sa.Table(
    "item_roles",
    db.metadata,
    sa.Column("item_id", ForeignKey("catalogue_items.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_code", ForeignKey("roles.code"), primary_key=True, index=True),
)
