"""'Did you do something with it?': the page behind the question in a digest. GET shows, POST keeps."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.invitations.models import Invitation
from app.lessons.impressions.models import Impression
from app.lessons.insights import usage, uses
from app.lessons.insights.forms import UseForm
from app.lessons.insights.models import Suggestion, SuggestionUse, UseAnswer
from app.me import sessions
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.personal import Link, head_alone

_USED = Link(uses.invitation_of_link, language=lambda invitation: invitation.person.language)
personal = PersonalPages("uses", __name__, link=_USED)
TAKE_BACK = "nothing"
"""The button that takes an answer back."""


@personal.get("/used/<token>")
def show_uses(invitation: Invitation) -> ResponseReturnValue:
    return head_alone() or _render(invitation)


@personal.post("/used/<token>/<int:suggestion_id>")
def answer_use(invitation: Invitation, suggestion_id: int) -> ResponseReturnValue:
    """One of the buttons of a suggestion: an answer, nothing any more, or why and each yes."""
    impression = uses.find_report(invitation) or abort(404)
    suggestion, person = uses.find_suggestion(impression, suggestion_id) or abort(404), invitation.person
    pressed = request.form.get("answer", "")
    if pressed in list(UseAnswer):
        with acting():
            uses.say(person, impression, suggestion, UseAnswer(pressed))
    elif pressed == TAKE_BACK:
        with acting() as act:
            uses.take_back(person, suggestion)
            act.say(gettext("Je antwoord is weg."))
    elif use := _use_of(impression, suggestion, invitation):
        form = _form(use, invitation)
        if not form.validate_on_submit():
            return _render(invitation, form, use)
        with acting() as act:
            uses.explain(use, form.why, shown=form.says("shown"), askable=form.says("askable"))
            act.say(gettext("Opgeslagen. Je kunt het hier altijd veranderen."))
    return redirect(_address(invitation, suggestion), 303)


def _render(
    invitation: Invitation, sent: UseForm | None = None, about: SuggestionUse | None = None
) -> ResponseReturnValue:
    impression = uses.find_report(invitation) or abort(404)
    lines = uses.list_lines(impression, invitation.person)
    given = [line.use for _, of_insight in lines for line in of_insight if line.use]
    forms = {each.suggestion_id: _form(each, invitation, formdata=None) for each in given}
    if sent and about:
        forms[about.suggestion_id] = sent
    return render_template(
        "lessons/uses.html",
        invitation=invitation,
        event=invitation.event,
        impression=impression,
        lines=lines,
        forms=forms,
        sent=sent,
        answers=list(UseAnswer),
        take_back=TAKE_BACK,
        own=sessions.is_signed_in_as(invitation.person),
        opened=request.args.get("over", type=int),
        elsewhere={each.suggestion_id for each in given if each.askable_at and not usage.still_holds(each)},
    ), 422 if sent else 200


def _form(use: SuggestionUse, invitation: Invitation, **options: object) -> UseForm:
    contact = use.suggestion.insight.impression.network.contact_name
    return UseForm(use, contact, own=sessions.is_signed_in_as(invitation.person), **options)


def _use_of(impression: Impression, suggestion: Suggestion, invitation: Invitation) -> SuggestionUse | None:
    lines = (line for _, each in uses.list_lines(impression, invitation.person) for line in each)
    return next((line.use for line in lines if line.suggestion.id == suggestion.id), None)


def _address(invitation: Invitation, suggestion: Suggestion) -> str:
    """Back to the suggestion, with what more can be said of it open."""
    place = f"suggestie-{suggestion.id}"
    return url_for("uses.show_uses", token=uses.token_of(invitation), over=suggestion.id, _anchor=place)
