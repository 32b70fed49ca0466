"""What the letter about a course tells, and whether that still holds."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from app.courses.models import Enrolment, EnrolmentState
from app.invitations.letters import course_facts
from app.invitations.letters.course_facts import DayLine
from app.invitations.models import Answer, Invitation
from app.outbox.letters import LetterBlock
from app.registration import course_places, course_wishes


class Why(StrEnum):
    """What a letter about a course tells."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    PROMOTED = "promoted"
    LEFT = "left"
    HANDED_OVER = "handed_over"
    DAY = "day"
    NO_DAY = "no_day"
    """Every day that they waited for has fallen away."""
    CANCELLED = "cancelled"
    REVIVED = "revived"


_SUBJECTS = {
    Why.ENROLLED: lambda title: gettext("Je bent ingeschreven: %(title)s", title=title),
    Why.WAITING: lambda title: gettext("Je staat op de wachtlijst: %(title)s", title=title),
    Why.PROMOTED: lambda title: gettext("Er is een plek voor je: %(title)s", title=title),
    Why.LEFT: lambda title: gettext("Je bent uitgeschreven: %(title)s", title=title),
    Why.HANDED_OVER: lambda title: gettext("Je collega neemt je plek over: %(title)s", title=title),
    Why.DAY: lambda title: gettext("Je dagen zijn veranderd: %(title)s", title=title),
    Why.NO_DAY: lambda title: gettext("De dag waarop je wacht, vervalt: %(title)s", title=title),
    Why.CANCELLED: lambda title: gettext("Gaat niet door: %(title)s", title=title),
    Why.REVIVED: lambda title: gettext("Gaat toch door: %(title)s", title=title),
}
_STATES = {
    Why.ENROLLED: {EnrolmentState.CONFIRMED},
    Why.WAITING: {EnrolmentState.WAITING},
    Why.PROMOTED: {EnrolmentState.CONFIRMED},
    Why.DAY: {EnrolmentState.CONFIRMED},
    Why.NO_DAY: {EnrolmentState.WAITING},
}
"""What has to hold still when the letter is written."""


def still_holds(invitation: Invitation, why: Why) -> bool:
    """Whether a letter tells what is so."""
    place = course_places.find_place(invitation)
    if place is None:
        return False
    edition, state = place.meeting.edition, place.enrolment.state if place.enrolment else None
    if why == Why.CANCELLED:
        return edition.state == edition.state.CANCELLED
    if why == Why.REVIVED:
        return edition.state == edition.state.PUBLISHED and invitation.answer != Answer.NO
    if why == Why.NO_DAY and not (place.enrolment and course_wishes.waits_for_nothing(place.enrolment)):
        return False
    if why in _STATES:
        return edition.state == edition.state.PUBLISHED and state in _STATES[why]
    return not place.stands


def letter_fields(invitation: Invitation, why: Why, details: dict[str, Any]) -> dict[str, object]:
    """The fields of the letter, in the language that is in force."""
    place = course_places.find_place(invitation)
    if place is None:
        raise LookupError(f"invitation {invitation.id} is to no course")
    edition, enrolment = place.meeting.edition, place.enrolment
    stands = enrolment if place.stands and why not in {Why.LEFT, Why.HANDED_OVER, Why.CANCELLED} else None
    in_line = course_places.place_in_line(enrolment) if why == Why.WAITING and enrolment and place.waits else None
    block = LetterBlock.render(
        "course",
        why=why.value,
        title=edition.course.title,
        edition=edition.title,
        place_in_line=in_line,
        colleague=details.get("collega", ""),
        reason=details.get("reden", ""),
        missed=bool(details.get("inhalen_vol")),
        stands=stands.state.value if stands else "",
        days=lines_of(stands) if stands and place.confirmed else course_facts.list_days(edition),
    )
    title = edition.course.title
    return {"onderwerp": _SUBJECTS[why](title), "stand": block, "kan_wijzigen": bool(stands)}


def lines_of(enrolment: Enrolment) -> list[DayLine]:
    """The days of somebody who is enrolled, each where and when they are to be there, and whether they are absent."""
    mine = {each.meeting_id: each for each in enrolment.days}
    lines = []
    for meeting in enrolment.edition.meetings_held:
        registration = mine[meeting.id].registration if meeting.id in mine else None
        event = registration.invitation.event if registration else meeting.event
        mode = registration.mode if registration else None
        line = course_facts.line_of(event, mode=mode, absent=registration is None, catch_up=event is not meeting.event)
        unseated = registration is None and meeting.id in mine and mine[meeting.id].unseated
        lines.append(replace(line, unseated=unseated))
    return lines
