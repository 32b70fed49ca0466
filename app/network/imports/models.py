"""Tables of lists that were brought in, and of people who were in twice."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.network.models import Network
from app.network.people.models import Person
from app.words import Worded


class ImportState(Worded):
    """An uploaded list waits for a decision, is carried out by the clockwork, and may be undone for a while."""

    WAITING = "waiting", _l("Wacht op een besluit")
    QUEUED = "queued", _l("Wordt geïmporteerd")
    DONE = "done", _l("Geïmporteerd")
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
    state: Mapped[ImportState] = enum_column(ImportState, default=ImportState.WAITING)
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
    likeness: Mapped[Likeness] = enum_column(Likeness)
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
