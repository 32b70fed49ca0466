"""Tables of courses: an edition has meetings, each an event; who enrols in an edition has a day of every meeting."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.database import Model, Moment, db, enum_column
from app.events.models import Event, Mode
from app.network.models import Network
from app.network.people.models import Language, Person
from app.network.vocabulary.models import Role
from app.registration.models import Registration
from app.themes.models import Theme, course_themes
from app.words import Worded


class Course(Model):
    """What is offered, once or several times, in editions."""

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    title: Mapped[str] = mapped_column(sa.String(150))
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    for_whom: Mapped[str] = mapped_column(sa.String(300), default="")
    outcomes: Mapped[str] = mapped_column(sa.Text, default="")
    """What one learns, Markdown."""
    needed: Mapped[int | None]
    """How many of its meetings somebody must have been at, next to the obligatory ones; None: all of them."""
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when it is on offer, also while no edition is planned."""
    in_company: Mapped[bool] = mapped_column(default=False)
    """Whether it is held at one organisation that asks for it."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    network: Mapped[Network] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=lambda: course_roles, order_by=Role.place)
    """For whom it is meant; empty: for everybody."""
    themes: Mapped[list[Theme]] = relationship(secondary=course_themes, order_by=Theme.place)
    editions: Mapped[list["CourseEdition"]] = relationship(back_populates="course", order_by="CourseEdition.id")

    __table_args__ = (
        sa.UniqueConstraint("network_id", "title"),
        sa.CheckConstraint("needed > 0", name="needed"),
    )


class EditionState(Worded):
    DRAFT = "draft", _l("Concept")
    PUBLISHED = "published", _l("Gepubliceerd")
    CANCELLED = "cancelled", _l("Geannuleerd")


class CourseEdition(Model):
    """One time that a course is held: people enrol in all its meetings at once. Seats of None mean: no limit but those of the meetings."""

    __tablename__ = "course_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    title: Mapped[str] = mapped_column(sa.String(100))
    """What tells it from the others: 'Voorjaar 2027', 'Tilburg'."""
    state: Mapped[EditionState] = enum_column(EditionState, default=EditionState.DRAFT)
    seats: Mapped[int | None]
    seats_per_organisation: Mapped[int | None]
    """How many people of one organisation are enrolled; further ones wait. None: no limit."""
    closes_at: Mapped[datetime] = mapped_column(Moment)
    """From this moment on nobody enrols or changes by link; saying no stays possible until the first meeting begins."""
    cancel_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when it is news: who asked for the next one before, hears of it."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    course: Mapped[Course] = relationship(back_populates="editions")
    meetings: Mapped[list["CourseMeeting"]] = relationship(back_populates="edition", order_by="CourseMeeting.place")

    __table_args__ = (
        sa.UniqueConstraint("course_id", "title"),
        sa.CheckConstraint("seats > 0", name="seats"),
        sa.CheckConstraint("seats_per_organisation > 0", name="seats_per_organisation"),
    )

    @property
    def meetings_held(self) -> list["CourseMeeting"]:
        """Those that were not dropped, in the order of the course."""
        return [meeting for meeting in self.meetings if meeting.dropped_at is None]

    @property
    def open(self) -> bool:
        """Whether people can still enrol and change."""
        return self.state == EditionState.PUBLISHED and clock.now() < self.closes_at


class CourseMeeting(Model):
    """One day of an edition. The meetings of other editions at the same `place` teach the same: one can catch up there."""

    __tablename__ = "course_meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_editions.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    place: Mapped[int]
    """1 for the first of the course; a meeting that is moved keeps it."""
    obligatory: Mapped[bool] = mapped_column(default=False)
    dropped_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when it is not held: one less is needed, and nobody has missed it."""

    edition: Mapped[CourseEdition] = relationship(back_populates="meetings")
    event: Mapped[Event] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("edition_id", "place"),
        sa.CheckConstraint("place > 0", name="place"),
    )


