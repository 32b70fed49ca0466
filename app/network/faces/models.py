"""The table of pictures by which a network or session is known."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.database import Model, Moment, enum_column
from app.uploads.people_shown import PeopleShown


class Picture(Model):
    """A photo or logo, once for each place where it stands; a copy of a session shows the same one."""

    __tablename__ = "pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    """Its part of an address: another one for each picture, so that browsers keep it for good."""
    alt: Mapped[str] = mapped_column(sa.String(200))
    """What it shows, for people who do not see it."""
    logo: Mapped[bool]
    """Whether it stays whole, on a plate of its own; a photo fills the width."""
    width: Mapped[int]
    height: Mapped[int]
    """Pixels of `wide`; `narrow` has half of them."""
    wide: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    narrow: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    """AVIF, for pages."""
    mail: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    """JPEG as large as `wide`, for mails, paper and browsers that do not know AVIF."""
    shared: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    """JPEG of 1200 by 630, beside links that were shared."""
    people_shown: Mapped[PeopleShown] = enum_column(PeopleShown)
    """What who added it said of the people on it."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    __table_args__ = (sa.CheckConstraint("alt <> ''", name="alt"),)
