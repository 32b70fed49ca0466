"""Tables of a network's own letters and their pictures."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.database import Model, Moment, enum_column
from app.network.people.models import Language
from app.uploads.people_shown import PeopleShown


class LetterText(Model):
    """One version of an organiser's letter, of a network or of a single wave; the newest holds.

    An empty text goes back to what lies under it: of a wave to that of its network, of a
    network to mail_templates/.
    """

    __tablename__ = "letter_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    """Name of the letter in mail_templates/."""
    language: Mapped[Language] = enum_column(Language)
    text: Mapped[str] = mapped_column(sa.Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    __table_args__ = (sa.Index("ix_letter_texts_of_network", "network_id", "kind", "language"),)


class LetterImage(Model):
    """A picture that a network's letters may carry; small enough to travel inside every mail."""

    __tablename__ = "letter_images"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(40))
    """The field that puts it in a letter: afbeelding_<name>."""
    alt: Mapped[str] = mapped_column(sa.String(200))
    """What it shows, for people who do not see it."""
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    """PNG or JPEG."""
    size: Mapped[int]
    """Bytes of it."""
    people_shown: Mapped[PeopleShown] = enum_column(PeopleShown)
    """What who added it said of the people on it."""

    __table_args__ = (sa.UniqueConstraint("network_id", "name"), sa.CheckConstraint("alt <> ''", name="alt"))
