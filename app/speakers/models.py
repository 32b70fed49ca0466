"""Tables of speakers who were asked, and of the slides that they sent."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, Moment, enum_column
from app.events.models import Event, Speaker
from app.materials.models import Material
from app.network.faces.models import Picture
from app.network.people.models import Person
from app.words import Worded


class SpeakerAnswer(Worded):
    YES = "yes", _l("Ja, ik spreek"), "green"
    NO = "no", _l("Nee, ik kan niet"), "red"


class AskedSpeaker(Model):
    """That a speaker is a person who was asked by a link of their own, and what they said.

    A speaker without one is a name alone. The event is that of the slot: it stays as long as somebody was asked.
    """

    __tablename__ = "asked_speakers"

    id: Mapped[int] = mapped_column(primary_key=True)
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speakers.id", ondelete="CASCADE"), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_version: Mapped[int] = mapped_column(default=1)
    """Up when the invitation is taken back, so that the link works no more."""
    expected: Mapped[str] = mapped_column(sa.Text, default="")
    """What the organisers expect of them."""
    mails: Mapped[int] = mapped_column(default=0)
    """How often they were mailed the link."""
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[SpeakerAnswer | None] = enum_column(SpeakerAnswer)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    remark: Mapped[str] = mapped_column(sa.String(500), default="")
    """What they wrote to the organisers."""
    about: Mapped[str] = mapped_column(sa.String(1000), default="")
    """Who they are, in their own words."""
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"), index=True)
    told: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """What the last mail said of when and where; empty before the first."""
    thanked_at: Mapped[datetime | None] = mapped_column(Moment)

    speaker: Mapped[Speaker] = relationship()
    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()
    picture: Mapped[Picture | None] = relationship()
    slides: Mapped[list[Material]] = relationship(secondary=lambda: speaker_slides, order_by=Material.id, viewonly=True)

    __table_args__ = (
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name="token_version"),
    )

    @property
    def speaks(self) -> bool:
        return self.withdrawn_at is None and self.answer == SpeakerAnswer.YES


speaker_slides: sa.Table = sa.Table(
    "speaker_slides",
    Model.metadata,
    sa.Column("asked_speaker_id", ForeignKey("asked_speakers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("material_id", ForeignKey("materials.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which material of a session a speaker sent."""
