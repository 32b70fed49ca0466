"""The evaluation: its questions and results for organisers, the form by personal link for people who were there."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import shared_changes
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.lessons.evaluations import evaluations
from app.lessons.evaluations.evaluations import AlreadyAnswered
from app.lessons.evaluations.forms import EvaluationQuestionForm, evaluation_form, evaluation_values
from app.lessons.evaluations.models import EvaluationKind, EvaluationQuestion, EvaluationTicket
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages, PersonalPages, PublicPages
from app.web.forms import Form
from app.web.personal import Link

_EVENT = "/organise/events/<slug>/evaluation"
_TICKET = Link(
    evaluations.ticket_of_link,
    language=evaluations.language_of_ticket,
)
organisers = OrganiserPages("evaluation", __name__)
personal = PersonalPages("evaluation", __name__, link=_TICKET)
public = PublicPages("evaluation", __name__, private=True)


def _question(event: Event, evaluation_question_id: int) -> EvaluationQuestion | None:
    question, evaluation = (
        db.session.get(EvaluationQuestion, evaluation_question_id),
        evaluations.evaluation_of_event(event),
    )
    return question if question and evaluation and question.evaluation_id == evaluation.id else None


@organisers.get(_EVENT, needs=Need.PEOPLE)
def show_evaluation(event: Event) -> ResponseReturnValue:
    return _render_evaluation(event)


def _render_evaluation(event: Event, form: EvaluationQuestionForm | None = None) -> ResponseReturnValue:
    evaluation = evaluations.evaluation_of_event(event)
    answered, asked = evaluations.count_response(evaluation) if evaluation else (0, 0)
    return render_template(
        "lessons/evaluation.html",
        event=event,
        evaluation=evaluation,
        answered=answered,
        asked=asked,
        results=evaluations.evaluation_results(evaluation) if evaluation else None,
        fewest=evaluations.FEWEST,
        scale=evaluations.SCALE,
        asked_at=evaluations.evaluation_asked_at(event),
        form=form or EvaluationQuestionForm(formdata=None),
    ), 422 if form else 200


@organisers.post(f"{_EVENT}/questions", needs=Need.ORGANISE)
def add_evaluation_question(event: Event) -> ResponseReturnValue:
    """Add a question; the first change makes the evaluation with its standard questions."""
    form = EvaluationQuestionForm()
    if not form.validate_on_submit():
        return _render_evaluation(event, form)
    evaluations.add_evaluation_question(
        evaluations.ensure_evaluation(event), EvaluationKind(form.kind.data), form.label.data
    )
    db.session.commit()
    return redirect(url_for("evaluation.show_evaluation", slug=event.slug), 303)


@organisers.post(f"{_EVENT}/start", needs=Need.ORGANISE)
def start_evaluation(event: Event) -> ResponseReturnValue:
    """Show the standard questions, to change them."""
    evaluations.ensure_evaluation(event)
    db.session.commit()
    return redirect(url_for("evaluation.show_evaluation", slug=event.slug), 303)


@organisers.post(f"{_EVENT}/wanted", needs=Need.ORGANISE)
def switch_evaluation(event: Event) -> ResponseReturnValue:
    """Switch the mail of the next morning on or off."""
    evaluation = evaluations.ensure_evaluation(event)
    evaluation.wanted = request.form.get("wanted") == "1"
    db.session.commit()
    flash(
        gettext("De vragen gaan de ochtend na de sessie naar wie er was.")
        if evaluation.wanted
        else gettext("Er gaan geen vragen uit na deze sessie."),
        "ok",
    )
    return redirect(url_for("evaluation.show_evaluation", slug=event.slug), 303)


@organisers.post(f"{_EVENT}/questions/<int:evaluation_question_id>/remove", needs=Need.ORGANISE, subject=_question)
def remove_evaluation_question(event: Event, question: EvaluationQuestion) -> ResponseReturnValue:
    if evaluations.count_evaluation_answers(question):
        flash(gettext("Deze vraag is al beantwoord. Daarom blijft zij staan."), "warning")
        return redirect(url_for("evaluation.show_evaluation", slug=event.slug), 303)
    kept = {"id": question.id, "place": question.place, "kind": question.kind, "standard": question.standard}
    words = question.label
    db.session.delete(question)
    db.session.commit()
    undo.offer_undo(
        "evaluation_question",
        words or gettext("Standaardvraag"),
        {**kept, "label": words},
        url_for("evaluation.show_evaluation", slug=event.slug),
        place=event,
    )
    return redirect(url_for("evaluation.show_evaluation", slug=event.slug), 303)


@undo.restorer("evaluation_question", needs=Need.ORGANISE)
def _restore_question(event: Event, kept: dict[str, Any]) -> None:
    evaluation = evaluations.ensure_evaluation(event)
    shared_changes.put_back(EvaluationQuestion(evaluation_id=evaluation.id, **kept))


@personal.get("/evaluation/<token>")
def show_evaluation_form(ticket: EvaluationTicket) -> ResponseReturnValue:
    return _render_form(ticket)


@personal.post("/evaluation/<token>")
def send_evaluation(ticket: EvaluationTicket) -> ResponseReturnValue:
    evaluation = evaluations.evaluation_of(ticket)
    form = evaluation_form(evaluation.questions)
    if not form.validate_on_submit():
        return _render_form(ticket, form)
    values = evaluation_values(form, evaluation.questions)
    if not values:
        flash(gettext("Er is nog niets ingevuld. Beantwoord minstens één vraag."), "warning")
        return _render_form(ticket, form)
    with acting(words={AlreadyAnswered: ""}) as act:
        evaluations.keep_evaluation_answers(ticket, values)
    if act.refused:
        return _render_form(ticket)
    return redirect(url_for("evaluation.show_evaluation_thanks"), 303)


@public.get("/evaluation/thanks")
def show_evaluation_thanks() -> str:
    return render_template("lessons/evaluation_thanks.html")


def _render_form(ticket: EvaluationTicket, form: Form | None = None) -> ResponseReturnValue:
    evaluation = evaluations.evaluation_of(ticket)
    if ticket.answered:
        return render_template("lessons/evaluation_answered.html", event=evaluation.event)
    return render_template(
        "lessons/evaluation_form.html",
        event=evaluation.event,
        questions=evaluation.questions,
        form=form or evaluation_form(evaluation.questions),
    ), 422 if form else 200
