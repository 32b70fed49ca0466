"""Does mail go out and come back? One message to our own mailbox, one to an address that does not exist.

The first must arrive there, the second must come back as a bounce; both are read like any
other mail. The Received line of the first tells whether the clocks agree.
"""

import re
import secrets
from datetime import timedelta
from email.message import Message as Mail
from email.utils import parsedate_to_datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from app import addresses, clock, tokens
from app.database import db
from app.outbox import letters, mime, queue
from app.outbox.letters import Letter
from app.tokens import Purpose
from app.upkeep.models import MailTest

PATIENCE = timedelta(minutes=15)
"""After this, what has not come back does not come any more."""
_KIND = "mail_test"


def start() -> MailTest:
    """Send both messages; what became of them is seen on the test's row later."""
    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    number = (db.session.scalar(sa.select(sa.func.max(MailTest.id))) or 0) + 1
    reply = _message(addresses.reply(tokens.make(Purpose.MAIL_TEST, number)))
    bounce = _message(f"bestaat-niet-{secrets.token_hex(4)}@{domain}")
    test = MailTest(id=number, reply=reply, bounce=bounce)
    db.session.add(test)
    db.session.flush()
    return test


def latest() -> MailTest | None:
    wanted = sa.select(MailTest).options(joinedload(MailTest.reply), joinedload(MailTest.bounce))
    return db.session.scalar(wanted.order_by(MailTest.id.desc()).limit(1))


def waits(test: MailTest) -> bool:
    """Whether something of this test may still come back."""
    came = test.reply_seen_at and test.bounce_seen_at
    return not came and clock.now() - test.started_at < PATIENCE


def came_back(number: int, mail: Mail) -> None:
    """The message to our own mailbox arrived; `mail` is what arrived."""
    test = db.session.get(MailTest, number)
    if test is not None and test.reply_seen_at is None:
        test.reply_seen_at = clock.now()
        test.clock_difference = _clock_difference(mail)
        test.dkim_domain = _signed_by(mail)


def bounced(message_id: int) -> None:
    """A report on a message arrived; if it is that of a test, it did what it should."""
    test = db.session.scalar(sa.select(MailTest).where(MailTest.bounce_id == message_id))
    if test is not None:
        test.bounce_seen_at = test.bounce_seen_at or clock.now()


def _message(recipient: str):
    letter = Letter("Test van Leerkring", "<p>Dit is een test.</p>", "Dit is een test.\n")
    return queue.enqueue(mime.Mail(letter, recipient, "", letters.site_name()), _KIND)


def _signed_by(mail: Mail) -> str | None:
    """The domain in a DKIM signature (RFC 6376 section 3.5)."""
    found = re.search(r"(?:^|;)\s*d=([^;\s]+)", str(mail["DKIM-Signature"] or ""))
    return found[1].lower() if found else None


def _clock_difference(mail: Mail) -> int | None:
    """Seconds between our Date and the server's own Received line; None when it has none."""
    received = [str(value).rpartition(";")[2].strip() for value in mail.get_all("Received", [])]
    try:
        return round((parsedate_to_datetime(received[-1]) - parsedate_to_datetime(str(mail["Date"]))).total_seconds())
    except (IndexError, TypeError, ValueError):
        return None
