"""The evaluation: its questions and results for organisers, the form by personal link for who was there."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts import rights
from app.accounts.rights import signed_in
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.lessons import evaluations
from app.lessons.evaluations import AlreadyAnswered
from app.lessons.forms import EvaluationQuestionForm, evaluation_form, evaluation_values
from app.lessons.models import EvaluationKind, EvaluationQuestion, EvaluationTicket
from app.web import undo
from app.web.organise import changeable_event, event_with_people

blueprint = Blueprint("evaluation", __name__)
_EVENT = "/organise/events/<slug>/evaluation"


@blueprint.get(_EVENT)
@signed_in
def page(slug: str):
    return _page(event_with_people(slug))


def _page(event: Event, form: EvaluationQuestionForm | None = None):
    evaluation = evaluations.of(event)
    answered, asked = evaluations.response(evaluation) if evaluation else (0, 0)
    return render_template(
        "lessons/evaluation.html",
        event=event,
        evaluation=evaluation,
        answered=answered,
        asked=asked,
        results=evaluations.results(evaluation) if evaluation else None,
        fewest=evaluations.FEWEST,
        scale=evaluations.SCALE,
        asked_at=evaluations.asked_at(event),
        form=form or EvaluationQuestionForm(formdata=None),
    ), 422 if form else 200


@blueprint.post(f"{_EVENT}/questions")
@signed_in
def add(slug: str):
    """Add a question; the first change makes the evaluation with its standard questions."""
    event = changeable_event(slug)
    form = EvaluationQuestionForm()
    if not form.validate_on_submit():
        return _page(event, form)
    evaluations.add_question(evaluations.ensure(event), EvaluationKind(form.kind.data), form.label.data)
    db.session.commit()
    return redirect(url_for("evaluation.page", slug=slug), 303)


@blueprint.post(f"{_EVENT}/start")
@signed_in
def start(slug: str):
    """Show the standard questions, to change them."""
    evaluations.ensure(changeable_event(slug))
    db.session.commit()
    return redirect(url_for("evaluation.page", slug=slug), 303)


@blueprint.post(f"{_EVENT}/wanted")
@signed_in
def want(slug: str):
    """Switch the mail of the next morning on or off."""
    evaluation = evaluations.ensure(changeable_event(slug))
    evaluation.wanted = request.form.get("wanted") == "1"
    db.session.commit()
    flash(
        gettext("De vragen gaan de ochtend na de sessie naar wie er was.")
        if evaluation.wanted
        else gettext("Er gaan geen vragen uit na deze sessie."),
        "ok",
    )
    return redirect(url_for("evaluation.page", slug=slug), 303)


@blueprint.post(f"{_EVENT}/questions/<int:number>/remove")
@signed_in
def remove(slug: str, number: int):
    event = changeable_event(slug)
    question, evaluation = db.session.get(EvaluationQuestion, number), evaluations.of(event)
    if question is None or evaluation is None or question.evaluation_id != evaluation.id:
        abort(404)
    if evaluations.count_answers(question):
        flash(gettext("Deze vraag is al beantwoord. Daarom blijft zij staan."), "warning")
        return redirect(url_for("evaluation.page", slug=slug), 303)
    kept = {"event": event.id, "place": question.place, "kind": question.kind, "standard": question.standard}
    words = question.label
    db.session.delete(question)
    db.session.commit()
    undo.offer(
        "evaluation_question",
        words or gettext("Standaardvraag"),
        {**kept, "label": words},
        url_for("evaluation.page", slug=slug),
    )
    return redirect(url_for("evaluation.page", slug=slug), 303)


@undo.restorer("evaluation_question")
def _restore(kept: dict) -> None:
    event = db.session.get(Event, kept.pop("event"))
    rights.demand_organise(event.network_id)
    evaluation = evaluations.ensure(event)
    db.session.add(EvaluationQuestion(evaluation_id=evaluation.id, **kept))


@blueprint.get("/evaluation/<token>")
def fill_in(token: str):
    return _form(evaluations.find(token))


@blueprint.post("/evaluation/<token>")
def send(token: str):
    ticket = evaluations.find(token)
    if ticket is None:
        return _form(None)
    evaluation = evaluations.evaluation_of(ticket)
    form = evaluation_form(evaluation.questions)
    if not form.validate_on_submit():
        return _form(ticket, form)
    values = evaluation_values(form, evaluation.questions)
    if not values:
        flash(gettext("Er is nog niets ingevuld. Beantwoord minstens één vraag."), "warning")
        return _form(ticket, form)
    try:
        evaluations.answer(ticket, values)
    except AlreadyAnswered:
        db.session.rollback()
        return _form(evaluations.find(token))
    db.session.commit()
    return redirect(url_for("evaluation.thanks"), 303)


@blueprint.get("/evaluation/thanks")
def thanks():
    return render_template("lessons/evaluation_thanks.html")


def _form(ticket: EvaluationTicket | None, form=None):
    if ticket is None:
        return render_template("web/unknown_link.html"), 404
    evaluation = evaluations.evaluation_of(ticket)
    g.reader_language = db.session.get(Invitation, ticket.invitation_id).person.language
    if ticket.answered:
        return render_template("lessons/evaluation_answered.html", event=evaluation.event)
    return render_template(
        "lessons/evaluation_form.html",
        event=evaluation.event,
        questions=evaluation.questions,
        form=form or evaluation_form(evaluation.questions),
    ), 422 if form else 200
