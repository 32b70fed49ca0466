"""What became of a suggestion, said by organisers; and what people say they did with it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.lessons.impressions import facts, impressions
from app.lessons.insights import suggestion_states, usage, uses
from app.lessons.insights.forms import SuggestionForm
from app.lessons.insights.models import Suggestion, SuggestionState, SuggestionVerdict
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("suggestions", __name__)


def _load_suggestion(event: Event, suggestion_id: int) -> Suggestion | None:
    """A suggestion of the report that this event belongs to."""
    row, impression = db.session.get(Suggestion, suggestion_id), impressions.impression_of_event(event)
    return row if row and impression and row.insight.impression_id == impression.id else None


@organisers.route(
    "/organise/events/<slug>/learned/suggestions/<int:suggestion_id>",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=_load_suggestion,
)
def settle_suggestion(event: Event, suggestion: Suggestion) -> ResponseReturnValue:
    form = SuggestionForm(suggestion).of(suggestion)
    if form.validate_on_submit():
        before = {"verdict": suggestion.verdict and suggestion.verdict.value, "why": suggestion.why}
        with acting(form):
            suggestion_states.settle(suggestion, form.said, form.why.data or "")
        if not form.errors:
            return _offer_undo(event, suggestion, before)
    impression = suggestion.insight.impression
    return render_template(
        "lessons/suggestion.html",
        event=event,
        suggestion=suggestion,
        form=form,
        confidential=facts.is_confidential(impression),
        response=uses.count_response(impression),
        answers=uses.count_answers(suggestion),
        reasons=uses.list_reasons(suggestion),
        used=usage.usage_of_suggestions([suggestion.id]).get(suggestion.id),
        askable=usage.list_askable([suggestion.id]).get(suggestion.id, []),
    ), 422 if form.errors else 200


def _offer_undo(event: Event, suggestion: Suggestion, before: dict[str, Any]) -> ResponseReturnValue:
    back = url_for("learned.show_lessons", slug=event.slug, _anchor=f"inzicht-{suggestion.insight_id}")
    kept = {"id": suggestion.id, "became": suggestion.verdict and suggestion.verdict.value} | before
    words = gettext("De suggestie staat nu op ‘%(state)s’.", state=SuggestionState(suggestion.state).words)
    undo.offer_undo("suggestion", "", kept, back, words, place=event)
    return redirect(back, 303)


@undo.restorer("suggestion", needs=Need.ORGANISE)
def _undo_verdict(event: Event, kept: dict[str, Any]) -> None:
    suggestion = _load_suggestion(event, kept["id"])
    if suggestion is None or (suggestion.verdict and suggestion.verdict.value) != kept["became"]:
        flash(gettext("Dit is al veranderd. Hieronder zie je wat nu geldt."), "warning")
        return
    verdict = SuggestionVerdict(kept["verdict"]) if kept["verdict"] else None
    with acting():
        suggestion_states.settle(suggestion, verdict, kept["why"])
