"""Tables of contact moments: a talk with one or more organisations."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Account
from app.database import Model, Moment, db, enum_column
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.themes.models import Theme
from app.words import Worded


class ContactKind(Worded):
    """What kind of talk it was; indicators count bodies with at least one of a kind."""

    TALK = "talk", _l("Gesprek")
    PROGRESS_TALK = "progress_talk", _l("Voortgangsgesprek")
    ASSESSMENT = "assessment", _l("Beoordeling")
    WORK_VISIT = "work_visit", _l("Werkbezoek")
    PHONE = "phone", _l("Telefoongesprek")
    ADVICE = "advice", _l("Advies")


contact_moment_organisations = sa.Table(
    "contact_moment_organisations",
    db.metadata,
    sa.Column("contact_moment_id", ForeignKey("contact_moments.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("organisation_id", ForeignKey("organisations.id"), primary_key=True, index=True),
)
contact_moment_people = sa.Table(
    "contact_moment_people",
    db.metadata,
    sa.Column("contact_moment_id", ForeignKey("contact_moments.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class ContactMoment(Model):
    """A talk with one or more organisations; two calls about one question are two."""

    __tablename__ = "contact_moments"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    kind: Mapped[ContactKind] = enum_column(ContactKind)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    day: Mapped[date]
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    """Short: whoever it is about may read it, and it ends with its term."""
    entered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)

    network: Mapped[Network] = relationship()
    theme: Mapped[Theme | None] = relationship()
    entered_by: Mapped[Account | None] = relationship()
    organisations: Mapped[list[Organisation]] = relationship(
        secondary=contact_moment_organisations, order_by=Organisation.name
    )
    people: Mapped[list[Person]] = relationship(secondary=contact_moment_people, order_by=Person.sort_name)
    """With whom, where that was noted."""

    __table_args__ = (sa.Index("ix_contact_moments_network_id_day", "network_id", "day"),)
