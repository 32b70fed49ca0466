"""The tables of certificates: a number for good, and what stands on the paper, version after version."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, enum_column
from app.events.models import Event
from app.network.models import Network
from app.network.people.models import Language, Person
from app.words import Worded


class WithdrawnBecause(Worded):
    """Why a certificate holds no longer."""

    NOT_THERE = "not_there", _l("De aanwezigheid was een vergissing")
    OTHER_PERSON = "other_person", _l("Iemand anders was er in plaats van deze persoon")


class Certificate(Model):
    """That somebody was there. Its number is drawn at random and answers for good, also when it is withdrawn.

    It is of one session as long as `event_id` says which, or of a course by its `course_edition_id`. When its person is erased it is nobody's any more.
    """

    __tablename__ = "certificates"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(19), unique=True)
    """As it is printed: numbers.make_number()."""
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    course_edition_id: Mapped[int | None] = mapped_column(ForeignKey("course_editions.id", ondelete="SET NULL"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_because: Mapped[WithdrawnBecause | None] = enum_column(WithdrawnBecause)
    asked_name: Mapped[str] = mapped_column(sa.String(120), default="")
    """How its person asked to be named instead, until an organiser answers that."""

    network: Mapped[Network] = relationship()
    event: Mapped[Event | None] = relationship()
    person: Mapped[Person | None] = relationship()
    versions: Mapped[list["CertificateVersion"]] = relationship(
        back_populates="certificate", order_by="CertificateVersion.version"
    )

    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.UniqueConstraint("course_edition_id", "person_id"),
        sa.CheckConstraint("event_id IS NULL OR course_edition_id IS NULL", name="of_one_thing"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because IS NULL)", name="withdrawn"),
    )

    @property
    def of_course(self) -> bool:
        """Whether it says that a course was completed; that stays so when the edition is gone."""
        return self.newest.held is not None

    @property
    def newest(self) -> "CertificateVersion":
        """What it says now."""
        return self.versions[-1]


class CertificateVersion(Model):
    """What stands on the paper, frozen when it was issued; the highest number of a certificate is the one that holds."""

    __tablename__ = "certificate_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id", ondelete="CASCADE"))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    """Of whom it is; empty once they are erased."""
    language: Mapped[Language] = enum_column(Language)
    title: Mapped[str] = mapped_column(sa.String(150))
    confidential: Mapped[bool]
    """Whether strangers may not know the title."""
    days: Mapped[list[list[str | int]]] = mapped_column(sa.JSON)
    """Each day that somebody was there with how many minutes it took: [['2026-12-10', 180]]."""
    place: Mapped[str] = mapped_column(sa.String(300))
    """Empty: online."""
    network: Mapped[str] = mapped_column(sa.String(120))
    signatory_name: Mapped[str] = mapped_column(sa.String(120))
    signatory_function: Mapped[str] = mapped_column(sa.String(120))
    issued_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    attended: Mapped[int | None]
    """Of a course: how many of its meetings, of the `held` ones, with how many `needed` and how many of those `obligatory`."""
    needed: Mapped[int | None]
    held: Mapped[int | None]
    obligatory: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    """The organiser who issued it; nobody when its person did, or when everybody was mailed theirs."""

    certificate: Mapped[Certificate] = relationship(back_populates="versions")

    __table_args__ = (sa.UniqueConstraint("certificate_id", "version"),)

    @property
    def dates(self) -> list[date]:
        return [day for day, _ in self.spans]

    @property
    def spans(self) -> list[tuple[date, int]]:
        """Each day with its minutes."""
        return [(date.fromisoformat(str(day)), int(minutes)) for day, minutes in self.days]

    @property
    def minutes(self) -> int:
        """How long all its days took."""
        return sum(minutes for _, minutes in self.spans)

    @property
    def initials(self) -> str:
        """'S. d. V.': enough to see that another name was written on the paper."""
        return " ".join(f"{word[0]}." for word in self.name.split())
