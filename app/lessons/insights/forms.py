"""Insights and commitments as they are written down."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app import clock
from app.events.models import Event
from app.lessons.forms import NotedForm
from app.lessons.insights import commitments, insights
from app.lessons.insights.models import (
    Commitment,
    CommitmentState,
    Insight,
    Suggestion,
    SuggestionUse,
    SuggestionVerdict,
)
from app.network.organisations import organisations
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.registration import cockpit
from app.themes import themes
from app.themes.forms import chosen_themes, offer_themes, theme_choices
from app.web.forms import REQUIRED, CheckboxesField, Checks, DayField, Form, LineField, LinesField


class InsightForm(NotedForm):
    """An insight as a whole."""

    title = LineField(_l("Inzicht"), insights.TITLE, required=True)
    explanation = LinesField(_l("Toelichting"), 5_000, rows=5)
    suggestions = LinesField(
        _l("Suggesties"), 8_000, rows=6, description=_l("Eén per regel: wat kan iemand hiermee doen?")
    )

    themes = CheckboxesField(_l("Thema’s"), description=_l("Niets gekozen: die van de impressie."))

    def __init__(self, insight: Insight):
        kept = {
            "themes": chosen_themes(insight.themes),
            "title": insight.title,
            "explanation": insight.explanation,
            "suggestions": "\n".join(each.text for each in insight.suggestions),
        }
        super().__init__(insight.impression, data=kept)
        offer_themes(self.themes, insight.themes)

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

    what = LineField(_l("Wat spreken we af?"), 300, required=True)
    person = SelectField(
        _l("Wie"), description=_l("Wie er was of een plek had. Diegene krijgt een mail met de afspraak.")
    )
    organisation = SelectField(_l("Of welke organisatie"))
    named = BooleanField(
        _l("Deze persoon vindt het goed dat de naam openbaar bij de afspraak staat"),
        description=_l(
            "Vraag het eerst. Zonder ja staat er in de impressie ‘een deelnemer’. Die persoon kan het zelf altijd veranderen."
        ),
    )
    due_on = DayField(_l("Voor wanneer"), required=True)
    theme = SelectField(_l("Thema"), default="")

    def __init__(self, event: Event, commitment: Commitment | None = None, **options: Any) -> None:
        self.commitment = commitment
        kept = _of_commitment(commitment) if commitment else None
        super().__init__(data=kept or options.pop("data", None), **options)
        if commitment or event.confidential:
            del self.named
        present = commitments.candidate_owners(event)
        if commitment and commitment.person and commitment.person not in present:
            present.append(commitment.person)
        self.person.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(each.id), _with_place(each)) for each in present),
        ]
        self.organisation.choices = [SelectChoice("", "–"), *organisations.organisation_choices()]
        had = [commitment.theme] if commitment and commitment.theme else []
        follows = SelectChoice("", _l("Dat van het inzicht of de sessie"))
        self.theme.choices = [follows, *theme_choices(themes.list_choosable(had))]
        self._people = {str(each.id): each for each in present}

    @property
    def owner(self) -> Person | None:
        return self._people.get(self.person.data or "")

    @property
    def theme_id(self) -> int | None:
        """What it is about by its own word; None: what its insight or session is about."""
        return int(self.theme.data) if self.theme.data else None

    @property
    def body(self) -> Organisation | None:
        return organisations.load_organisation(int(self.organisation.data)) if self.organisation.data else None

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
    note = LinesField(
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


class SuggestionForm(Form):
    """What an organiser says became of a suggestion."""

    verdict = RadioField(_l("Wat werd het?"), default="")
    why = LinesField(
        _l("Waarom niet, of wat kwam ervan?"),
        500,
        rows=3,
        description=_l("Dit staat bij de suggestie in de impressie en de kennisbank. Noem geen namen."),
    )

    def __init__(self, suggestion: Suggestion, **options: Any) -> None:
        kept = {"verdict": suggestion.verdict.value if suggestion.verdict else "", "why": suggestion.why}
        super().__init__(data=kept, **options)
        self.verdict.choices = [
            SelectChoice("", gettext("Nog open, of wat de afspraken zeggen")),
            SelectChoice(SuggestionVerdict.DECLINED.value, gettext("We nemen het niet over")),
            SelectChoice(SuggestionVerdict.DONE.value, gettext("Het is gedaan")),
        ]

    @property
    def said(self) -> SuggestionVerdict | None:
        return SuggestionVerdict(self.verdict.data) if self.verdict.data else None

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.verdict.data and not self.why.data:
            self.reject("why", gettext("Schrijf kort waarom niet, of wat ervan kwam."))
            return False
        return good


class UseForm(Form):
    """Why, and whether it may be shown that one's organisation uses it and that colleagues may ask; neither by itself.

    Whoever is not known to be `own`er, and so may have got the link forwarded, reads nothing of what was written and gives
    no yes; one that was given can be taken back.
    """

    because = LineField(
        _l("Wil je er iets bij zeggen?"),
        300,
        description=_l("Alleen de organisatoren lezen dit, zonder je naam."),
    )
    shown = BooleanField()
    askable = BooleanField()

    def __init__(self, use: SuggestionUse, contact: str, *, own: bool, **options: Any) -> None:
        self._unread = "" if own else use.because
        kept = {
            "because": use.because if own else "",
            "shown": use.shown_at is not None,
            "askable": use.askable_at is not None,
        }
        super().__init__(data=kept, prefix=f"s{use.suggestion_id}-", **options)
        place = use.organisation.name if use.organisation else ""
        if use.may_be_shown and (own or use.shown_at):
            self.shown.label.text = gettext("Laat zien dat %(place)s dit gebruikt", place=place)
            self.shown.description = gettext("De naam van je organisatie staat dan openbaar bij deze suggestie.")
        else:
            del self.shown
        if use.may_be_asked and (own or use.askable_at):
            self.askable.label.text = gettext("Collega’s mogen mij ernaar vragen")
            self.askable.description = gettext(
                "Openbaar staat er dan: %(who)s. Je mailadres niet: vragen komen via %(contact)s.",
                who=", ".join(filter(None, [use.person.name, place])),
                contact=contact,
            )
        else:
            del self.askable

    @property
    def why(self) -> str:
        """What is to be kept as the reason; what was not shown stays when nothing else was written."""
        return self.because.data or self._unread

    def says(self, name: str) -> bool:
        """Whether a yes is given; one that is not asked is none."""
        return name in self and bool(self[name].data)


def _of_commitment(commitment: Commitment) -> dict[str, Any]:
    return {
        "what": commitment.what,
        "person": str(commitment.person_id or ""),
        "organisation": str(commitment.organisation_id or ""),
        "due_on": commitment.due_on,
        "theme": str(commitment.theme_id or ""),
    }


def _with_place(person: Person) -> str:
    position = cockpit.present_position(person)
    return f"{person.name}, {position.organisation.name}" if position else person.name
