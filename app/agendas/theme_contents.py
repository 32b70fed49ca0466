"""What happened about a theme while it stood on an agenda: sessions with how many came, lessons, promises.

All of it may be read by everybody: of networks that are listed, and of sessions that are not confidential.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute, joinedload

from app import clock
from app.agendas.models import AgendaTheme
from app.attendance.models import Attendance
from app.database import Condition, db
from app.events import event_queries
from app.events.models import Event, EventState
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights import about_themes, commitment_queries
from app.lessons.insights.models import Commitment, Insight
from app.network.models import Network
from app.network.organisations import lineage
from app.registration import presence_counts
from app.reports import small_cells

MOST = 50
"""Of each kind; the latest first."""


@dataclass(frozen=True)
class HeldSession:
    """A session, and how many people and organisations were there; None is a handful, which a link may not tell."""

    event: Event
    people: int | None
    organisations: int | None


@dataclass(frozen=True)
class ThemeContents:
    held: list[HeldSession]
    coming: list[Event]
    insights: list[Insight]
    commitments: list[Commitment]


def read_theme_contents(agenda_theme: AgendaTheme) -> ThemeContents:
    """A fixed number of statements, however much happened."""
    return ThemeContents(
        list_held_sessions(agenda_theme),
        list_coming_sessions(agenda_theme),
        list_insights(agenda_theme),
        list_commitments(agenda_theme),
    )


def list_held_sessions(agenda_theme: AgendaTheme) -> list[HeldSession]:
    """The latest first."""
    wanted = _sessions_of(agenda_theme).where(Event.ends_at <= clock.now()).order_by(Event.starts_at.desc(), Event.id)
    events = list(db.session.scalars(wanted.limit(MOST)))
    counted = _count_there([each.id for each in events])
    return [HeldSession(each, *map(_tell, counted.get(each.id, (0, 0)))) for each in events]


def list_coming_sessions(agenda_theme: AgendaTheme) -> list[Event]:
    """The first that comes first."""
    coming = _sessions_of(agenda_theme).where(Event.ends_at > clock.now()).order_by(Event.starts_at, Event.id)
    return list(db.session.scalars(coming.limit(MOST)))


def list_insights(agenda_theme: AgendaTheme) -> list[Insight]:
    """What published impressions teach about the theme, the latest first."""
    listed = Impression.network_id.in_(sa.select(Network.id).where(Network.listed))
    wanted = (
        sa.select(Insight)
        .join(Insight.impression)
        .where(
            Impression.state == ImpressionState.PUBLISHED,
            listed,
            about_themes.insight_is_about([agenda_theme.theme_id]),
        )
        .where(*_within(agenda_theme, Impression.published_at))
        .order_by(Impression.published_at.desc(), Insight.impression_id, Insight.place, Insight.id)
        .options(joinedload(Insight.impression))
    )
    return list(db.session.scalars(wanted.limit(MOST)))


def list_commitments(agenda_theme: AgendaTheme) -> list[Commitment]:
    """What was promised at sessions, the latest first."""
    wanted = (
        commitment_queries.select_commitments()
        .where(
            _is_public(),
            about_themes.commitment_is_about([agenda_theme.theme_id]),
            *_within(agenda_theme, Event.starts_at),
        )
        .order_by(Event.starts_at.desc(), Commitment.due_on, Commitment.id)
    )
    return list(db.session.scalars(wanted.limit(MOST)))


def _sessions_of(agenda_theme: AgendaTheme) -> sa.Select[Event]:
    return sa.select(Event).where(
        event_queries.about([agenda_theme.theme_id]),
        Event.state == EventState.PUBLISHED,
        _is_public(),
        *_within(agenda_theme, Event.starts_at),
    )


def _is_public() -> Condition:
    """The condition on Event that everybody may know of it and of its network."""
    public = event_queries.select_public_events().where(event_queries.of_listed_network())
    return Event.id.in_(public.with_only_columns(Event.id))


def _within(
    agenda_theme: AgendaTheme, moment: QueryableAttribute[datetime] | QueryableAttribute[datetime | None]
) -> tuple[Condition, ...]:
    """The condition that a moment lies in the days on which the theme stands on its agenda."""
    after = clock.start_of_day(agenda_theme.last_day + timedelta(days=1))
    return moment >= clock.start_of_day(agenda_theme.first_day), moment < after


def _tell(number: int) -> int | None:
    return None if small_cells.is_small(number) else number


def _count_there(event_ids: list[int]) -> dict[int, tuple[int, int]]:
    """How many people were at each event, and of how many organisations, as those are today."""
    organisation_id = lineage.organisation_id_today(Attendance.organisation_id)
    organisations = sa.func.count(sa.distinct(organisation_id))
    counted = sa.select(Attendance.event_id, presence_counts.PEOPLE, organisations).group_by(Attendance.event_id)
    found = db.session.execute(counted.where(Attendance.event_id.in_(event_ids)))
    return {event_id: (people, bodies) for event_id, people, bodies in found}
