"""What happened about a theme while it stood on an agenda: sessions with how many came, lessons, promises.

Never of sessions that are confidential; a page for everybody tells of networks that are listed alone.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

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
class Scene:
    """A theme in some days, the first and the last among them, and the networks of which may be told."""

    theme_id: int
    first: date
    last: date
    networks: sa.Select[int]
    """Their ids."""


def scene_of(agenda_theme: AgendaTheme) -> Scene:
    """What everybody may read of a theme on an agenda."""
    listed = sa.select(Network.id).where(Network.listed)
    return Scene(agenda_theme.theme_id, agenda_theme.first_day, agenda_theme.last_day, listed)


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
    scene = scene_of(agenda_theme)
    return ThemeContents(
        list_held_sessions(scene), list_coming_sessions(scene), list_insights(scene), list_commitments(scene)
    )


def list_held_sessions(scene: Scene) -> list[HeldSession]:
    """The latest first."""
    counted = count_held_sessions(scene)
    return [HeldSession(each, _tell(people), _tell(organisations)) for each, people, organisations in counted]


def count_held_sessions(scene: Scene) -> list[tuple[Event, int, int]]:
    """The same with how many people and organisations were there, until the last day of the scene, whoever may know that."""
    wanted = _sessions_of(scene).where(Event.ends_at <= clock.now()).order_by(Event.starts_at.desc(), Event.id)
    events = list(db.session.scalars(wanted.limit(MOST)))
    counted = _count_there([each.id for each in events], scene.last)
    return [(each, *counted.get(each.id, (0, 0))) for each in events]


def list_coming_sessions(scene: Scene) -> list[Event]:
    """The first that comes first."""
    coming = _sessions_of(scene).where(Event.ends_at > clock.now()).order_by(Event.starts_at, Event.id)
    return list(db.session.scalars(coming.limit(MOST)))


def list_insights(scene: Scene, most: int = MOST) -> list[Insight]:
    """What published impressions teach about the theme, the latest first."""
    wanted = (
        sa.select(Insight)
        .join(Insight.impression)
        .where(
            Impression.state == ImpressionState.PUBLISHED,
            Impression.network_id.in_(scene.networks),
            about_themes.insight_is_about([scene.theme_id]),
        )
        .where(*_within(scene, Impression.published_at))
        .order_by(Impression.published_at.desc(), Insight.impression_id, Insight.place, Insight.id)
        .options(joinedload(Insight.impression))
    )
    return list(db.session.scalars(wanted.limit(most)))


def list_commitments(scene: Scene) -> list[Commitment]:
    """What was promised at sessions, the latest first."""
    wanted = (
        commitment_queries.select_commitments()
        .where(
            told_events(scene.networks),
            about_themes.commitment_is_about([scene.theme_id]),
            *_within(scene, Event.starts_at),
        )
        .order_by(Event.starts_at.desc(), Commitment.due_on, Commitment.id)
    )
    return list(db.session.scalars(wanted.limit(MOST)))


def _sessions_of(scene: Scene) -> sa.Select[Event]:
    return sa.select(Event).where(
        event_queries.about([scene.theme_id]),
        Event.state == EventState.PUBLISHED,
        told_events(scene.networks),
        *_within(scene, Event.starts_at),
    )


def told_events(networks: sa.Select[int]) -> Condition:
    """The condition on Event that who may know of these networks may know of it."""
    public = event_queries.select_public_events().where(Event.network_id.in_(networks))
    return Event.id.in_(public.with_only_columns(Event.id))


def _within(
    scene: Scene, moment: QueryableAttribute[datetime] | QueryableAttribute[datetime | None]
) -> tuple[Condition, ...]:
    """The condition that a moment lies in the days of the scene."""
    return moment >= clock.start_of_day(scene.first), moment < clock.start_of_day(scene.last + timedelta(days=1))


def _tell(number: int) -> int | None:
    return None if small_cells.is_small(number) else number


def _count_there(event_ids: list[int], last: date) -> dict[int, tuple[int, int]]:
    """How many people were at each event until a day, and of how many organisations, as those are today."""
    organisation_id = lineage.organisation_id_today(Attendance.organisation_id)
    organisations = sa.func.count(sa.distinct(organisation_id))
    counted = sa.select(Attendance.event_id, presence_counts.PEOPLE, organisations).group_by(Attendance.event_id)
    found = db.session.execute(counted.where(Attendance.event_id.in_(event_ids), Attendance.day <= last))
    return {event_id: (people, bodies) for event_id, people, bodies in found}
