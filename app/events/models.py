"""Tables of events, programme slots and questions."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, db, enum_column
from app.network.faces.models import Picture
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.vocabulary.models import Role
from app.themes.models import Theme, event_themes, series_themes
from app.words import Worded


class EventFormat(Worded):
    SESSION = "session", _l("Sessie")
    WORK_SESSION = "work_session", _l("Werksessie")
    NETWORK_DAY = "network_day", _l("Netwerkdag")
    EXPEDITION = "expedition", _l("Expeditie")
    TRAINING = "training", _l("Training")
    COURSE_MEETING = "course_meeting", _l("Leergangbijeenkomst")
    ONLINE = "online", _l("Online sessie")


class EventState(Worded):
    DRAFT = "draft", _l("Concept")
    PUBLISHED = "published", _l("Gepubliceerd")
    CANCELLED = "cancelled", _l("Geannuleerd")


class Mode(Worded):
    """How somebody takes part."""

    ON_SITE = "on_site", _l("Op locatie")
    ONLINE = "online", _l("Online")


class Series(Model):
    """Events that belong together: a course, an expedition, work sessions in three places."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    title: Mapped[str] = mapped_column(sa.String(150))
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    summary: Mapped[str] = mapped_column(sa.String(300), default="")
    """What it is about, for its own page."""
    one_impression: Mapped[bool] = mapped_column(default=False)
    """Whether one report serves all events instead of one each."""

    network: Mapped[Network] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=series_themes, order_by=Theme.place)
    events: Mapped[list["Event"]] = relationship(back_populates="series", order_by="(Event.starts_at, Event.id)")

    __table_args__ = (sa.UniqueConstraint("network_id", "title"),)


