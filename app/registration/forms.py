"""What a participant sends: an answer, a colleague, answers to questions."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from app import clock
from app.events import event_questions
from app.events.models import Event, Question, QuestionKind
from app.network.organisations.models import OrganisationKind
from app.network.people.forms import through_field
from app.network.people.people_list import PeopleFilter, PeopleOrder
from app.registration.cockpit import InvitedFilter
from app.rows import read_row_number
from app.web.forms import (
    REQUIRED,
    AddressField,
    CheckboxesField,
    Checks,
    DayField,
    Form,
    LinesField,
    PersonNameField,
    WholeNumberField,
)


class AnswerForm(Form):
    """Which of the answer buttons was pressed."""

    answer = StringField()


class SubstituteForm(Form):
    name = PersonNameField(_l("Naam van je collega"), 120, required=True, render_kw={"autocomplete": "off"})
    address = AddressField(
        _l("Mailadres van je collega"), render_kw={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}
    )
    through = through_field()


class LinkRequestForm(Form):
    name = PersonNameField(_l("Je naam"), 120, required=True, render_kw={"autocomplete": "name"})
    address = AddressField(_l("Je mailadres"))
    through = through_field()


class NamingForm(Form):
    """Whom a contact person names for a seat of their organisation."""

    name = PersonNameField(_l("Naam van wie komt"), 120, required=True, render_kw={"autocomplete": "off"})
    address = AddressField(
        _l("Mailadres van wie komt"), render_kw={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}
    )
    through = through_field()


class SeatsForm(Form):
    """Seats for organisations: how many each, until when, for which."""

    seats = WholeNumberField(
        _l("Plekken per organisatie"),
        required=True,
        validators=[NumberRange(1, 500, _l("Kies een getal van 1 tot 500."))],
    )
    until = DayField(_l("Houd de plekken vrij tot en met"), required=True)
    organisations = CheckboxesField(_l("Voor welke organisaties?"))

    def __init__(self, event: Event, choices: list[SelectChoice], **options: Any) -> None:
        super().__init__(**options)
        self.event, self.organisations.choices = event, choices

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.until.data and not clock.today() <= self.until.data <= clock.to_local(self.event.closes_at).date():
            self.reject("until", gettext("Kies een dag vanaf vandaag, en voordat de aanmelding sluit."))
        if not self.organisations.data:
            self.reject("organisations", gettext("Kies minstens één organisatie."))
        return good and not self.wrong_fields()


def questions_form(
    questions: list[Question],
    answers: dict[int, str],
    organisations: list[SelectChoice] | None,
    unseen: Collection[int] = (),
) -> Form:
    """A form with a field per question (`question_<id>`), filled with the answers so far.

    `organisations` adds the question where somebody works, as id and name. Answers to `unseen` questions, by their ids, are
    not shown; left empty they stay.
    """

    class QuestionsForm(Form):
        about_needs = [question_field_name(each) for each in questions if event_questions.is_about_needs(each)]
        """Fields of which the answer may tell of health or belief: it lies on no device."""

    if organisations is not None:
        field = SelectField(
            _l("Bij welke organisatie werk je?"),
            [Optional()],
            choices=[SelectChoice("", _l("Kies een organisatie")), *organisations],
        )
        QuestionsForm.organisation = field
    for question in questions:
        setattr(QuestionsForm, question_field_name(question), _field(question, unseen=question.id in unseen))
        if question.preset:
            setattr(QuestionsForm, f"remember_{question.id}", BooleanField(_l("Onthoud dit voor een volgende keer")))
    shown = {question_id: value for question_id, value in answers.items() if question_id not in unseen}
    return QuestionsForm(data={f"question_{question_id}": value for question_id, value in shown.items()})


def question_field_name(question: Question) -> str:
    return f"question_{question.id}"


def _field(question: Question, *, unseen: bool) -> Any:
    required, told = question.required and not unseen, _tell(question, unseen=unseen)
    checks = [REQUIRED] if required else [Optional()]
    match question.kind:
        case QuestionKind.TEXT:
            return LinesField(question.label, 2000, required=required, rows=3, description=told)
        case QuestionKind.CHOICE:
            return RadioField(question.label, checks, choices=list(question.choices), description=told)
        case QuestionKind.YES_NO:
            return RadioField(
                question.label,
                checks,
                choices=[SelectChoice("ja", gettext("Ja")), SelectChoice("nee", gettext("Nee"))],
                description=told,
            )


def _tell(question: Question, *, unseen: bool) -> str:
    """What stands under a question: why we ask, and where its answer is when it does not stand here."""
    if not unseen:
        return question.reason
    stays = gettext(
        "Je antwoord is bewaard, maar staat hier niet: deze link kan zijn doorgestuurd. Leeg laten verandert niets."
    )
    return f"{question.reason} {stays}".strip()


def read_choices(sent: Mapping[str, str]) -> dict[int, int | None]:
    """What was chosen in rounds, where that is something else than the page showed: what another tab chose stays."""
    wanted = {}
    for name, value in sent.items():
        round_id = read_row_number(name.removeprefix("round_")) if name.startswith("round_") else None
        if round_id is not None and value != sent.get(f"was_{round_id}", ""):
            wanted[round_id] = read_row_number(value)
    return wanted


def read_wishes(sent: Mapping[str, str]) -> dict[int, tuple[int | None, int | None]]:
    """The two wishes of each round where they are others than the page showed."""
    wanted = {}
    for name in sent:
        round_id = read_row_number(name.removeprefix("wish1_")) if name.startswith("wish1_") else None
        pair = (sent.get(f"wish1_{round_id}", ""), sent.get(f"wish2_{round_id}", ""))
        if round_id is not None and ",".join(pair) != sent.get(f"wished_{round_id}", ","):
            wanted[round_id] = (read_row_number(pair[0]), read_row_number(pair[1]))
    return wanted


class NeedListForm(Form):
    """To whom the kitchen list or access list goes."""

    address = AddressField(_l("Mailadres van wie ervoor zorgt"), description=_l("We onthouden het bij deze sessie."))


def read_invited_filter() -> InvitedFilter:
    """What the address narrows the list of a session down to."""
    kind = request.args.get("kind", "")
    return InvitedFilter(
        people=PeopleFilter(
            text=request.args.get("q", "").strip(), kind=kind if kind in list(OrganisationKind) else ""
        ),
        standing=request.args.get("standing", ""),
        mode=request.args.get("mode", ""),
        organisation=request.args.get("organisation", ""),
    )


def read_people_order() -> PeopleOrder:
    asked = request.args.get("sort", "")
    return PeopleOrder(asked) if asked in list(PeopleOrder) else PeopleOrder.NAME
