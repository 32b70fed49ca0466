"""Tables of what keeps the installation well: alarms, and tests of mail out and back."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.database import Model, Moment, listed
from app.outbox.models import Message
from app.words import Worded


class Check(Worded):
    """What is looked at; the values are names for machines (/healthz, metrics)."""

    DATABASE = "database", _l("Database")
    CLOCKWORK = "clockwork", _l("Achtergrondtaken")
    OUTBOX = "outbox", _l("Mails die weg moeten")
    WAVES = "waves", _l("Uitnodigingen en herinneringen")
    MAIL_SERVER_REFUSES = "mail server refuses", _l("Mailserver weigert ons")
    REFUSALS_BY_POLICY = "refusals by policy", _l("Geweigerd door anderen")
    INBOX = "inbox", _l("Postvak gelezen")
    JOBS = "jobs", _l("Achtergrondtaken")
    CONTROLLER = "controller", _l("Wie verantwoordelijk is")
    SETBACKS = "setbacks", _l("Wat niet lukte")
    BALANCE = "balance", _l("Of alles klopt")
    DISK = "disk", _l("Schijf")
    ADDRESS = "address", _l("Webadres")
    SECRET_KEY = "secret key", _l("Geheime sleutel")
    MAIL_SERVER = "mail server", _l("Mailserver")
    MAIL_SERVER_TLS = "mail server tls", _l("Versleuteling naar de mailserver")
    MAIL_SIZE = "mail size", _l("Grootte van een mail")
    SPF = "spf", _l("SPF")
    DKIM = "dkim", _l("DKIM")
    DMARC = "dmarc", _l("DMARC")
    ALIGNMENT = "alignment", _l("Eén domein overal")
    WAY_BACK = "way back", _l("Weg terug")
    CLOCK = "clock", _l("Klok")
    MAILBOX = "mailbox", _l("Mailbox")
    MAIL_TEST = "mail test", _l("Mailtest")
    TEST_MAIL = "test mail", _l("Mail naar onszelf")
    TEST_BOUNCE = "test bounce", _l("Bericht over een adres dat niet bestaat")
    TEST_CALENDARS = "test calendars", _l("Agendamails naar onszelf")
    PDF = "pdf", _l("PDF")


class Alarm(Model):
    """Something that is not well, from when until when; administrators are mailed once."""

    __tablename__ = "alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Check] = listed(Check, 40)
    detail: Mapped[str] = mapped_column(sa.Text)
    advice: Mapped[str] = mapped_column(sa.Text, default="")
    raised_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        sa.Index(
            "uq_alarms_name",
            "name",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )


class BalanceReport(Model):
    """The one row about whether everything fits together, as it was looked at last."""

    __tablename__ = "balance_reports"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    at: Mapped[datetime] = mapped_column(Moment)
    found: Mapped[int]
    breaches: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    """In words, with ids and without names; the first ones."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)


class MailTest(Model):
    """A test of the way out and back: messages to the own inbox, calendar mails among them, and one to an address that does not exist."""

    __tablename__ = "mail_tests"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    reply_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    bounce_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    reply_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    bounce_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    dkim_domain: Mapped[str | None] = mapped_column(sa.String(254))
    """Domain that signed the message to our own mailbox, as it arrived there."""
    clock_difference: Mapped[int | None]
    """Seconds that the mail server's clock is ahead of ours, by its Received line."""
    calendars: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    """METHODs of the calendar mails that arrived as a calendar, with spaces between them."""

    reply: Mapped[Message] = relationship(foreign_keys=reply_id)
    bounce: Mapped[Message] = relationship(foreign_keys=bounce_id)
