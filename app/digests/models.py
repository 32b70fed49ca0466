"""Tables of digests: which went out, what each person has seen, the organiser's word."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.network.models import Network
from app.network.people.models import DigestFrequency


class Edition(Model):
    """The digests of one day for everybody who wants them this often; planned once."""

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    frequency: Mapped[DigestFrequency] = enum_column(DigestFrequency)
    day: Mapped[date]
    last_person_id: Mapped[int] = mapped_column(default=0)
    """How far planning has come, by id of person."""
    done_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (sa.UniqueConstraint("frequency", "day"),)


class SeenItem(Model):
    """Something that a digest told somebody, such as 'event:12'; it is not told again."""

    __tablename__ = "digest_seen"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class OrganiserWord(Model):
    """What the organisers of a network say in the digests that go out until a day."""

    __tablename__ = "digest_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(600))
    until: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
