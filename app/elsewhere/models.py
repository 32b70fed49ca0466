"""Tables of events that others manage: partners' calendars and what stands in them."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.network.models import Network
from app.words import Worded


class Trouble(Worded):
    """Why a partner's calendar could not be read, and what to do."""

    NO_ADDRESS = "no_address", _l("Dit is geen adres van een agenda. Het begint met https:// of webcal://.")
    INSIDE = "inside", _l("Dit adres ligt binnen een eigen netwerk. Daar lezen we niet.")
    NO_ANSWER = "no_answer", _l("Dit adres antwoordt niet. Klopt het? Probeer het anders later.")
    REFUSED = "refused", _l("De partner geeft deze agenda niet. Vraag om een openbaar adres.")
    GONE = "gone", _l("Op dit adres staat geen agenda meer. Vraag de partner om het nieuwe adres.")
    TOO_BIG = "too_big", _l("Deze agenda is te groot om te lezen. Vraag om een kleinere.")
    NO_CALENDAR = (
        "no_calendar",
        _l("Hier staat geen agenda in. Vraag de partner om een agenda in iCalendar-vorm (.ics)."),
    )


class OutsideCalendar(Model):
    """A calendar of a partner, by its address or from a file; its events are shown and not managed."""

    __tablename__ = "outside_calendars"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(1000), default="")
    """Where it is fetched from; empty for a file."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    fetched_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was last read to the end."""
    next_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    """When it is fetched again; None for a file."""
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when an organiser waits for it to be fetched."""
    etag: Mapped[str] = mapped_column(sa.String(200), default="")
    last_modified: Mapped[str] = mapped_column(sa.String(60), default="")
    """What the partner's server said of the version that we have (RFC 9110 section 8.8)."""
    trouble: Mapped[Trouble | None] = enum_column(Trouble)
    """Why it could not be read the last time."""
    skipped: Mapped[int] = mapped_column(default=0)
    """Events in it that could not be read."""
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When an organiser took it away; kept a while, so that this can be undone."""

    network: Mapped[Network] = relationship()
    events: Mapped[list["OutsideEvent"]] = relationship(
        back_populates="calendar", cascade="all, delete-orphan", passive_deletes=True
    )


class OutsideEvent(Model):
    """One event in a partner's calendar; of a series each time that it takes place."""

    __tablename__ = "outside_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("outside_calendars.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(sa.String(255))
    starts_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    all_day: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(sa.String(255))
    place: Mapped[str] = mapped_column(sa.String(255), default="")
    link: Mapped[str] = mapped_column(sa.String(1000), default="")
    """Its page at the partner's, when there is one."""

    calendar: Mapped[OutsideCalendar] = relationship(back_populates="events")

    __table_args__ = (sa.UniqueConstraint("calendar_id", "uid", "starts_at"),)
