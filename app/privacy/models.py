"""How long each kind of personal data stays, what administrators chose of that, and what became of it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, db, enum_column
from app.events.models import Event
from app.network.people.models import Person
from app.words import Worded


class Term(Worded):
    """A term in days, with the least and the most that an administrator may choose."""

    SPECIAL = "special", _l("Antwoorden over eten en toegankelijkheid, na de sessie"), 14, 1, 90
    ANSWERS = "answers", _l("Andere antwoorden op vragen, na de sessie"), 365, 30, 1825
    MAIL = "mail", _l("De tekst van mails die we stuurden"), 90, 30, 730
    INCOMING = "incoming", _l("Mail die binnenkwam"), 90, 30, 365
    REQUESTS = "requests", _l("Vragen om lid te worden en ander werk dat wacht op een bevestiging"), 30, 7, 90
    LEFT = "left", _l("Mensen die uit al hun netwerken gingen"), 365, 30, 1095
    SILENT = "silent", _l("Mensen zonder enig contact"), 1095, 365, 3650
    TALKS = "talks", _l("Notities bij gesprekken met organisaties"), 730, 90, 1825
    LOG = "log", _l("Het logboek van wijzigingen en toegang"), 730, 365, 2555

    days: int
    """What holds where nobody chose."""
    least: int
    most: int

    def __init__(self, value: str, words: LazyString, days: int, least: int, most: int):
        super().__init__(value, words)
        self.days, self.least, self.most = days, least, most

    def say_span(self, days: int) -> str:
        """So many days in the words people use: '3 jaar', '14 dagen na de sessie'."""
        if self in {Term.SPECIAL, Term.ANSWERS}:
            return gettext("%(span)s na de sessie", span=_say_days(days))
        return _say_days(days)


def _say_days(days: int) -> str:
    if days % 365 == 0:
        return ngettext("%(num)s jaar", "%(num)s jaar", days // 365)
    return ngettext("%(num)s dag", "%(num)s dagen", days)


class ChosenTerm(Model):
    """How many days of a term an administrator chose; without a row, Term.days holds."""

    __tablename__ = "chosen_terms"

    term: Mapped[Term] = enum_column(Term, primary_key=True)
    days: Mapped[int]

    __table_args__ = (sa.CheckConstraint("days > 0", name="days"),)


def span_of(term: Term) -> timedelta:
    """How long a term is: what an administrator chose, or else what holds by itself."""
    return timedelta(days=db.session.scalar(sa.select(ChosenTerm.days).where(ChosenTerm.term == term)) or term.days)


class ArchiveHold(Model):
    """A session of which nothing goes by itself, since an archive has to keep it."""

    __tablename__ = "archive_holds"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    event: Mapped[Event] = relationship()


class Sweep(Model):
    """So many of a term went at once; kept as the proof that they went."""

    __tablename__ = "sweeps"

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[Term] = enum_column(Term)
    count: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class StayRequest(Model):
    """Somebody without contact was asked whether they want to stay; without an answer they are erased."""

    __tablename__ = "stay_requests"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    stays_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they said that they want to stay, which is contact."""

    person: Mapped[Person] = relationship()
