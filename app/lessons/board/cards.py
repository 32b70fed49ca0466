"""Cards: thoughts caught in the room, shown, hidden and grouped under a heading."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.database import db
from app.lessons.board.models import Board, Card, CardState
from app.lessons.insights.models import Insight
from app.words import Refusal

LONGEST = 500
"""Characters of a card; more is no longer one thought."""
SHOWN = 60
"""Cards on the screen in the room, newest first."""


class BoardClosed(Refusal):
    """The board takes no more cards."""

    says = _l("Het bord is gesloten. Je kaartje is niet verstuurd.")


def catch_card(board: Board, text: str, author: str = "", by: Account | None = None) -> Card:
    """Keep a thought; of a participant only with a name if the board asks for names. Raises BoardClosed.

    Note takers may go on when the board is closed for the room; what they write needs no look.
    """
    if not board.open and by is None:
        raise BoardClosed
    state = CardState.NEW if board.moderated and by is None else CardState.SHOWN
    name = author if board.named and by is None and not board.event.confidential else ""
    card = Card(board_id=board.id, text=text[:LONGEST], author=name[:80], account_id=by and by.id, state=state)
    db.session.add(card)
    db.session.flush()
    return card


def shown_cards(board: Board, most: int = SHOWN) -> list[Card]:
    """What everybody in the room may see, newest first."""
    wanted = sa.select(Card).where(Card.board_id == board.id, Card.state == CardState.SHOWN)
    return list(db.session.scalars(wanted.order_by(Card.id.desc()).limit(most)))


def count_shown_cards(board: Board) -> int:
    """How many cards the room may see."""
    return db.session.scalars(
        sa.select(sa.func.count()).where(Card.board_id == board.id, Card.state == CardState.SHOWN)
    ).one()


def loose_cards(board: Board, state: CardState | None = None) -> list[Card]:
    """Cards under no heading, oldest first, hidden ones only when asked for."""
    wanted = sa.select(Card).where(Card.board_id == board.id, Card.insight_id.is_(None))
    wanted = wanted.where(Card.state == state if state else Card.state != CardState.HIDDEN)
    return list(db.session.scalars(wanted.order_by(Card.id)))


def cards_by_insight(insights: list[Insight]) -> dict[int, list[Card]]:
    """The cards of each heading by its id, in one query."""
    insight_ids = [insight.id for insight in insights]
    wanted = sa.select(sa.NotNullable(Card.insight_id), Card).where(Card.insight_id.in_(insight_ids)).order_by(Card.id)
    found: dict[int, list[Card]] = {insight.id: [] for insight in insights}
    for insight_id, card in db.session.execute(wanted):
        found[insight_id].append(card)
    return found


def cards_of_note_taker(board: Board, account: Account, most: int = 20) -> list[Card]:
    """What one note taker wrote, newest first."""
    wanted = sa.select(Card).where(Card.board_id == board.id, Card.account_id == account.id)
    return list(db.session.scalars(wanted.order_by(Card.id.desc()).limit(most)))


def group_card(card: Card, insight: Insight | None) -> None:
    """Put a card under a heading, or back among the loose ones; a heading makes it seen."""
    card.insight_id = insight.id if insight else None
    if insight and card.state == CardState.NEW:
        card.state = CardState.SHOWN


def show_card(card: Card) -> None:
    card.state = CardState.SHOWN


def hide_card(card: Card) -> None:
    """Take a card away from everybody's eyes; `show_card` brings it back."""
    card.state = CardState.HIDDEN
    card.insight_id = None
