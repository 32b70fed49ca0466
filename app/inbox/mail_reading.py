"""A mail read to the end before anything is written: what it is, and what its report or its calendar says.

A mail of somebody else may take seconds to take apart; nobody waits for that.
"""

from dataclasses import dataclass
from email.message import Message as Mail

from app import budget
from app.inbox import bounces, itip, mail_parsing, mail_shapes
from app.inbox.bounces import DeliveryReport
from app.inbox.itip import CalendarMail
from app.inbox.mail_parsing import AddressToken
from app.inbox.models import Doubt, Shape


@dataclass(frozen=True)
class ReadMail:
    message: Mail
    token: AddressToken | None
    shape: Shape
    original_ids: list[str]
    """The Message-IDs that a report brings back."""
    report: DeliveryReport | None = None
    """What a report says; None when it tells of nothing that failed."""
    answer: CalendarMail | Doubt | None = None
    """What a calendar says, or why that cannot be read."""


def read_mail(content: bytes) -> ReadMail:
    """A mail as it came, taken apart. Nothing may be pending in the session."""
    budget.demand_no_write_lock()
    message = mail_parsing.parse_mail(content)
    token = mail_parsing.token_of(message)
    shape = mail_shapes.shape_of(message, token)
    report = bounces.read_report(message) if shape == Shape.BOUNCE else None
    about = bounces.read_original_ids(message) if shape in {Shape.BOUNCE, Shape.COMPLAINT} else []
    return ReadMail(message, token, shape, about, report, _read_calendar(message, shape))


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
