"""Whom sessions and talks reached until a day: in all and per theme, each once, and municipalities on the map."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.agendas import theme_contents
from app.agendas.models import AgendaTheme
from app.attendance.models import Attendance
from app.contact_moments.models import ContactMoment, contact_moment_organisations
from app.database import Condition, Rows, db
from app.events.models import Event
from app.indicators.counting import Period
from app.invitations.models import Invitation
from app.network.organisations import lineage
from app.progress.contents import Municipality, Reach
from app.progress.sight import Sight
from app.reports import network_year, overall_year, small_cells
from app.reports.network_year import TODAY
from app.themes.models import event_themes

_SPOKEN = lineage.organisation_id_today(contact_moment_organisations.c.organisation_id)
"""An organisation that was spoken with, as it is today."""


@dataclass(frozen=True)
class Map:
    """Municipalities, those lit that everybody may know of, and how many were reached by anything."""

    municipalities: list[Municipality]
    reached: int | None
    """None where it differs by a handful from those that are lit."""


def count_reach(sight: Sight, period: Period) -> Reach:
    """In all, in two statements."""
    sessions = db.session.execute(_select_sessions(sight, period.last).where(*_held_in(period))).one()
    talks = db.session.execute(_select_talks(sight).where(_spoken_in(period))).one()
    return Reach(*sessions, *talks)


def count_reach_of_themes(sight: Sight, rows: Sequence[AgendaTheme]) -> dict[int, Reach]:
    """By id of a theme what happened while it stood on the agenda, in two statements."""
    periods = {each.theme_id: sight.days_of(each) for each in rows}
    by_event, by_talk = event_themes.c.theme_id, ContactMoment.theme_id
    sessions = _select_sessions(sight, sight.last).join(event_themes, event_themes.c.event_id == Event.id)
    held = [sa.and_(by_event == theme_id, *_held_in(period)) for theme_id, period in periods.items()]
    talks = [sa.and_(by_talk == theme_id, _spoken_in(period)) for theme_id, period in periods.items()]
    found = _by_theme(sessions.where(sa.or_(sa.false(), *held)), by_event)
    spoken = _by_theme(_select_talks(sight).where(sa.or_(sa.false(), *talks)), by_talk)
    return {each: Reach(*found.get(each, (0, 0, 0)), *spoken.get(each, (0,))) for each in periods}


def load_map(sight: Sight, period: Period) -> Map:
    """All municipalities, by the list of organisations of today, in two statements."""
    held = sa.and_(*_held_in(period), *sight.counts(Event.network_id), Attendance.day <= period.last)
    tiles = network_year.load_tiles(sa.false(), sa.and_(held, theme_contents.told_events(sight.told)))
    lit = sum(bool(each.attendances) for each in tiles)
    reached = overall_year.count_reached(held)
    return Map(
        [
            Municipality(
                each.organisation.id,
                each.organisation.name,
                each.organisation.region or "",
                each.organisation.grid_row or 0,
                each.organisation.grid_col or 0,
                each.attendances,
            )
            for each in tiles
        ],
        None if small_cells.is_small(reached - lit) else reached,
    )


def _select_sessions(sight: Sight, last: date) -> Rows:
    """Sessions, people and organisations, each once, as far as they were there until a day."""
    counted = (sa.func.count(sa.distinct(each)) for each in (Event.id, Invitation.person_id, TODAY))
    return (
        sa.select(*counted)
        .select_from(Event)
        .outerjoin(Attendance, sa.and_(Attendance.event_id == Event.id, Attendance.day <= last))
        .outerjoin(Invitation, Invitation.id == Attendance.invitation_id)
        .where(*sight.counts(Event.network_id))
    )


def _select_talks(sight: Sight) -> Rows:
    """Organisations that were spoken with, each once."""
    talked = contact_moment_organisations.c.contact_moment_id
    return (
        sa.select(sa.func.count(sa.distinct(_SPOKEN)))
        .select_from(ContactMoment)
        .join(contact_moment_organisations, talked == ContactMoment.id)
        .where(*sight.counts(ContactMoment.network_id))
    )


def _held_in(period: Period) -> list[Condition]:
    begin, end = clock.start_of_day(period.first), clock.start_of_day(period.last + timedelta(days=1))
    return [network_year.took_place(), Event.starts_at >= begin, Event.starts_at < end]


def _spoken_in(period: Period) -> Condition:
    return ContactMoment.day.between(period.first, period.last)


def _by_theme(wanted: Rows, theme_id: Any) -> dict[int, tuple[int, ...]]:
    found = db.session.execute(wanted.add_columns(theme_id).group_by(theme_id))
    return {theme: tuple(counts) for *counts, theme in found}
