"""A letter as it is written, in readable parts or as the template that it becomes, and its pictures."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, RadioField, ValidationError

from app.invitations.letters import letter_texts, readable_letters
from app.invitations.letters.readable_letters import ReadableLetter
from app.network.models import Network
from app.outbox.kinds import BLOCKS, IN_OWN_WORDS
from app.outbox.letter_sources import LetterError
from app.uploads import people_shown
from app.uploads.people_shown import PeopleShown
from app.web.forms import REQUIRED, CheckboxesField, Checks, Form, LineField, LinesField, choices

LONGEST = 20_000
"""Characters of a text."""


class TemplateForm(Form):
    """The text of a letter in one language, as the template that is kept."""

    text = LinesField(_l("Sjabloon"), LONGEST, rows=22)

    def __init__(self, network: Network, kind: str, now: str, **options: Any) -> None:
        self.network, self.kind = network, kind
        super().__init__(data={"text": now}, **options)
        self.text.flags.required = True

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if not self.text.data:
            self.reject("text", letter_texts.empty_letter())
        return good and bool(self.text.data)

    def source(self) -> str:
        return self.text.data or ""

    def fill(self, text: str) -> None:
        """Show a text that is not kept yet."""
        self.text.data = text

    def validate_text(self, field: Field) -> None:
        try:
            letter_texts.check_letter_text(self.network, self.kind, field.data or "")
        except LetterError as error:
            for problem in error.problems[:-1]:
                field.errors = [*field.errors, problem]
            raise ValidationError(error.problems[-1]) from None


class ReadableForm(Form):
    """A letter in one language, in parts, with its fields between brackets."""

    subject = LineField(_l("Onderwerp"), 400)
    preheader = LineField(
        _l("Voorproefje"), 200, description=_l("De regel die veel mailprogramma’s naast het onderwerp tonen.")
    )
    opening = LineField(
        _l("Eigen zin bovenaan"), 400, description=_l("Staat onder de aanhef, boven de rest van de tekst.")
    )
    body = LinesField(_l("Tekst"), LONGEST, rows=18)
    blocks = CheckboxesField(_l("Blokken in deze mail"))

    def __init__(self, network: Network, kind: str, now: str, **options: Any) -> None:
        self.network, self.kind, self.now = network, kind, now
        self.known = set(letter_texts.fields_of_letter(network, kind))
        self._offered = [field for field in BLOCKS if field in IN_OWN_WORDS[kind].fields]
        self._kept = readable_letters.read_source(now, self.known)
        super().__init__(data=self._data_of(self._kept), **options)
        self.blocks.choices = [(field.value, str(field.words)) for field in self._offered]
        self.subject.flags.required = self.body.flags.required = True

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        before = len(self.wrong_fields())
        self._check_brackets()
        if good and len(self.wrong_fields()) == before:
            self._check_source()
        return good and len(self.wrong_fields()) == before

    def source(self) -> str:
        """What the letter becomes; what was kept, when nothing changed."""
        letter = self._letter()
        return self.now if letter == self._kept else readable_letters.write_source(letter)

    def fill(self, text: str) -> None:
        """Show a text that is not kept yet; raises LookupError when it cannot be read in parts."""
        letter = readable_letters.read_source(text, self.known)
        if letter is None:
            raise LookupError("a template of more than fields and blocks")
        for name, value in self._data_of(letter).items():
            self[name].data = value

    def _data_of(self, letter: ReadableLetter | None) -> dict[str, Any]:
        parts = {name: getattr(letter, name) if letter else "" for name in readable_letters.NAMES_OF_PARTS}
        return parts | {"blocks": self._blocks_in(parts["body"])}

    def _blocks_in(self, body: str) -> list[str]:
        return readable_letters.blocks_in(body, [field.value for field in self._offered])

    def _letter(self) -> ReadableLetter:
        """The letter as it was filled in, its blocks as they were ticked."""
        before = self._blocks_in(self._kept.body if self._kept else "")
        body = readable_letters.choose_blocks(
            self.body.data or "", before, self.blocks.data or [], [field.value for field in self._offered]
        )
        self.body.data, self.blocks.data = body, self._blocks_in(body)
        return ReadableLetter(self.subject.data or "", self.preheader.data or "", self.opening.data or "", body)

    def _check_brackets(self) -> None:
        letter = self._letter()
        if not letter.subject:
            self.reject("subject", gettext("Schrijf een onderwerp."))
        if not letter.body:
            self.reject("body", letter_texts.empty_letter())
        for name in readable_letters.NAMES_OF_PARTS:
            for problem in readable_letters.problems_of_brackets(getattr(letter, name), self.known):
                self.reject(name, problem)

    def _check_source(self) -> None:
        """What is wrong with the whole, at the part that it is about."""
        wrong = self._problems(self._letter())
        elsewhere = self._problems(ReadableLetter("x", "", "", self._letter().body)) if wrong else ()
        for problem in wrong:
            self.reject("body" if problem in elsewhere else "subject", problem)

    def _problems(self, letter: ReadableLetter) -> Collection[str]:
        try:
            letter_texts.check_letter_text(self.network, self.kind, readable_letters.write_source(letter))
        except LetterError as error:
            return error.problems
        return ()


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