class Event(Model):
    """One gathering. Seats of None mean: no limit."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    uid: Mapped[str] = mapped_column(sa.String(70), unique=True)
    """UID in every calendar, for the whole life of the event (RFC 5545 section 3.8.4.7)."""
    title: Mapped[str] = mapped_column(sa.String(150))
    summary: Mapped[str] = mapped_column(sa.String(300), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")
    format: Mapped[EventFormat] = enum_column(EventFormat, default=EventFormat.SESSION)
    state: Mapped[EventState] = enum_column(EventState, default=EventState.DRAFT)
    confidential: Mapped[bool] = mapped_column(default=False)
    open_to_all: Mapped[bool] = mapped_column(default=True)
    """Whether the public page lets people without an invitation ask for one."""

    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    zone: Mapped[str] = mapped_column(sa.String(40), default=clock.AMSTERDAM)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    """From this moment on nobody can register or change by link; saying no stays possible until the beginning."""

    on_site: Mapped[bool] = mapped_column(default=True)
    venue: Mapped[str] = mapped_column(sa.String(150), default="")
    room: Mapped[str] = mapped_column(sa.String(150), default="", server_default="")
    street: Mapped[str] = mapped_column(sa.String(150), default="")
    town: Mapped[str] = mapped_column(sa.String(100), default="")
    directions: Mapped[str] = mapped_column(sa.Text, default="")
    """Route and accessibility of the place, Markdown."""
    seats_on_site: Mapped[int | None]
    online: Mapped[bool] = mapped_column(default=False)
    join_url: Mapped[str] = mapped_column(sa.String(500), default="")
    seats_online: Mapped[int | None]

    seats_per_organisation: Mapped[int | None]
    """How many people of one organisation get a seat; further ones wait. None: no limit."""

    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"), index=True)
    bring: Mapped[str] = mapped_column(sa.String(300), default="")
    """What who comes to the place takes along."""
    day_contact: Mapped[str] = mapped_column(sa.String(120), default="")
    """Who can be called about the day, at `day_phone`; only people who were invited see it."""
    day_phone: Mapped[str] = mapped_column(sa.String(40), default="")

    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    looks_back: Mapped[bool] = mapped_column(default=False)
    """Whether page and invitation show what became of the commitments of last time."""

    cancel_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    sequence: Mapped[int] = mapped_column(default=0)
    """SEQUENCE: up when start, end, zone, place, mode or state changes (RFC 5546 section 2.1.4)."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """Moment of the last change that a calendar shows; DTSTAMP in feeds."""

    network: Mapped[Network] = relationship()
    picture: Mapped[Picture | None] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=lambda: event_roles, order_by=Role.place)
    """For whom it is meant; empty: for everybody."""
    themes: Mapped[list[Theme]] = relationship(secondary=event_themes, order_by=Theme.place)
    series: Mapped[Series | None] = relationship(back_populates="events")
    slots: Mapped[list["Slot"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="(Slot.starts_at, Slot.id)"
    )
    rounds: Mapped[list["Round"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="(Round.starts_at, Round.id)"
    )
    questions: Mapped[list["Question"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="(Question.place, Question.id)"
    )

    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="period"),
        sa.CheckConstraint("on_site OR online", name="somewhere"),
        sa.CheckConstraint("seats_on_site > 0", name="seats_on_site"),
        sa.CheckConstraint("seats_online > 0", name="seats_online"),
        sa.CheckConstraint("seats_per_organisation > 0", name="seats_per_organisation"),
        sa.Index("ix_events_agenda", "state", "starts_at"),
    )

    @property
    def theme_slugs(self) -> list[str]:
        """What it is about, as the addresses of the pages of its themes say."""
        return [theme.slug for theme in self.themes]

    @property
    def modes(self) -> list[Mode]:
        return [mode for mode, offered in ((Mode.ON_SITE, self.on_site), (Mode.ONLINE, self.online)) if offered]

    @property
    def published(self) -> bool:
        return self.state == EventState.PUBLISHED

    @property
    def cancelled(self) -> bool:
        return self.state == EventState.CANCELLED

    @property
    def begun(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def open(self) -> bool:
        """Whether people can still register and change."""
        return self.published and clock.now() < self.closes_at

    @property
    def takes_no(self) -> bool:
        """Whether people can still say that they do not come: until the beginning, also when registration has closed."""
        return self.published and clock.now() < max(self.starts_at, self.closes_at)

    @property
    def face(self) -> Picture | None:
        """The picture that stands for it: its own, or that of its network."""
        return self.picture or self.network.picture

    def seats(self, mode: Mode) -> int | None:
        return self.seats_on_site if mode == Mode.ON_SITE else self.seats_online


class Round(Model):
    """A part of the day with parallel slots, of which everybody who comes chooses one."""

    __tablename__ = "rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    """From this moment on nobody chooses or changes; None: from when registration closes."""
    by_wish: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether people say a first and a second wish, after which the places are divided."""
    divided_at: Mapped[datetime | None] = mapped_column(Moment)

    event: Mapped[Event] = relationship(back_populates="rounds")

    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", name="period"),)

    @property
    def takes_wishes(self) -> bool:
        """Whether its places are still to be divided by wishes."""
        return self.by_wish and self.divided_at is None

    @property
    def chosen_until(self) -> datetime:
        """When choosing or wishing ends; what is left after dividing can be chosen until the round begins."""
        if self.divided_at:
            return self.starts_at
        return min(self.closes_at or self.event.closes_at, self.starts_at)

    @property
    def open(self) -> bool:
        """Whether people can still choose and change, or wish."""
        return self.event.published and clock.now() < self.chosen_until


