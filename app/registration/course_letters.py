"""The letters about a place in a course: one about the whole, and for each day a mail of its own for the calendar.

Exchange and Gmail read one event a mail. The letter about the whole has no calendar part; none of them counts for the
weekly limit.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.courses.models import CourseEdition
from app.database import db
from app.events.planning import Notice
from app.invitations.invitation_queries import message_rows_for_invitations
from app.invitations.letters import invitation_mail
from app.invitations.models import Invitation
from app.outbox import message_queue, message_states
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import PlannedMail
from app.outbox.models import Message, MessageState, Reason
from app.registration import registration_letters
from app.registration.course_texts import Why


def plan_letter(invitation: Invitation, why: Why, *, hold: timedelta = timedelta(), **details: Any) -> None:
    """Promise the one letter about the whole course."""
    letter = registration_letters.plan_registration_letter(MessageKind.COURSE, invitation, why=why.value, **details)
    if letter and hold:
        letter.due_at = clock.now() + hold


def plan_days(invitations: Iterable[Invitation], *, hold: timedelta = timedelta()) -> None:
    """Promise for each day a mail that makes the calendar show what holds; where it does already, none leaves."""
    message_queue.plan_together(_mails_of_days(invitations), due_at=clock.now() + hold)


def plan_letter_and_days(
    anchor: Invitation, why: Why, days: Iterable[Invitation], *, hold: timedelta = timedelta(), **details: Any
) -> None:
    """Both, in one statement; `anchor` is the invitation by which somebody is written to about the whole."""
    letter = _mails(MessageKind.COURSE, [anchor], {"why": why.value, **details})
    message_queue.plan_together([*letter, *_mails_of_days(days)], due_at=clock.now() + hold)


def _mails_of_days(invitations: Iterable[Invitation]) -> list[PlannedMail]:
    return _mails(MessageKind.COURSE_DAY, dict.fromkeys(invitations), {})


def _mails(kind: MessageKind, invitations: Iterable[Invitation], details: dict[str, Any]) -> list[PlannedMail]:
    """To whom has an address."""
    return [
        (kind, each.letter_address, details, invitation_mail.message_references(each))
        for each in invitations
        if each.address is not None
    ]


def take_letters_back(invitation_ids: Collection[int]) -> set[int]:
    """A letter about somebody's days that waits, and would tell what is no news after all, leaves not. Returns the ids of their invitations."""
    theirs = Message.invitation_id.in_(invitation_ids)
    waits = (Message.kind == MessageKind.COURSE, theirs, Message.due_at > clock.now())
    of_days = Message.details["why"].as_string() == Why.DAY.value
    held = sa.select(Message.invitation_id).where(*waits, of_days, Message.state.in_(message_states.UNSENT))
    found = {each for each in db.session.scalars(held) if each}
    message_queue.take_messages_back(MessageState.SUPPRESSED, Reason.NO_LONGER_HOLDS, *waits, of_days)
    return found


def plan_for_all(
    edition: CourseEdition, why: Why, letters: Collection[int], days: Collection[int], notice: Notice
) -> None:
    """Promise what became of an edition, in one statement for the letters and one for the days, however many people that is.

    Both are ids of invitations: a letter for each person, and a mail for each day in somebody's calendar. The key holds
    how often its days changed, so that what happens a second time is told a second time.
    """
    about = {"network_id": edition.course.network_id, "due_at": clock.now() + notice.hold, "paced": False}
    details, turn = {"why": why.value, "reden": notice.reason}, sum(each.event.sequence for each in edition.meetings)
    for kind, invitation_ids, told in ((MessageKind.COURSE, letters, details), (MessageKind.COURSE_DAY, days, {})):
        prefix = f"{kind}:{why}:{edition.id}:{turn}:"
        rows = message_rows_for_invitations(prefix).add_columns(Invitation.event_id)
        message_queue.plan_messages(rows.where(Invitation.id.in_(invitation_ids)), kind, details=told, **about)
