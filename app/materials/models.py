"""Tables of the material of a session."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.events.models import Event, Slot
from app.uploads.people_shown import PeopleShown
from app.words import Worded


class MaterialKind(Worded):
    FILE = "file", _l("Bestand")
    LINK = "link", _l("Link")
    RECORDING = "recording", _l("Opname")


class ForWhom(Worded):
    """Who may open it, beside the organisers."""

    EVERYBODY = "everybody", _l("Iedereen")
    PARTICIPANTS = "participants", _l("Wie meedoet of erbij was")
    MEMBERS = "members", _l("Leden van het netwerk")


class Scan(Worded):
    """What the virus scanner says of a file."""

    NOT_SCANNED = "not_scanned", _l("nog niet op virussen onderzocht"), "quiet"
    CLEAN = "clean", _l("geen virus gevonden"), "green"
    INFECTED = "infected", _l("virus gevonden"), "red"
    TOO_LARGE = "too_large", _l("te groot om op virussen te onderzoeken"), "amber"


class Material(Model):
    """A file, link or recording of a session, of one part of its programme, or of the course of which it is a day.

    One that was removed stays a while, so that it can come back.
    """

    __tablename__ = "materials"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slots.id", ondelete="SET NULL"), index=True)
    of_course: Mapped[bool] = mapped_column(default=False)
    """Whether it is of all days of the course, of which this session is one."""
    place: Mapped[int] = mapped_column(default=0)
    kind: Mapped[MaterialKind] = enum_column(MaterialKind)
    title: Mapped[str] = mapped_column(sa.String(150))
    for_whom: Mapped[ForWhom] = enum_column(ForWhom)
    people_shown: Mapped[PeopleShown] = enum_column(PeopleShown)
    address: Mapped[str] = mapped_column(sa.String(500), default="")
    """Where a link or recording is, https."""
    minutes: Mapped[int | None]
    """How long a recording takes, where that was noted."""
    file_name: Mapped[str] = mapped_column(sa.String(150), default="")
    size: Mapped[int | None]
    """Bytes of a file."""
    scan: Mapped[Scan] = enum_column(Scan, default=Scan.NOT_SCANNED)
    version: Mapped[int] = mapped_column(default=1)
    """Up when the file is replaced, which keeps its address."""
    version_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)

    event: Mapped[Event] = relationship()
    slot: Mapped[Slot | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("(kind = 'file') = (size IS NOT NULL)", name="file"),
        sa.CheckConstraint("(kind = 'file') = (address = '')", name="address"),
        sa.CheckConstraint("minutes IS NULL OR (minutes > 0 AND kind = 'recording')", name="minutes"),
        sa.CheckConstraint("NOT of_course OR slot_id IS NULL", name="of_course"),
        sa.CheckConstraint("for_whom <> 'everybody' OR people_shown <> 'unasked'", name="asked"),
    )

    @property
    def infected(self) -> bool:
        return self.scan == Scan.INFECTED

    @property
    def renewed(self) -> bool:
        return self.version > 1


class MaterialContent(Model):
    """The bytes of a file, apart from its row: SQLite writes all of a row when one word in it changes."""

    __tablename__ = "material_contents"

    material_id: Mapped[int] = mapped_column(
        ForeignKey("materials.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
