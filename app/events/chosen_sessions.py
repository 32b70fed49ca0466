"""Sessions that an organiser ticked in the list: which of them can be published or deleted, and why others cannot."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.database import db
from app.events import course_meetings, planning
from app.events.models import Event
from app.events.planning import Notice
from app.invitations.models import Invitation
from app.network.models import Network
from app.words import Worded

MOST = 100
"""How many are published or deleted together: a page can show them, and undoing keeps their numbers."""


class LeftOut(Worded):
    """Why something is not done with a session that was ticked."""

    PUBLISHED = "published", _l("staat al gepubliceerd")
    CANCELLED = "cancelled", _l("is geannuleerd")
    BEGUN = "begun", _l("is al begonnen: kies eerst een nieuwe datum")
    PUBLIC = "public", _l("is geen concept")
    IN_USE = "in_use", _l("er horen al mensen of mails bij")
    COURSE = "course", _l("hoort bij een leergang: doe dit op de pagina van de uitvoering")


@dataclass(frozen=True)
class Sorted:
    """Which of the ticked sessions an act is for, and why not the others."""

    events: Sequence[Event]
    left_out: Sequence[tuple[Event, LeftOut]]


def sort_to_publish(events: Sequence[Event]) -> Sorted:
    of_courses = course_meetings.list_meetings_among(events)
    return _sort(events, {event.id: _why_not_publish(event, of_courses) for event in events})


def sort_to_delete(events: Sequence[Event]) -> Sorted:
    deletable = planning.list_deletable(events)
    left = [event for event in events if event.id not in deletable]
    of_courses = course_meetings.list_meetings_among(left)
    return _sort(events, {event.id: _why_not_delete(event, of_courses) for event in left})


def publish_together(events: Sequence[Event], notice: Notice) -> list[int]:
    """Show these drafts to the world, and return what `make_drafts_again` needs. Raises archiving.Archived."""
    for event in events:
        planning.publish_event(event, notice)
    return [event.id for event in events]


def make_drafts_again(network: Network, event_ids: Collection[int]) -> int:
    """Undo `publish_together` for sessions to which nobody was invited meanwhile; returns for how many."""
    invited = sa.exists().where(Invitation.event_id == Event.id)
    wanted = sa.select(Event).where(Event.network_id == network.id, Event.id.in_(event_ids), ~invited)
    back = [event for event in db.session.scalars(wanted.order_by(Event.id)) if event.published]
    for event in back:
        planning.withdraw_event(event)
    return len(back)


def _sort(events: Sequence[Event], why: dict[int, LeftOut | None]) -> Sorted:
    left_out = [(event, reason) for event in events if (reason := why.get(event.id))]
    return Sorted([event for event in events if not why.get(event.id)], left_out)


def _why_not_publish(event: Event, of_courses: Collection[int]) -> LeftOut | None:
    if event.cancelled:
        return LeftOut.CANCELLED
    if event.published:
        return LeftOut.PUBLISHED
    if event.id in of_courses:
        return LeftOut.COURSE
    return LeftOut.BEGUN if event.begun else None


def _why_not_delete(event: Event, of_courses: Collection[int]) -> LeftOut:
    if event.id in of_courses:
        return LeftOut.COURSE
    return LeftOut.PUBLIC if event.published or event.cancelled else LeftOut.IN_USE
