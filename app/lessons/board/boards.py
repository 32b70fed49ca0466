"""The board on which the lessons of an event are caught, and its short address."""

import secrets

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.database import add_once, db
from app.events.models import Event
from app.lessons.board.models import Board

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is easily misread from a screen: i, l, o, 0, 1."""
_LENGTH = 6


def board_of_event(event: Event) -> Board | None:
    return db.session.scalar(_of(event))


def open_board(event: Event) -> Board:
    """The event's board, made when there is none yet."""
    board = board_of_event(event)
    if board is None:
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        board = Board(event=event, event_id=event.id, code=code, question=gettext("Wat neem je mee uit deze sessie?"))
        return board if add_once(board) else db.session.scalars(_of(event)).one()
    return board


def _of(event: Event) -> sa.Select[Board]:
    return sa.select(Board).where(Board.event_id == event.id)


def board_of_code(code: str) -> Board | None:
    """The board of a short address, however it was typed."""
    wanted = sa.select(Board).where(Board.code == code.strip().lower()[:8])
    return db.session.scalar(wanted.options(joinedload(Board.event).joinedload(Event.network)))
