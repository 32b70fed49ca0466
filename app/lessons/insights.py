"""Insights with their suggestions: made from cards or by hand, put in order, changed."""

import sqlalchemy as sa

from app.accounts.models import Account
from app.database import db
from app.events.models import Event
from app.lessons import cards, impressions
from app.lessons.models import Card, Impression, Insight, Suggestion

TITLE, TEXT = 200, 500
"""Characters of an insight's title and of a suggestion."""


def add(event: Event, title: str, by: Account) -> Insight:
    """A new heading in the event's report. Raises what impressions.touch raises."""
    impression = impressions.ensure(event)
    impressions.touch(impression, by)
    insight = Insight(impression=impression, place=_next_place(impression), title=title[:TITLE], suggestions=[])
    db.session.add(insight)
    db.session.flush()
    return insight


def from_card(event: Event, card: Card, by: Account) -> Insight:
    """A card becomes a heading. What does not fit in its title goes into the explanation."""
    insight = add(event, card.text, by)
    if len(card.text) > TITLE:
        insight.title, insight.explanation = card.text[: TITLE - 1].rsplit(" ", 1)[0] + "…", card.text
    cards.group(card, insight)
    return insight


def suggest(insight: Insight, text: str, by: Account, note: str = "") -> Suggestion:
    """Add what could be done about it. Raises what impressions.touch raises."""
    impressions.touch(insight.impression, by, note)
    last = max((each.place for each in insight.suggestions), default=0)
    suggestion = Suggestion(insight_id=insight.id, text=text[:TEXT], place=last + 1)
    insight.suggestions.append(suggestion)
    db.session.flush()
    return suggestion


def change(
    insight: Insight, title: str, explanation: str, suggestions: list[str], by: Account, note: str = ""
) -> list[str]:
    """Change an insight as a whole; suggestions that somebody committed to stay. Returns those that stayed so.

    A suggestion whose words stay the same stays the same row. Raises what impressions.touch raises.
    """
    insight.title, insight.explanation = title[:TITLE], explanation
    known = {each.text: each for each in insight.suggestions}
    kept = [each.text for each in insight.suggestions if each.commitments and each.text not in suggestions]
    wanted = list(dict.fromkeys([*suggestions, *kept]))
    insight.suggestions = [known.get(text) or Suggestion(text=text[:TEXT]) for text in wanted]
    for place, suggestion in enumerate(insight.suggestions, 1):
        suggestion.place = place
    db.session.flush()
    impressions.touch(insight.impression, by, note)
    return kept


def move_up(insight: Insight, by: Account, note: str = "") -> None:
    """Swap an insight with the one before it."""
    order = list(insight.impression.insights)
    place = order.index(insight)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    for number, each in enumerate(order, 1):
        each.place = number
    impressions.touch(insight.impression, by, note)


def remove(insight: Insight, by: Account, note: str = "") -> None:
    """Take an insight away; its cards are loose again. Raises what impressions.touch raises."""
    impression = insight.impression
    db.session.execute(sa.update(Card).where(Card.insight_id == insight.id).values(insight_id=None))
    impression.insights.remove(insight)
    db.session.flush()
    impressions.touch(impression, by, note)


def _next_place(impression: Impression) -> int:
    return (db.session.scalar(sa.select(sa.func.max(Insight.place)).filter_by(impression_id=impression.id)) or 0) + 1
