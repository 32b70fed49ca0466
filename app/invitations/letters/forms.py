"""A letter as it is written, and its pictures."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, ValidationError

from app.invitations.letters import letter_texts
from app.network.models import Network
from app.outbox.letter_sources import LetterError
from app.web.forms import Form, LineField, LinesField


class LetterForm(Form):
    """The text of a letter in one language."""

    text = LinesField(_l("Tekst"), 20_000, required=True, rows=22)

    def __init__(self, network: Network, kind: str, **options: Any) -> None:
        self.network, self.kind = network, kind
        super().__init__(**options)

    def validate_text(self, field: Field) -> None:
        try:
            letter_texts.check_letter_text(self.network, self.kind, field.data or "")
        except LetterError as error:
            for problem in error.problems[:-1]:
                field.errors = [*field.errors, problem]
            raise ValidationError(error.problems[-1]) from None


class PictureForm(Form):
    """A picture for the letters of a network."""

    name = LineField(
        _l("Naam"), 40, required=True, description=_l("Zo heet hij in de teksten, bijvoorbeeld ‘zaal’ of ‘route’.")
    )
    alt = LineField(
        _l("Wat staat erop?"),
        200,
        required=True,
        description=_l("Voor wie de afbeelding niet ziet. Deze woorden staan ook in de mail zonder opmaak."),
    )
    picture = FileField(
        _l("Afbeelding"), description=_l("PNG of JPEG. We maken hem zo klein dat hij in een mail past.")
    )
