"""The letters about a place in a course: one about the whole, and for each day a mail of its own for the calendar.

Exchange and Gmail read one event a mail. The letter about the whole has no calendar part; none of them counts for the
weekly limit.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from app import clock
from app.courses.models import CourseEdition
from app.events.planning import Notice
from app.invitations.invitation_queries import message_rows_for_invitations
from app.invitations.models import Invitation
from app.outbox import message_queue
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


def plan_cancelling(edition: CourseEdition, letters: Collection[int], days: Collection[int], notice: Notice) -> None:
    """Promise that an edition is off, in one statement for the letters and one for the days, however many people that is.

    Both are ids of invitations: a letter for each person, and a mail for each day in somebody's calendar.
    """
    about = {"network_id": edition.course.network_id, "due_at": clock.now() + notice.hold, "paced": False}
    reason = {"why": Why.CANCELLED.value, "reden": notice.reason}
    for kind, invitation_ids, details in ((MessageKind.COURSE, letters, reason), (MessageKind.COURSE_DAY, days, {})):
        rows = message_rows_for_invitations(f"{kind}:off:{edition.id}:").add_columns(Invitation.event_id)
        message_queue.plan_messages(rows.where(Invitation.id.in_(invitation_ids)), kind, details=details, **about)
