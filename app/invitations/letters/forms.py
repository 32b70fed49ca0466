"""A letter as it is written, and its pictures."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, RadioField, ValidationError

from app.invitations.letters import letter_texts
from app.network.models import Network
from app.outbox.letter_sources import LetterError
from app.uploads import people_shown
from app.uploads.people_shown import PeopleShown
from app.web.forms import REQUIRED, Form, LineField, LinesField, choices


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
        _l("Afbeelding"),
        description=_l(
            "PNG of JPEG. We maken hem zo klein dat hij in een mail past, en halen eruit waar en waarmee hij gemaakt is."
        ),
    )
    people_shown = RadioField(people_shown.QUESTION, [REQUIRED])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.people_shown.choices = choices(PeopleShown)
