"""What comes in about lessons: cards, insights, commitments, impressions, evaluations."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import URL, NumberRange

from app import clock
from app.events.models import Event
from app.lessons import cards, commitments, facts, insights
from app.lessons.models import (
    Board,
    Commitment,
    CommitmentState,
    EvaluationKind,
    EvaluationQuestion,
    Impression,
    Insight,
)
from app.network import organisations
from app.network.models import Organisation, Person
from app.registration import cockpit
from app.web.forms import REQUIRED, Checks, Day, Form, Line, Number, Text, choices

NOTE = _l("Wat is er verbeterd?")


class CardForm(Form):
    """One thought. `seen` is the name under which it is shown, when the board asks for names."""

    text = Text(_l("Wat wil je onthouden?"), cards.LONGEST, required=True, rows=3)
    author = Line(_l("Je naam"), 80, description=_l("Leeg: zonder naam."), render_kw={"autocomplete": "name"})

    def __init__(self, board: Board, **options: Any) -> None:
        super().__init__(**options)
        self.text.label.text = board.question
        if not board.named or board.event.confidential:
            del self.author


class NoteForm(Form):
    text = Text(_l("Notitie"), cards.LONGEST, required=True, rows=3)


class BoardForm(Form):
    """How a board works."""

    question = Line(_l("De vraag op het scherm"), 200, required=True)
    open = BooleanField(_l("Deelnemers kunnen kaartjes sturen"))
    named = BooleanField(_l("Deelnemers mogen hun naam erbij zetten"))
    moderated = BooleanField(_l("Eerst bekijken, dan pas op het scherm"))


class _Noted(Form):
    """A change of a report; a published one asks what changed, for its readers."""

    note = Line(NOTE, 300, description=_l("Staat met de datum van vandaag onder de impressie."))

    def __init__(self, impression: Impression, **options: Any) -> None:
        super().__init__(**options)
        self.impression = impression
        if not impression.published:
            del self.note

    @property
    def said(self) -> str:
        return self.note.data if "note" in self else ""

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.impression.published and not self.note.data:
            self.reject(
                "note", gettext("Vul in wat je verbeterde. Wie de impressie al las, ziet dan wat er anders is.")
            )
            return False
        return good


class InsightForm(_Noted):
    """An insight as a whole."""

    title = Line(_l("Inzicht"), insights.TITLE, required=True)
    explanation = Text(_l("Toelichting"), 5_000, rows=5)
    suggestions = Text(_l("Suggesties"), 8_000, rows=6, description=_l("Eén per regel: wat kan iemand hiermee doen?"))

    def __init__(self, insight: Insight):
        kept = {
            "title": insight.title,
            "explanation": insight.explanation,
            "suggestions": "\n".join(each.text for each in insight.suggestions),
        }
        super().__init__(insight.impression, data=kept)

    def suggestion_list(self) -> list[str]:
        return [line.strip() for line in (self.suggestions.data or "").splitlines() if line.strip()]

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if any(len(text) > insights.TEXT for text in self.suggestion_list()):
            self.reject("suggestions", gettext("Gebruik hooguit %(max)d tekens per suggestie.", max=insights.TEXT))
            return False
        return good


class CommitmentForm(Form):
    """Who does what by when."""

    what = Line(_l("Wat spreken we af?"), 300, required=True)
    person = SelectField(
        _l("Wie"), description=_l("Wie er was of een plek had. Diegene krijgt een mail met de afspraak.")
    )
    organisation = SelectField(_l("Of welke organisatie"))
    due_on = Day(_l("Voor wanneer"), required=True)

    def __init__(self, event: Event, commitment: Commitment | None = None, **options: Any) -> None:
        self.commitment = commitment
        kept = _of_commitment(commitment) if commitment else None
        super().__init__(data=kept or options.pop("data", None), **options)
        present = commitments.candidates(event)
        if commitment and commitment.person and commitment.person not in present:
            present.append(commitment.person)
        self.person.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(each.id), _with_place(each)) for each in present),
        ]
        self.organisation.choices = [SelectChoice("", "–"), *organisations.choices()]
        self._people = {str(each.id): each for each in present}

    @property
    def owner(self) -> Person | None:
        return self._people.get(self.person.data or "")

    @property
    def body(self) -> Organisation | None:
        return organisations.get(int(self.organisation.data)) if self.organisation.data else None

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if not (self.person.data or self.organisation.data):
            self.reject("person", gettext("Kies een persoon of een organisatie."))
            good = False
        moved = self.commitment is None or self.commitment.due_on != self.due_on.data
        if self.due_on.data and moved and self.due_on.data < clock.today():
            self.reject("due_on", gettext("Deze dag is al geweest. Kies een dag vanaf vandaag."))
            good = False
        return good


class CloseForm(Form):
    """How a commitment ended, with a word why."""

    state = RadioField(_l("Hoe staat het?"), [REQUIRED])
    note = Text(
        _l("Wil je er iets bij zeggen?"),
        500,
        rows=3,
        description=_l("Dit kan in de impressie komen te staan. Noem geen namen."),
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.state.choices = [
            SelectChoice(CommitmentState.DONE.value, gettext("Het is gedaan")),
            SelectChoice(CommitmentState.DROPPED.value, gettext("Het gaat niet door")),
            SelectChoice(CommitmentState.OPEN.value, gettext("Het loopt nog")),
        ]

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.state.data == CommitmentState.DROPPED and not self.note.data:
            self.reject("note", gettext("Schrijf kort waarom het niet doorgaat."))
            return False
        return good


class ImpressionForm(_Noted):
    """The text of a report and the figures that were not counted here."""

    title = Line(_l("Titel"), 150, required=True)
    intro = Text(_l("Inleiding"), 5_000, rows=5)
    themes = Line(_l("Thema’s"), 300, description=_l("Met komma’s ertussen. Hierop vind je de impressie terug."))
    set_up = Text(_l("Opzet"), 5_000, rows=3, description=_l("Voor wie was het en hoe ging het in zijn werk?"))
    pitches = Text(_l("Sprekers en pitches"), 5_000, rows=3, description=_l("Eén per regel."))
    next_steps = Text(_l("Hoe nu verder"), 5_000, rows=4)
    recording_url = Line(
        _l("Link naar de opname"),
        500,
        validators=[URL(message=_l("Dit is geen webadres. Begin met https://."))],
        render_kw={"inputmode": "url", "type": "url"},
    )
    municipalities = Number(_l("Gemeenten"))
    water_boards = Number(_l("Waterschappen"))
    others = Number(_l("Andere organisaties"))
    on_site = Number(_l("Deelnemers op locatie"))
    online = Number(_l("Deelnemers online"))
    webcast = Number(_l("Kijkers van de webcast"))

    def __init__(self, impression: Impression):
        kept = {name: getattr(impression, name) for name in self.TEXTS}
        themes = ", ".join(theme.name for theme in impression.themes)
        super().__init__(impression, data={**kept, **impression.by_hand, "themes": themes})
        for name in facts.Figure:
            self[name].validators = [
                *self[name].validators,
                NumberRange(0, 1_000_000, _l("Kies een getal van 0 of meer.")),
            ]

    TEXTS = ("title", "intro", "set_up", "pitches", "next_steps", "recording_url")

    def theme_list(self) -> list[str]:
        return [name.strip() for name in (self.themes.data or "").split(",") if name.strip()]

    def texts(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in self.TEXTS}

    def by_hand(self) -> dict[str, int]:
        return {name: self[name].data for name in facts.Figure if self[name].data is not None}

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.recording_url.data and not self.recording_url.data.startswith(("https://", "http://")):
            self.reject("recording_url", gettext("Dit is geen webadres. Begin met https://."))
            good = False
        if any(len(name) > 60 for name in self.theme_list()):
            self.reject("themes", gettext("Gebruik hooguit %(max)d tekens per thema.", max=60))
            good = False
        return good


class WithdrawForm(Form):
    reason = Text(
        _l("Waarom trek je de impressie in?"),
        300,
        required=True,
        rows=3,
        description=_l("Dit lezen bezoekers op de pagina."),
    )


class AttachmentForm(_Noted):
    file = FileField(_l("Bestand"))


class EvaluationQuestionForm(Form):
    kind = SelectField(_l("Soort antwoord"), choices=lambda: choices(EvaluationKind))
    label = Line(_l("Vraag"), 200, required=True)


def evaluation_form(questions: list[EvaluationQuestion]) -> Form:
    """The form that a participant fills in: nothing of it is required."""
    fields: dict[str, Any] = {}
    for question in questions:
        words = question.label or str(question.standard.words)
        if question.kind == EvaluationKind.SCALE:
            figures = [SelectChoice(str(figure), str(figure)) for figure in range(1, 6)]
            fields[f"q{question.id}"] = RadioField(words, choices=figures, validate_choice=False)
        else:
            fields[f"q{question.id}"] = Text(words, 2_000, rows=4)
    form: Form = type("EvaluationForm", (Form,), fields)()
    return form


def evaluation_values(form: Form, questions: list[EvaluationQuestion]) -> dict[str, str]:
    """What was filled in, by id of question."""
    values = {}
    for question in questions:
        given = form[f"q{question.id}"].data or ""
        if question.kind == EvaluationKind.OPEN or given in {"1", "2", "3", "4", "5"}:
            values[str(question.id)] = given.strip()
    return {number: value for number, value in values.items() if value}


def _of_commitment(commitment: Commitment) -> dict[str, Any]:
    return {
        "what": commitment.what,
        "person": str(commitment.person_id or ""),
        "organisation": str(commitment.organisation_id or ""),
        "due_on": commitment.due_on,
    }


def _with_place(person: Person) -> str:
    position = cockpit.position(person)
    return f"{person.name}, {position.organisation.name}" if position else person.name
