"""The questions of a network for its members, who signed in: asking, reading, answering, saying what helped.

For anybody else these are addresses of nothing, whether the network exists or not.
"""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.network import network_queries
from app.network.models import Network
from app.network.people.models import Person
from app.questions import answers, deliveries, question_letters, questions
from app.questions.forms import AnswerForm, QuestionForm, close_form
from app.questions.models import NetworkAnswer, NetworkQuestion, QuestionState
from app.web.acting import acting
from app.web.member_doors import MemberPages

members = MemberPages("questions", __name__, url_prefix="/networks/<slug>/questions")


@members.get("")
def list_questions(person: Person, slug: str) -> str:
    network = _network(person, slug)
    return render_template(
        "questions/questions.html",
        network=network,
        person=person,
        questions=questions.list_readable(network, person),
        names_asker=questions.names_asker,
        counts=answers.count_by_question(network),
    )


@members.route("/ask", methods=["GET", "POST"])
def ask_question(person: Person, slug: str) -> ResponseReturnValue:
    network, form = _network(person, slug), QuestionForm()
    if form.validate_on_submit() and form.closes_on.data:
        with acting(form) as act:
            asked = questions.ask(network, person, form.title.data, form.text.data, form.closes_on.data)
            question_letters.tell_team(asked)
            act.say(gettext("Je vraag is verstuurd. Een organisator leest haar eerst; je krijgt een mail."))
        if not act.refused:
            return _show_again(asked)
    return render_template("questions/ask.html", network=network, form=form, question=None), 422 if form.errors else 200


@members.get("/<int:network_question_id>")
def show_question(person: Person, slug: str, network_question_id: int) -> ResponseReturnValue:
    return _render(person, _question(person, slug, network_question_id), AnswerForm(formdata=None))


@members.route("/<int:network_question_id>/edit", methods=["GET", "POST"])
def edit_question(person: Person, slug: str, network_question_id: int) -> ResponseReturnValue:
    question = _own(person, slug, network_question_id)
    if not question.can_be_changed:
        abort(409)
    form = QuestionForm(obj=question).of(question)
    if form.validate_on_submit() and form.closes_on.data:
        with acting(form) as act:
            was_back = question.state == QuestionState.SENT_BACK
            questions.change(question, form.title.data, form.text.data, form.closes_on.data)
            if was_back:
                question_letters.tell_team(question)
            act.say(gettext("Opgeslagen. Een organisator leest je vraag."))
        if not act.refused:
            return _show_again(question)
    return render_template(
        "questions/ask.html", network=question.network, form=form, question=question
    ), 422 if form.errors else 200


@members.post("/<int:network_question_id>/withdraw")
def withdraw_question(person: Person, slug: str, network_question_id: int) -> ResponseReturnValue:
    question = _own(person, slug, network_question_id)
    with acting() as act:
        questions.withdraw(question)
        act.say(gettext("Je vraag is ingetrokken. Niemand anders leest haar nog."))
    return redirect(url_for("questions.list_questions", slug=slug), 303)


@members.route("/<int:network_question_id>/close", methods=["GET", "POST"])
def close_question(person: Person, slug: str, network_question_id: int) -> ResponseReturnValue:
    """Say what helped; from then on nobody answers any more."""
    question = _own(person, slug, network_question_id)
    if question.state != QuestionState.OPEN:
        return _show_again(question)
    form = close_form(question, answers.list_for(question, person))
    if form.validate_on_submit():
        with acting(form) as act:
            questions.close(question, form.helped.data, [int(each) for each in form.answers.data or []])
            act.say(gettext("Je vraag is gesloten. Leden lezen wat je hielp."))
        if not act.refused:
            return _show_again(question)
    return render_template("questions/close.html", question=question, form=form), 422 if form.errors else 200


@members.post("/<int:network_question_id>/answer", limit="30/hour")
def answer_question(person: Person, slug: str, network_question_id: int) -> ResponseReturnValue:
    question, form = _question(person, slug, network_question_id), AnswerForm()
    if form.validate_on_submit():
        with acting(form) as act:
            answers.take(question, person, form.text.data)
            act.say(gettext("Je antwoord staat bij de vraag."))
        if not act.refused:
            return _show_again(question)
    return _render(person, question, form, 422)