class Slot(Model):
    """A part of the programme: talk, pitch, workshop. In a round it is one to choose, with seats of its own.

    A bus trip may take several rounds. Seats of None mean: no limit.
    """

    __tablename__ = "slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    title: Mapped[str] = mapped_column(sa.String(150))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    room: Mapped[str] = mapped_column(sa.String(150), default="", server_default="")
    """A room of the venue, or another place."""
    departs_at: Mapped[datetime | None] = mapped_column(Moment)
    """When who goes along leaves, such as by bus."""
    on_site: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    online: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Who can choose it, as far as the event is held that way."""
    seats_on_site: Mapped[int | None]
    seats_online: Mapped[int | None]
    cancelled: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    event: Mapped[Event] = relationship(back_populates="slots")
    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="slot", cascade="all, delete-orphan", order_by="Speaker.id", lazy="joined"
    )
    rounds: Mapped[list[Round]] = relationship(
        secondary=lambda: slot_rounds, order_by="(Round.starts_at, Round.id)", lazy="joined"
    )

    __table_args__ = (
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="period"),
        sa.CheckConstraint("on_site OR online", name="somewhere"),
        sa.CheckConstraint("seats_on_site > 0", name="seats_on_site"),
        sa.CheckConstraint("seats_online > 0", name="seats_online"),
    )

    @property
    def modes(self) -> list[Mode]:
        """How somebody can take part in it."""
        offered = {Mode.ON_SITE: self.on_site, Mode.ONLINE: self.online}
        return [mode for mode in self.event.modes if offered[mode]]

    @property
    def begins_at(self) -> datetime:
        """From when nobody joins it any more."""
        return min(self.departs_at or self.starts_at, self.starts_at)

    @property
    def begun(self) -> bool:
        return self.begins_at <= clock.now()

    def seats(self, mode: Mode) -> int | None:
        return self.seats_on_site if mode == Mode.ON_SITE else self.seats_online


slot_rounds: sa.Table = sa.Table(
    "slot_rounds",
    db.metadata,
    sa.Column("slot_id", ForeignKey("slots.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""In which rounds a slot is one to choose."""


class Spoken:
    """How somebody who speaks is named, by `name`, `affiliation` and whether they `agreed`."""

    name: Any
    affiliation: Any
    agreed: Any
    is_introduced: bool = False
    """Whether there is more to show of them to everybody than a name."""

    @property
    def words(self) -> str:
        """Who it is, for whoever was invited or organises."""
        return f"{self.name}, {self.affiliation}" if self.affiliation else str(self.name)

    @property
    def public_words(self) -> str:
        """Who it is, as everybody may read it: by name once they agreed."""
        return self.words if self.agreed else self.affiliation or gettext("spreker volgt")


class Speaker(Spoken, Model):
    """Somebody who speaks in a slot, with where they come from."""

    __tablename__ = "speakers"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    affiliation: Mapped[str] = mapped_column(sa.String(150), default="")
    agreed: Mapped[bool] = mapped_column(default=False)
    """Whether they agreed to stand in public by name, as the organiser noted or, with a link of their own, they said."""

    slot: Mapped[Slot] = relationship(back_populates="speakers")


class QuestionKind(Worded):
    TEXT = "text", _l("Tekst")
    CHOICE = "choice", _l("Keuze")
    YES_NO = "yes_no", _l("Ja of nee")


class Preset(Worded):
    """Ready-made questions whose answer a person may let us remember."""

    DIETARY = "dietary", _l("Dieetwensen")
    ACCESSIBILITY = "accessibility", _l("Toegankelijkheid")


class Question(Model):
    """What an organiser asks people who come. `choices` holds the answers to choose from."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(default=0)
    kind: Mapped[QuestionKind] = enum_column(QuestionKind)
    preset: Mapped[Preset | None] = enum_column(Preset)
    label: Mapped[str] = mapped_column(sa.String(200))
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    """Why we ask, shown under the question."""
    choices: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    only_on_site: Mapped[bool] = mapped_column(default=False)

    event: Mapped[Event] = relationship(back_populates="questions")

    __table_args__ = (sa.UniqueConstraint("event_id", "preset"),)


event_roles: sa.Table = sa.Table(
    "event_roles",
    db.metadata,
    sa.Column("event_id", ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_code", ForeignKey("roles.code"), primary_key=True, index=True),
)
"""For whom an event is meant."""


class BusyKind(Worded):
    """Why a day is better left free."""

    SCHOOL_HOLIDAY = "school_holiday", _l("Schoolvakantie")
    COUNCIL = "council", _l("Raadsavond")
    OTHER = "other", _l("Iets anders")


class BusyDays(Model):
    """Days to avoid when planning, kept by organisers: school holidays of the south, council evenings of a municipality."""

    __tablename__ = "busy_days"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BusyKind] = enum_column(BusyKind)
    name: Mapped[str] = mapped_column(sa.String(120))
    first_day: Mapped[date] = mapped_column(index=True)
    last_day: Mapped[date]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)

    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("kind", "first_day", "name"),
        sa.CheckConstraint("first_day <= last_day", name="order"),
        sa.CheckConstraint("(kind = 'council') = (organisation_id IS NOT NULL)", name="council"),
    )
