"""The questions of an evaluation, and its answers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app.lessons.evaluations.models import EvaluationKind, EvaluationQuestion
from app.web.forms import Form, LineField, LinesField, choices


class EvaluationQuestionForm(Form):
    kind = SelectField(_l("Soort antwoord"), choices=lambda: choices(EvaluationKind))
    label = LineField(_l("Vraag"), 200, required=True)


def evaluation_form(questions: list[EvaluationQuestion]) -> Form:
    """The form that a participant fills in: nothing of it is required."""
    fields: dict[str, Any] = {}
    for question in questions:
        words = question.label or str(question.standard.words if question.standard else "")
        if question.kind == EvaluationKind.SCALE:
            figures = [SelectChoice(str(figure), str(figure)) for figure in range(1, 6)]
            fields[f"q{question.id}"] = RadioField(words, choices=figures, validate_choice=False)
        else:
            fields[f"q{question.id}"] = LinesField(words, 2_000, rows=4)
    form: Form = type("EvaluationForm", (Form,), fields)()
    return form


def evaluation_values(form: Form, questions: list[EvaluationQuestion]) -> dict[str, str]:
    """What was filled in, by id of question."""
    values = {}
    for question in questions:
        given = form[f"q{question.id}"].data or ""
        if question.kind == EvaluationKind.OPEN or given in {"1", "2", "3", "4", "5"}:
            values[str(question.id)] = given.strip()
    return {question_id: value for question_id, value in values.items() if value}