class EnrolmentState(Worded):
    CONFIRMED = "confirmed", _l("Ingeschreven")
    WAITING = "waiting", _l("Wachtlijst")
    CANCELLED = "cancelled", _l("Uitgeschreven")


class Enrolment(Model):
    """Person × edition: has a place in the whole course, waits in line for one or has given it up.

    `waiting_number` is the order of arrival on the edition's one waiting list, handed out once, rising.
    """

    __tablename__ = "enrolments"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_editions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """Where the person worked when enrolling; the edition's seats are counted by it."""
    state: Mapped[EnrolmentState] = enum_column(EnrolmentState)
    waiting_number: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)

    edition: Mapped[CourseEdition] = relationship()
    person: Mapped[Person] = relationship()
    days: Mapped[list["EnrolmentDay"]] = relationship(back_populates="enrolment")

    __table_args__ = (
        sa.UniqueConstraint("edition_id", "person_id"),
        sa.UniqueConstraint("edition_id", "waiting_number"),
        sa.CheckConstraint("(state = 'waiting') = (waiting_number IS NOT NULL)", name="waiting"),
    )


class EnrolmentDay(Model):
    """What somebody does on one meeting: where their seat is, and how they take part.

    Who waits has days too, without a seat: of the meetings that they want to be at. Of who is enrolled, a day without a seat
    is one of absence. A seat at the event of the meeting itself is their own; one at the event of another
    edition is to catch up, counts on their own edition and takes nothing of the other's quota of organisations.
    """

    __tablename__ = "enrolment_days"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("course_meetings.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="SET NULL"), unique=True
    )
    mode: Mapped[Mode] = enum_column(Mode, default=Mode.ON_SITE)
    """How they take part in it, or would: whoever is absent there keeps the seat of that mode from the waiting list."""
    catch_up_event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"), index=True)
    """Of who waits: in which event of another edition they would catch this day up, rather than be here."""
    unseated: Mapped[bool] = mapped_column(default=False)
    """Of who is enrolled: that they would come and found no seat, so that the next one here is theirs."""

    enrolment: Mapped[Enrolment] = relationship(back_populates="days")
    meeting: Mapped[CourseMeeting] = relationship()
    registration: Mapped[Registration | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("enrolment_id", "meeting_id"),)


class CourseInterest(Model):
    """Somebody wants to hear of the next edition of a course: a person, or an address of nobody whom we know.

    It is nothing until it is confirmed, and over once they were told.
    """

    __tablename__ = "course_interests"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[str | None] = mapped_column(sa.String(254))
    """Lower case, as addresses are compared."""
    language: Mapped[Language] = enum_column(Language, default=Language.NL)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    mailed: Mapped[bool] = mapped_column(default=False)
    """Whether the link to confirm it was mailed since they last asked on the public page."""
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)

    course: Mapped[Course] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("course_id", "person_id"),
        sa.UniqueConstraint("course_id", "address"),
        sa.CheckConstraint("(person_id IS NULL) <> (address IS NULL)", name="who"),
        sa.CheckConstraint("told_at IS NULL OR confirmed_at IS NOT NULL", name="told"),
    )

    @hybrid_property
    def waits(self) -> bool:
        """Whether they will hear of the next edition."""
        return self.confirmed_at is not None and self.told_at is None

    @waits.inplace.expression
    @classmethod
    def _waits(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.confirmed_at.is_not(None), cls.told_at.is_(None))


class CertificatesWanted(Model):
    """That an organiser let the certificates of an edition go out: the clockwork gives whoever completes it theirs, also later."""

    __tablename__ = "certificates_wanted"

    edition_id: Mapped[int] = mapped_column(ForeignKey("course_editions.id", ondelete="CASCADE"), primary_key=True)
    wanted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    looked_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when everybody who had completed it by then has theirs; an attendance that is closed later is looked at anew."""

    account: Mapped[Account | None] = relationship()


course_roles: sa.Table = sa.Table(
    "course_roles",
    db.metadata,
    sa.Column("course_id", ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_code", ForeignKey("roles.code"), primary_key=True, index=True),
)
