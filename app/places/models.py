"""Tables of places and their rooms."""

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model


class Place(Model):
    """Where sessions are held. A session keeps its own words of it, since those were mailed."""

    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    street: Mapped[str] = mapped_column(sa.String(150), default="")
    town: Mapped[str] = mapped_column(sa.String(100))
    key: Mapped[str] = mapped_column(sa.String(300), unique=True)
    """Name and town as they are compared (places.key_of)."""
    route: Mapped[str] = mapped_column(sa.Text, default="")
    accessibility: Mapped[str] = mapped_column(sa.Text, default="")
    """Both Markdown, as the directions of a session."""
    contact: Mapped[str] = mapped_column(sa.String(120), default="")
    """Whom organisers call there, at `phone`; on no page but theirs."""
    phone: Mapped[str] = mapped_column(sa.String(40), default="")

    rooms: Mapped[list["Room"]] = relationship(
        back_populates="place", cascade="all, delete-orphan", order_by="(Room.key, Room.id)"
    )

    @property
    def offered(self) -> str:
        """As it is chosen by typing: 'Provinciehuis, 's-Hertogenbosch'."""
        return f"{self.name}, {self.town}"


class Room(Model):
    """A room of a place. Capacity of None means: nobody noted it."""

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(150))
    key: Mapped[str] = mapped_column(sa.String(300))
    """The name as it is compared (places.fold_name)."""
    capacity: Mapped[int | None]

    place: Mapped[Place] = relationship(back_populates="rooms")

    __table_args__ = (
        sa.UniqueConstraint("place_id", "key"),
        sa.CheckConstraint("capacity > 0", name="capacity"),
    )
