"""Does mail go out and come back? Messages to our own mailbox, and one to an address that does not exist.

The first must arrive there, the last must come back as a bounce; all are read like any other
mail. The Received line of the first tells whether the clocks agree. An invitation, an answer
and a proposal of another time tell whether calendars survive the way: a mailbox that hands
out a link in their place, as Exchange does until it is told otherwise, would lose every answer.
"""

import re
import secrets
from datetime import timedelta
from email.message import Message as Mail
from email.utils import parsedate_to_datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from app import clock, tokens, urls
from app.calendars import vevents
from app.database import db
from app.inbox.itip import CalendarMail
from app.inbox.mail_reading import ReadMail
from app.inbox.models import Doubt
from app.outbox import letters, message_queue, mime
from app.outbox.kinds import MessageKind
from app.outbox.letters import Letter
from app.outbox.mime import CalendarPart
from app.outbox.models import Message
from app.tokens import Purpose
from app.upkeep.models import MailTest

CALENDARS = ("REQUEST", "REPLY", "COUNTER")
"""METHODs of the calendar mails that must arrive as they were sent."""
PATIENCE = timedelta(minutes=15)
"""After this, what has not come back does not come any more."""
_KIND = MessageKind.MAIL_TEST
_CALENDAR_SUBJECT = " (agenda)"


def start_mail_test() -> MailTest:
    """Send the messages; what became of them is seen on the test's row later."""
    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    mail_test_id = (db.session.scalar(sa.select(sa.func.max(MailTest.id))) or 0) + 1
    reply = _plan_test_message(urls.reply_address(tokens.make_token(Purpose.MAIL_TEST, mail_test_id)))
    bounce = _plan_test_message(f"bestaat-niet-{secrets.token_hex(4)}@{domain}")
    test = MailTest(id=mail_test_id, reply=reply, bounce=bounce)
    db.session.add(test)
    for method in CALENDARS:
        _plan_test_message(reply.recipient, CalendarPart(method, _calendar_of_test(mail_test_id, method)))
    db.session.flush()
    return test


def latest_mail_test() -> MailTest | None:
    wanted = sa.select(MailTest).options(joinedload(MailTest.reply), joinedload(MailTest.bounce))
    return db.session.scalar(wanted.order_by(MailTest.id.desc()).limit(1))


def is_mail_test_waiting(test: MailTest) -> bool:
    """Whether something of this test may still come back."""
    came = test.reply_seen_at and test.bounce_seen_at and set(test.calendars.split()) == set(CALENDARS)
    return not came and clock.now() - test.started_at < PATIENCE


def note_reply_arrived(test_id: int, mail: ReadMail) -> None:
    """The message to our own mailbox arrived; `mail` is what arrived."""
    test = db.session.get(MailTest, test_id)
    if test is None:
        return
    message = mail.message
    if sent_as_calendar := str(message["Subject"] or "").endswith(_CALENDAR_SUBJECT):
        _note_calendar(test, mail.answer)
    if test.reply_seen_at is None and not sent_as_calendar:
        test.reply_seen_at = clock.now()
        test.clock_difference = _clock_difference(message)
        test.dkim_domain = _signed_by(message)


def note_bounce_arrived(message_id: int) -> None:
    """A report on a message arrived; if it is that of a test, it did what it should."""
    test = db.session.scalar(sa.select(MailTest).where(MailTest.bounce_id == message_id))
    if test is not None:
        test.bounce_seen_at = test.bounce_seen_at or clock.now()


def _plan_test_message(recipient: str, calendar: CalendarPart | None = None) -> Message:
    subject = f"Test van Leerkring{_CALENDAR_SUBJECT}" if calendar else "Test van Leerkring"
    letter = Letter(subject, "<p>Dit is een test.</p>", "Dit is een test.\n")
    return message_queue.plan_finished_mail(
        mime.Mail(letter, recipient, "", letters.site_name(), calendar=calendar), _KIND
    )


def _calendar_of_test(test_id: int, method: str) -> bytes:
    """A calendar object that only this test has; nobody's, and in nobody's calendar."""
    import icalendar

    event = icalendar.Event()
    begin = clock.now().replace(microsecond=0) + timedelta(days=1)
    values = {"uid": _uid(test_id), "dtstamp": clock.now(), "dtstart": begin, "dtend": begin + timedelta(hours=1)}
    for name, value in (values | {"sequence": 0, "summary": "Test", "transp": "TRANSPARENT"}).items():
        event.add(name, value)
    event.add("organizer", f"mailto:{urls.reply_address()}")
    event.add("attendee", f"mailto:{urls.reply_address()}", parameters={"PARTSTAT": "TENTATIVE"})
    content: bytes = vevents.build_vcalendar([event], [], method).to_ical()
    return content


def _uid(test_id: int) -> str:
    return f"test-{test_id}@{urls.site_host()}"


def _note_calendar(test: MailTest, found: CalendarMail | Doubt | None) -> None:
    """A calendar mail arrived; it counts when the calendar in it still says what was sent."""
    if not isinstance(found, CalendarMail):
        return
    whole = (found.uid, found.attendee, found.answer) == (_uid(test.id), urls.reply_address().lower(), "tentative")
    if whole and found.method in CALENDARS:
        test.calendars = " ".join(sorted({*test.calendars.split(), found.method}))


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
