"""A question by the link in a digest: read, and nothing else.

A digest is forwarded, and an answer stands with the question in its reader's name. So an answer comes from whoever signed in,
or by mail from an address of theirs; what others answered is behind the sign-in too.
"""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.me import sessions
from app.questions import deliveries
from app.questions.models import QuestionDelivery
from app.web.doors import PersonalPages
from app.web.personal import Link, head_alone


def _language(delivery: QuestionDelivery) -> str | None:
    reader = deliveries.reader_of(delivery)
    return reader.language if reader else None


personal = PersonalPages("question_links", __name__, link=Link(deliveries.delivery_of_link, language=_language))


@personal.get("/question/<token>")
def show_asked(delivery: QuestionDelivery) -> ResponseReturnValue:
    """Its reader, once signed in, goes on to the page where they answer."""
    question = delivery.question
    page = url_for("questions.show_question", slug=question.network.slug, network_question_id=question.id)
    if sessions.is_signed_in_as(deliveries.reader_of(delivery)):
        return redirect(page, 303)
    return head_alone() or render_template(
        "questions/asked.html", question=question, page=page, address=deliveries.answer_address(delivery)
    )
