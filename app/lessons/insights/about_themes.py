"""What an insight and a commitment are about: their own theme, or else that of what they came from."""

from collections.abc import Collection

import sqlalchemy as sa

from app.database import Condition
from app.lessons.insights.models import Commitment, Insight, Suggestion
from app.themes.models import event_themes, impression_themes, insight_themes

ThemeIds = Collection[int] | sa.Select[int]


def insight_is_about(theme_ids: ThemeIds) -> Condition:
    """The condition that an insight is about one of these themes: its own, or without any those of its impression."""
    own = sa.select(insight_themes.c.insight_id)
    of_impression = sa.select(impression_themes.c.impression_id).where(impression_themes.c.theme_id.in_(theme_ids))
    return sa.or_(
        Insight.id.in_(own.where(insight_themes.c.theme_id.in_(theme_ids))),
        sa.and_(Insight.id.not_in(own), Insight.impression_id.in_(of_impression)),
    )


def commitment_is_about(theme_ids: Collection[int]) -> Condition:
    """The condition that a commitment is about one of these themes: its own, else those of its insight, else of its session."""
    with_themes = sa.or_(
        Insight.id.in_(sa.select(insight_themes.c.insight_id)),
        Insight.impression_id.in_(sa.select(impression_themes.c.impression_id)),
    )
    suggested = sa.select(Suggestion.id).join(Suggestion.insight)
    of_insight = Commitment.suggestion_id.in_(suggested.where(with_themes))
    sessions = sa.select(event_themes.c.event_id).where(event_themes.c.theme_id.in_(theme_ids))
    return sa.case(
        (Commitment.theme_id.is_not(None), Commitment.theme_id.in_(theme_ids)),
        (of_insight, Commitment.suggestion_id.in_(suggested.where(insight_is_about(theme_ids)))),
        else_=Commitment.event_id.in_(sessions),
    ).is_(sa.true())
