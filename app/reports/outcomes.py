"""What the sessions of a network left: agreements that run, and per session its insights and impression."""

from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa

from app import clock
from app.database import db
from app.events.models import Event, EventState
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights import commitment_queries, suggestion_states
from app.lessons.insights.models import Commitment, CommitmentState, Insight, SuggestionState
from app.network import seeing
from app.network.models import Network
from app.network.seeing import Viewer

MOST_SESSIONS = 40
"""How many past sessions the page shows; the yearly pages have them all."""


@dataclass(frozen=True)
class SessionOutcome:
    """One past session: its impression's state (None without one), how many insights and agreements it left, and what
    became of its suggestions."""

    event: Event
    impression: ImpressionState | None
    insights: int
    commitments: int
    done: int
    suggestions: Counter[SuggestionState] = field(default_factory=Counter)

    @property
    def bare(self) -> bool:
        return not (self.insights or self.commitments or self.impression)


@dataclass(frozen=True)
class Outcomes:
    running: list[Commitment]
    """Soonest first, so what is overdue stands first."""
    sessions: list[SessionOutcome]
    """The latest first."""


def load_outcomes(network: Network, viewer: Viewer) -> Outcomes:
    """What this network's past sessions left, of sessions about which the viewer may know who is concerned."""
    return Outcomes(commitment_queries.open_commitments_in(network, viewer), _sessions(network, viewer))


def _sessions(network: Network, viewer: Viewer) -> list[SessionOutcome]:
    agreed = sa.select(sa.func.count(Commitment.id)).where(Commitment.event_id == Event.id)
    insights = sa.select(sa.func.count(Insight.id)).where(Insight.impression_id == Impression.id)
    wanted = (
        sa.select(
            Event,
            Impression.id,
            Impression.state,
            insights.scalar_subquery(),
            agreed.scalar_subquery(),
            agreed.where(Commitment.state == CommitmentState.DONE).scalar_subquery(),
        )
        .outerjoin(Impression, Impression.id == impressions.select_impression_id().scalar_subquery())
        .where(Event.network_id == network.id, Event.ends_at < clock.now(), Event.state == EventState.PUBLISHED)
        .where(seeing.events(viewer))
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(MOST_SESSIONS)
    )
    rows = db.session.execute(wanted).all()
    states = suggestion_states.count_states([row[1] for row in rows if row[1]])
    return [
        SessionOutcome(event, state, lessons, promised, done, states.get(report_id, Counter()))
        for event, report_id, state, lessons, promised, done in rows
    ]
