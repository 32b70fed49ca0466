"""The letters about a place in a course: one about the whole, and for each day a mail of its own for the calendar.

Exchange and Gmail read one event a mail. The letter about the whole has no calendar part; none of them counts for the
weekly limit.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from app import clock
from app.invitations.models import Invitation
from app.outbox.kinds import MessageKind
from app.registration import registration_letters
from app.registration.course_texts import Why


def plan_letter(invitation: Invitation, why: Why, *, hold: timedelta = timedelta(), **details: Any) -> None:
    """Promise the one letter about the whole course."""
    letter = registration_letters.plan_registration_letter(MessageKind.COURSE, invitation, why=why.value, **details)
    if letter and hold:
        letter.due_at = clock.now() + hold


def plan_days(invitations: Iterable[Invitation], *, hold: timedelta = timedelta()) -> None:
    """Promise for each day a mail that makes the calendar show what holds; where it does already, none leaves."""
    for invitation in dict.fromkeys(invitations):
        letter = registration_letters.plan_registration_letter(MessageKind.COURSE_DAY, invitation)
        if letter and hold:
            letter.due_at = clock.now() + hold
