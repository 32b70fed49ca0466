"""What participants write on the board."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.lessons.board import cards
from app.lessons.board.models import Board
from app.web.forms import Form, LineField, LinesField


class CardForm(Form):
    """One thought. `seen` is the name under which it is shown, when the board asks for names."""

    text = LinesField(_l("Wat wil je onthouden?"), cards.LONGEST, required=True, rows=3)
    author = LineField(_l("Je naam"), 80, description=_l("Leeg: zonder naam."), render_kw={"autocomplete": "name"})

    def __init__(self, board: Board, **options: Any) -> None:
        super().__init__(**options)
        self.text.label.text = board.question
        if not board.named or board.event.confidential:
            del self.author


class NoteForm(Form):
    text = LinesField(_l("Notitie"), cards.LONGEST, required=True, rows=3)


class BoardForm(Form):
    """How a board works."""

    question = LineField(_l("De vraag op het scherm"), 200, required=True)
    open = BooleanField(_l("Deelnemers kunnen kaartjes sturen"))
    named = BooleanField(_l("Deelnemers mogen hun naam erbij zetten"))
    moderated = BooleanField(_l("Eerst bekijken, dan pas op het scherm"))
