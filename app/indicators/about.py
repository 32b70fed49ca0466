"""What something is about, and where somebody worked, as conditions of what an indicator counts.

A theme that went over in another and an organisation that went up in another count for what they are today.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from app.database import Rows, db
from app.events.models import Event
from app.indicators.models import Narrow
from app.lessons.insights.models import Commitment, Insight, Suggestion
from app.network.organisations.models import Organisation
from app.themes.models import Theme, event_themes, impression_themes, insight_themes

Condition = sa.ColumnElement[bool]


def theme_line(theme_ids: Iterable[int]) -> set[int]:
    """Themes with all that went over in them."""
    wanted = set(theme_ids)
    heirs = _heirs(sa.select(Theme.id, Theme.successor_id))
    return wanted | {theme_id for theme_id in heirs if wanted.intersection(_line(theme_id, heirs))}


def event_is_about(themes: set[int]) -> Condition:
    return Event.id.in_(sa.select(event_themes.c.event_id).where(event_themes.c.theme_id.in_(themes)))


def insight_is_about(themes: set[int]) -> Condition:
    """Its own themes; without any those of its impression."""
    own = sa.select(insight_themes.c.insight_id)
    of_report = sa.select(impression_themes.c.impression_id).where(impression_themes.c.theme_id.in_(themes))
    return sa.or_(
        Insight.id.in_(own.where(insight_themes.c.theme_id.in_(themes))),
        sa.and_(Insight.id.not_in(own), Insight.impression_id.in_(of_report)),
    )


def commitment_is_about(themes: set[int]) -> Condition:
    """Its own theme, else what its insight is about, else its session."""
    insights = sa.select(Suggestion.id).join(Insight, Insight.id == Suggestion.insight_id)
    has_theme = sa.or_(
        Insight.id.in_(sa.select(insight_themes.c.insight_id)),
        Insight.impression_id.in_(sa.select(impression_themes.c.impression_id)),
    )
    by_insight = Commitment.suggestion_id.in_(insights.where(insight_is_about(themes)))
    silent = sa.or_(Commitment.suggestion_id.is_(None), Commitment.suggestion_id.not_in(insights.where(has_theme)))
    inherited = sa.or_(by_insight, sa.and_(silent, event_is_about(themes)))
    return sa.or_(Commitment.theme_id.in_(themes), sa.and_(Commitment.theme_id.is_(None), inherited))


class Organisations:
    """Which organisations count, and what each is today."""

    def __init__(self, narrowing: Mapping[Narrow, list[Any] | None]) -> None:
        self._heirs = _heirs(sa.select(Organisation.id, Organisation.successor_id))
        self.narrowed = self._narrow(narrowing)
        """Ids of those that alone count; None: all."""

    def today(self, organisation_ids: Iterable[int]) -> set[int]:
        return {self._last(each) for each in organisation_ids}

    def _last(self, organisation_id: int) -> int:
        return _line(organisation_id, self._heirs)[-1]

    def _narrow(self, narrowing: Mapping[Narrow, list[Any] | None]) -> set[int] | None:
        """Those whose organisation of today is of these kinds, regions and names."""
        columns = {
            Narrow.KIND: Organisation.kind,
            Narrow.REGION: Organisation.region,
            Narrow.ORGANISATION: Organisation.id,
        }
        asked = {column: values for narrow, column in columns.items() if (values := narrowing.get(narrow))}
        if not asked:
            return None
        if of := asked.get(Organisation.id):
            asked[Organisation.id] = list(self.today(of))
        wanted = sa.select(Organisation.id).where(*(column.in_(values) for column, values in asked.items()))
        living = set(db.session.scalars(wanted))
        return {each for each in self._heirs if self._last(each) in living}


def _heirs(wanted: Rows) -> dict[int, int | None]:
    return dict(db.session.execute(wanted).all())


def _line(row_id: int, heirs: Mapping[int, int | None]) -> list[int]:
    """A row and what it went over in, in that order; a circle, which no rule makes, ends where it closes."""
    line = [row_id]
    while (heir := heirs.get(line[-1])) is not None and heir not in line:
        line.append(heir)
    return line
