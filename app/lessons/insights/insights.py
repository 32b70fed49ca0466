"""Insights with their suggestions: made from cards or by hand, put in order, changed."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Account
from app.database import db
from app.events.models import Event
from app.lessons.board import cards
from app.lessons.board.models import Card
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Impression
from app.lessons.insights.models import Insight, Suggestion, SuggestionUse
from app.themes.models import Theme

TITLE, TEXT = 200, 500
"""Characters of an insight's title and of a suggestion."""


def add_insight(event: Event, title: str, by: Account) -> Insight:
    """A new heading in the event's report. Raises what impressions.note_impression_change raises."""
    impression = impressions.ensure_impression(event)
    impressions.note_impression_change(impression, by)
    insight = Insight(impression=impression, place=_next_place(impression), title=title[:TITLE], suggestions=[])
    db.session.add(insight)
    db.session.flush()
    return insight


def add_explained_insight(event: Event, title: str, explanation: str, by: Account, note: str) -> Insight:
    """One from elsewhere, with all its words, also in a report that everybody reads already; that says so by the note.

    Raises what impressions.note_impression_change raises.
    """
    impression = impressions.ensure_impression(event)
    insight = Insight(
        impression=impression,
        place=_next_place(impression),
        title=title[:TITLE],
        explanation=explanation,
        suggestions=[],
    )
    db.session.add(insight)
    db.session.flush()
    impressions.note_impression_change(impression, by, note)
    return insight


def insight_from_card(event: Event, card: Card, by: Account) -> Insight:
    """A card becomes a heading. What does not fit in its title goes into the explanation."""
    insight = add_insight(event, card.text, by)
    if len(card.text) > TITLE:
        insight.title, insight.explanation = card.text[: TITLE - 1].rsplit(" ", 1)[0] + "…", card.text
    cards.group_card(card, insight)
    return insight


def add_suggestion(insight: Insight, text: str, by: Account, note: str = "") -> Suggestion:
    """Add what could be done about it. Raises what impressions.note_impression_change raises."""
    impressions.note_impression_change(insight.impression, by, note)
    last = max((each.place for each in insight.suggestions), default=0)
    suggestion = Suggestion(insight_id=insight.id, text=text[:TEXT], place=last + 1)
    insight.suggestions.append(suggestion)
    db.session.flush()
    return suggestion


def change_insight(
    insight: Insight,
    title: str,
    explanation: str,
    suggestions: list[str],
    by: Account,
    note: str = "",
    themes: Sequence[Theme] = (),
) -> list[str]:
    """Change an insight as a whole; suggestions stay that somebody committed to or answered about. Returns those.

    A suggestion whose words stay the same stays the same row. Raises what impressions.note_impression_change raises.
    """
    insight.title, insight.explanation, insight.themes = title[:TITLE], explanation, list(themes)
    known = {each.text: each for each in insight.suggestions}
    history = _with_answers(insight)
    kept = [
        each.text
        for each in insight.suggestions
        if (each.commitments or each.id in history) and each.text not in suggestions
    ]
    wanted = list(dict.fromkeys([*suggestions, *kept]))
    insight.suggestions = [known.get(text) or Suggestion(text=text[:TEXT]) for text in wanted]
    for place, suggestion in enumerate(insight.suggestions, 1):
        suggestion.place = place
    db.session.flush()
    impressions.note_impression_change(insight.impression, by, note)
    return kept


def move_insight_up(insight: Insight, by: Account, note: str = "") -> None:
    """Swap an insight with the one before it."""
    order = list(insight.impression.insights)
    place = order.index(insight)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    for number, each in enumerate(order, 1):
        each.place = number
    impressions.note_impression_change(insight.impression, by, note)


def remove_insight(insight: Insight, by: Account, note: str = "") -> None:
    """Take an insight away; its cards are loose again. Raises what impressions.note_impression_change raises."""
    impression = insight.impression
    db.session.execute(sa.update(Card).where(Card.insight_id == insight.id).values(insight_id=None))
    impression.insights.remove(insight)
    db.session.flush()
    impressions.note_impression_change(impression, by, note)


def _with_answers(insight: Insight) -> set[int]:
    """Ids of the suggestions about which people said what they did with them."""
    own = sa.select(Suggestion.id).where(Suggestion.insight_id == insight.id)
    said = sa.select(SuggestionUse.suggestion_id).where(SuggestionUse.suggestion_id.in_(own)).distinct()
    return set(db.session.scalars(said))


def _next_place(impression: Impression) -> int:
    return (db.session.scalar(sa.select(sa.func.max(Insight.place)).filter_by(impression_id=impression.id)) or 0) + 1