@members.route("/answers/<int:network_answer_id>", methods=["GET", "POST"])
def edit_answer(person: Person, slug: str, network_answer_id: int) -> ResponseReturnValue:
    """One's own answer, with what was cut of a mail."""
    answer = _own_answer(person, slug, network_answer_id)
    form = AnswerForm(data={"text": answer.shown}).of(answer)
    if form.validate_on_submit():
        with acting(form) as act:
            answers.change(answer, form.text.data)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return _show_again(answer.question)
    return render_template("questions/answer.html", answer=answer, form=form), 422 if form.errors else 200


@members.post("/answers/<int:network_answer_id>/put-back")
def put_back_cut(person: Person, slug: str, network_answer_id: int) -> ResponseReturnValue:
    """What was cut is part of the answer after all; its writer sees it in the form and takes out what should not be read."""
    answer = _own_answer(person, slug, network_answer_id)
    with acting() as act:
        answers.put_back(answer)
        act.say(gettext("Het staat er weer bij. Haal weg wat anderen niet hoeven te lezen."))
    return redirect(url_for("questions.edit_answer", slug=slug, network_answer_id=answer.id), 303)


@members.post("/answers/<int:network_answer_id>/name")
def say_whether_named(person: Person, slug: str, network_answer_id: int) -> ResponseReturnValue:
    answer = _own_answer(person, slug, network_answer_id)
    with acting() as act:
        answers.say_whether_named(answer, request.form.get("named") == "yes")
        act.say(gettext("Je naam staat erbij.") if answer.named_yes else gettext("Je naam staat er niet bij."))
    return _show_again(answer.question)


@members.post("/answers/<int:network_answer_id>/remove")
def remove_answer(person: Person, slug: str, network_answer_id: int) -> ResponseReturnValue:
    """Take one's own answer off, or let it stand there again."""
    answer = _own_answer(person, slug, network_answer_id)
    with acting() as act:
        if answer.removed_at:
            answers.bring_back(answer)
            act.say(gettext("Je antwoord staat er weer."))
        else:
            answers.remove(answer)
            act.say(gettext("Niemand anders leest je antwoord nog."))
    return _show_again(answer.question)


@members.post("/answers/<int:network_answer_id>/thank")
def thank_for_answer(person: Person, slug: str, network_answer_id: int) -> ResponseReturnValue:
    answer = answers.find_answer(_network(person, slug), network_answer_id) or abort(404)
    with acting() as act:
        answers.thank(answer, person)
        act.say(gettext("Wie dit schreef, leest dat je bedankt."))
    return _show_again(answer.question)


def _network(person: Person, slug: str) -> Network:
    network = network_queries.find_network(slug)
    return network if network and questions.is_member(person, network) else abort(404)


def _question(person: Person, slug: str, network_question_id: int) -> NetworkQuestion:
    return questions.find_readable(_network(person, slug), network_question_id, person) or abort(404)


def _own(person: Person, slug: str, network_question_id: int) -> NetworkQuestion:
    question = _question(person, slug, network_question_id)
    return question if question.person_id == person.id else abort(404)


def _own_answer(person: Person, slug: str, network_answer_id: int) -> NetworkAnswer:
    answer = answers.find_answer(_network(person, slug), network_answer_id)
    return answer if answer and answer.person_id == person.id and answer.question.is_shown else abort(404)


def _show_again(question: NetworkQuestion) -> ResponseReturnValue:
    address = url_for("questions.show_question", slug=question.network.slug, network_question_id=question.id)
    return redirect(address, 303)


def _render(person: Person, question: NetworkQuestion, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "questions/question.html",
        question=question,
        person=person,
        lines=answers.list_for(question, person),
        names_asker=questions.names_asker,
        reach=deliveries.count_reach(question),
        names=questions.find_names(question) if question.can_be_changed else [],
        form=form,
    ), status
