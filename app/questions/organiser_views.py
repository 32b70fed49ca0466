"""Organisers read what members ask: let it through, send it back, look after the answers, keep what helped."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.database import db
from app.network.models import Network
from app.questions import answers, deliveries, helped_insights, question_letters, questions
from app.questions.forms import LetThroughForm, SendBackForm, helped_form
from app.questions.models import NetworkAnswer, NetworkQuestion, QuestionState
from app.web import seen_parts, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("network_questions", __name__, url_prefix="/organise/networks/<slug>/questions")
_QUESTION = row_of(NetworkQuestion)


@organisers.get("", needs=Need.ORGANISE)
def list_questions(network: Network) -> str:
    found = questions.list_all(network)
    return render_template(
        "questions/desk.html",
        network=network,
        waiting=[each for each in found if each.state == QuestionState.ASKED],
        others=[each for each in found if each.state != QuestionState.ASKED],
        counts=answers.count_by_question(network),
    )


@organisers.get("/<int:network_question_id>", needs=Need.ORGANISE, subject=_QUESTION, shows=Shows.PEOPLE)
def show_question(network: Network, question: NetworkQuestion) -> ResponseReturnValue:
    return _render(network, question, LetThroughForm(formdata=None), SendBackForm(formdata=None))


@organisers.post(
    "/<int:network_question_id>/let-through",
    needs=Need.ORGANISE,
    subject=_QUESTION,
    seen=seen_parts.parts_of_network_question,
)
def let_through(network: Network, question: NetworkQuestion) -> ResponseReturnValue:
    form = LetThroughForm()
    if form.validate_on_submit():
        with acting() as act:
            questions.let_through(question, form.short.data or "")
            question_letters.tell_decision(question)
            act.say(
                gettext("De vraag staat erop en gaat mee in de volgende nieuwsoverzichten. De vrager krijgt een mail.")
            )
        return _show_again(network, question)
    return _render(network, question, form, SendBackForm(formdata=None), 422)


@organisers.post(
    "/<int:network_question_id>/send-back",
    needs=Need.ORGANISE,
    subject=_QUESTION,
    seen=seen_parts.parts_of_network_question,
)
def send_back(network: Network, question: NetworkQuestion) -> ResponseReturnValue:
    form = SendBackForm()
    if form.validate_on_submit():
        with acting() as act:
            questions.send_back(question, form.why.data)
            question_letters.tell_decision(question)
            act.say(gettext("De vraag is terug bij de vrager, die een mail krijgt."))
        return _show_again(network, question)
    return _render(network, question, LetThroughForm(formdata=None), form, 422)


@organisers.post(
    "/<int:network_question_id>/close",
    needs=Need.ORGANISE,
    subject=_QUESTION,
    seen=seen_parts.parts_of_network_question,
)
def close_question(network: Network, question: NetworkQuestion) -> ResponseReturnValue:
    """No more answers, where its asker does not see to it."""
    with acting() as act:
        questions.close(question)
        act.say(gettext("Op deze vraag kan geen antwoord meer komen."))
    return _show_again(network, question)


@organisers.post("/answers/<int:network_answer_id>/remove", needs=Need.ORGANISE, subject=answers.find_answer)
def remove_answer(network: Network, answer: NetworkAnswer) -> ResponseReturnValue:
    answers.remove(answer, by_team=True)
    db.session.commit()
    back = url_for("network_questions.show_question", slug=network.slug, network_question_id=answer.question_id)
    message = gettext("Leden lezen dit antwoord niet meer.")
    undo.offer_undo("network_answer", "", {"id": answer.id}, back, message, place=network)
    return redirect(back, 303)


@undo.restorer("network_answer", needs=Need.ORGANISE)
def _bring_back_answer(network: Network, kept: dict[str, Any]) -> None:
    answer = answers.find_answer(network, kept["id"])
    if answer is not None:
        answers.bring_back(answer, by_team=True)


@organisers.post("/answers/<int:network_answer_id>/put-back", needs=Need.ORGANISE, subject=answers.find_answer)
def put_back_cut(network: Network, answer: NetworkAnswer) -> ResponseReturnValue:
    """What was cut of a mail is part of the answer after all."""
    answers.put_back(answer)
    db.session.commit()
    flash(gettext("Leden lezen nu het hele antwoord."), "ok")
    return _show_again(network, answer.question)


@organisers.route("/<int:network_question_id>/insight", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_QUESTION)
def make_insight(network: Network, question: NetworkQuestion) -> ResponseReturnValue:
    """What helped becomes an insight of a session."""
    if question.state != QuestionState.CLOSED or question.insight:
        abort(409)
    found = helped_insights.list_sessions(network)
    form = helped_form(found, question.title, helped_insights.propose_text(question))
    if form.validate_on_submit():
        event = next((each for each in found if str(each.id) == form.event.data), None) or abort(404)
        with acting(form) as act:
            helped_insights.add_insight(question, event, form.title.data, form.text.data, sessions.account())
            act.say(gettext("Het inzicht staat in het verslag van de sessie."))
        if not act.refused:
            return _show_again(network, question)
    return render_template(
        "questions/insight.html", network=network, question=question, form=form, sessions=found
    ), 422 if form.errors else 200


def _show_again(network: Network, question: NetworkQuestion) -> ResponseReturnValue:
    address = url_for("network_questions.show_question", slug=network.slug, network_question_id=question.id)
    return redirect(address, 303)


def _render(
    network: Network, question: NetworkQuestion, through: LetThroughForm, back: SendBackForm, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "questions/review.html",
        network=network,
        question=question,
        through=through,
        back=back,
        answers=answers.list_for_team(question),
        reach=deliveries.count_reach(question),
        names=questions.find_names(question),
    ), status
