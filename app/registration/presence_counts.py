"""Who was there, counted in people: somebody who came on several days of an event was there once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event, Mode
from app.invitations.models import Invitation

PEOPLE: sa.ColumnElement[int] = sa.func.count(sa.distinct(Attendance.invitation_id))
"""How many came to how many events: each person once an event."""


PEOPLE_OVER_EVENTS: sa.ColumnElement[int] = sa.func.count(sa.distinct(Invitation.person_id))
"""How many came to any of several events, of a query that joins the invitations: each person once."""


def people_by_mode(people: sa.ColumnElement[int] = PEOPLE) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """How many were there on site, and how many online alone; who was both on site and online, on site."""
    on_site = people.filter(Attendance.mode == Mode.ON_SITE)
    return on_site.label("on_site"), (people - on_site).label("online")


def mode_of(attendances: Sequence[Attendance]) -> Mode | None:
    """The same of one person: how they were there, None when they were not."""
    modes = {each.mode for each in attendances}
    return Mode.ON_SITE if Mode.ON_SITE in modes else next(iter(modes), None)


def count_by_day(event: Event) -> dict[date, int]:
    """How many were there on each day on which somebody was, the first first."""
    days = sa.select(Attendance.day, sa.func.count()).where(Attendance.event_id == event.id)
    return dict(db.session.execute(days.group_by(Attendance.day).order_by(Attendance.day)).all())


def days_of_invitation(invitation: Invitation) -> list[Attendance]:
    """One person's days at an event, the first first."""
    wanted = sa.select(Attendance).where(Attendance.invitation_id == invitation.id).order_by(Attendance.day)
    return list(db.session.scalars(wanted))


def days_by_invitation(event: Event) -> dict[int, list[Attendance]]:
    """Everybody's days at an event, the first first."""
    wanted = sa.select(Attendance).where(Attendance.event_id == event.id).order_by(Attendance.day)
    found: dict[int, list[Attendance]] = {}
    for each in db.session.scalars(wanted):
        found.setdefault(each.invitation_id, []).append(each)
    return found
