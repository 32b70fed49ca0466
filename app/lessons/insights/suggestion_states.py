"""What became of a suggestion, where an organiser says so: declined with why, or done with what came of it."""

from collections import Counter
from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.database import db
from app.lessons.impressions import documents
from app.lessons.insights.models import (
    Commitment,
    CommitmentState,
    Insight,
    Suggestion,
    SuggestionState,
    SuggestionVerdict,
)
from app.words import Refusal


class CannotSettle(Refusal):
    """Its commitments say otherwise."""

    says = {
        "runs": _l("Er loopt een afspraak over deze suggestie. Rond die eerst af."),
        "kept": _l("Een afspraak over deze suggestie is gedaan. Daarom kan zij niet op ‘niet overgenomen’."),
    }
    field = "verdict"


def settle(suggestion: Suggestion, verdict: SuggestionVerdict | None, why: str) -> None:
    """Say what became of it and why; None leaves that to its commitments. Files are made anew. Raises CannotSettle."""
    states = {each.state for each in suggestion.commitments}
    if verdict and CommitmentState.OPEN in states:
        raise CannotSettle("runs")
    if verdict == SuggestionVerdict.DECLINED and CommitmentState.DONE in states:
        raise CannotSettle("kept")
    suggestion.verdict, suggestion.why = verdict, why if verdict else ""
    db.session.flush()
    impression = suggestion.insight.impression
    if impression.published_at is not None:
        documents.want_documents(impression)


def count_states(impression_ids: Collection[int]) -> dict[int, Counter[SuggestionState]]:
    """How many suggestions of each of these reports are in each state, as `Suggestion.state` has it."""
    wanted = (
        sa.select(Insight.impression_id, _state(), sa.func.count())
        .join(Suggestion, Suggestion.insight_id == Insight.id)
        .where(Insight.impression_id.in_(impression_ids))
        .group_by(Insight.impression_id, sa.literal_column("state"))
    )
    order = [state.value for state in SuggestionState]
    found: dict[int, Counter[SuggestionState]] = {}
    for impression_id, state, count in sorted(
        db.session.execute(wanted), key=lambda row: order.index(SuggestionState(row[1]))
    ):
        found.setdefault(impression_id, Counter())[SuggestionState(state)] = count
    return found


def _state() -> sa.ColumnElement[str]:
    def has(state: CommitmentState) -> sa.Exists:
        mine = sa.select(Commitment.id).where(Commitment.suggestion_id == Suggestion.id, Commitment.state == state)
        return mine.correlate(Suggestion).exists()

    return sa.case(
        (has(CommitmentState.OPEN), sa.literal(SuggestionState.TAKEN.value)),
        (has(CommitmentState.DONE), sa.literal(SuggestionState.DONE.value)),
        else_=sa.func.coalesce(sa.cast(Suggestion.verdict, sa.String), sa.literal(SuggestionState.OPEN.value)),
    ).label("state")
