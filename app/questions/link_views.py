"""A question by the link in a digest: read and answered, and nothing else.

A digest is forwarded, so the page shows what stood in the mail, and neither who else answered nor what its reader wrote before:
that is behind the sign-in.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.network.people.models import Person
from app.questions import answers, deliveries
from app.questions.forms import AnswerForm
from app.questions.models import QuestionDelivery
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.personal import Link, head_alone


def _language(delivery: QuestionDelivery) -> str | None:
    reader = deliveries.reader_of(delivery)
    return reader.language if reader else None


personal = PersonalPages("question_links", __name__, link=Link(deliveries.delivery_of_link, language=_language))


@personal.get("/question/<token>")
def show_asked(delivery: QuestionDelivery) -> ResponseReturnValue:
    return head_alone() or _render(delivery, AnswerForm(formdata=None))


@personal.post("/question/<token>", limit="20/hour")
def answer_asked(delivery: QuestionDelivery) -> ResponseReturnValue:
    form, reader = AnswerForm(), deliveries.reader_of(delivery)
    if reader and form.validate_on_submit():
        with acting(form) as act:
            answers.take(delivery.question, reader, form.text.data)
        if not act.refused:
            return _render(delivery, form, answered=True)
    return _render(delivery, form, status=422)


def _render(
    delivery: QuestionDelivery, form: AnswerForm, *, answered: bool = False, status: int = 200
) -> ResponseReturnValue:
    reader: Person | None = deliveries.reader_of(delivery)
    return render_template(
        "questions/asked.html", question=delivery.question, reader=reader, form=form, answered=answered
    ), status
