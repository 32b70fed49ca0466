"""A mail read to the end before anything is written: what it is, and what its report or its calendar says.

A mail of somebody else may take seconds to take apart; nobody waits for that.
"""

from dataclasses import dataclass, field, replace
from email.message import Message as Mail
from typing import TYPE_CHECKING

from app import budget
from app.inbox import itip, mail_parsing, mail_shapes, report_reading
from app.inbox.itip import CalendarMail
from app.inbox.mail_parsing import AddressToken
from app.inbox.models import Doubt, Shape
from app.inbox.report_reading import DeliveryReport
from app.tokens import Purpose

if TYPE_CHECKING:
    from app.questions.answer_texts import OwnWords


@dataclass(frozen=True)
class ReadMail:
    message: Mail
    token: AddressToken | None
    shape: Shape
    original_ids: list[str] = field(default_factory=list)
    """The Message-IDs that a report brings back."""
    mentioned_ids: list[str] = field(default_factory=list)
    """The Message-IDs in its text and in what it answers."""
    addresses: list[str] = field(default_factory=list)
    """Whom it is about, as it says."""
    report: DeliveryReport | None = None
    """What a report says; None when it tells of nothing that failed."""
    unreadable: bool = False
    """Whether it is a report of which we cannot tell what it says."""
    answer: CalendarMail | Doubt | None = None
    """What a calendar says, or why that cannot be read."""
    own_words: "OwnWords | None" = None
    """What somebody wrote themselves, in what may be an answer to a question."""


def read_mail(content: bytes) -> ReadMail:
    """A mail as it came, taken apart. Nothing may be pending in the session."""
    budget.demand_no_write_lock()
    message = mail_parsing.parse_mail(content)
    token = mail_parsing.token_of(message)
    shape = mail_shapes.shape_of(message, token)
    own_words = _read_own_words(message, token) if shape == Shape.HUMAN else None
    mail = ReadMail(message, token, shape, answer=_read_calendar(message, shape), own_words=own_words)
    if shape not in {Shape.BOUNCE, Shape.COMPLAINT}:
        return mail
    brought_back, mentioned = report_reading.read_original_ids(message), report_reading.mentioned_ids(message)
    mail = replace(mail, original_ids=brought_back, mentioned_ids=mentioned)
    return _read_report(mail) if shape == Shape.BOUNCE else mail


def _read_report(mail: ReadMail) -> ReadMail:
    report = report_reading.read_report(mail.message)
    unreadable = report is None and not report_reading.says_delivered(mail.message)
    about = report_reading.addresses_reported_on(mail.message)
    return replace(mail, report=report, addresses=about, unreadable=unreadable)


def _read_calendar(message: Mail, shape: Shape) -> CalendarMail | Doubt | None:
    """What a calendar says in an answer, or in a test of ours."""
    if shape not in {Shape.CALENDAR, Shape.PROBE}:
        return None
    of_shape = mail_shapes.calendar_answer_text if shape == Shape.CALENDAR else mail_shapes.first_calendar_text
    text = of_shape(message)
    if text is None:
        return Doubt.WINMAIL if mail_shapes.outlook_only_answer(message) else Doubt.PASSED_ON
    try:
        return itip.read_calendar_mail(text)
    except itip.UnreadableCalendarMail:
        return Doubt.CALENDAR_UNREADABLE


def _read_own_words(message: Mail, token: AddressToken | None) -> "OwnWords | None":
    """Of what came to the address of a question, or to none of ours as an answer to a mail."""
    to_question = token is not None and token.purpose == Purpose.QUESTION_REPLY
    if not to_question and (token is not None or not message.get("In-Reply-To")):
        return None
    from app.questions import answer_texts  # as the library that it needs, for who answers alone

    plain = mail_parsing.text_of_kind(message, "text/plain")
    html = "" if plain else mail_parsing.text_of_kind(message, "text/html")
    return answer_texts.split_text(plain or answer_texts.text_of_html(html))
