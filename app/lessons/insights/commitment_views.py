"""Commitments: made and closed by organisers, answered by their owner from the mail. GET never acts."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import rights
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.lessons.board.models import Card
from app.lessons.impressions import impressions
from app.lessons.insights import commitment_queries, commitments
from app.lessons.insights.forms import CloseForm, CommitmentForm
from app.lessons.insights.models import Commitment, CommitmentState, Suggestion
from app.me import sessions
from app.web.doors import OrganiserPages, PersonalPages
from app.web.personal import Link

_AGREED = "/organise/events/<slug>/learned/commitments"
_COMMITMENT = Link(
    commitments.commitment_of_link,
    commitments.load_commitment,
    "commitment",
    language=lambda commitment: commitment.person.language if commitment.person else "nl",
)
organisers = OrganiserPages("commitments", __name__)
personal = PersonalPages("commitments", __name__, link=_COMMITMENT)


def _load_commitment_of_event(event: Event, commitment_id: int) -> Commitment | None:
    """A commitment of this event, or an earlier one of its network."""
    return commitment_queries.find_commitment(event, commitment_id, rights.current_viewer())


@organisers.route(f"{_AGREED}/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def create_commitment(event: Event) -> ResponseReturnValue:
    """A new commitment; from a card or a suggestion its words are there already."""
    suggestion, card = _suggestion_of_request(event), _card_of_request(event)
    what = suggestion.text if suggestion else card.text if card else ""
    form = CommitmentForm(event, data={"what": what[:300]})
    if form.validate_on_submit() and form.due_on.data:
        commitments.make_commitment(
            event,
            form.what.data,
            form.due_on.data,
            person=form.owner,
            organisation=form.body,
            suggestion=suggestion,
            named="named" in form and form.named.data,
            theme_id=form.theme_id,
        )
        db.session.commit()
        flash(
            gettext("De afspraak staat. %(name)s krijgt een mail.", name=form.owner.name)
            if form.owner
            else gettext("De afspraak staat."),
            "ok",
        )
        return redirect(url_for("learned.list_commitments", slug=event.slug), 303)
    return render_template(
        "lessons/commitment_form.html", event=event, form=form, commitment=None, suggestion=suggestion
    ), 422 if form.errors else 200


@organisers.route(
    f"{_AGREED}/<int:commitment_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_load_commitment_of_event
)
def edit_commitment(event: Event, commitment: Commitment) -> ResponseReturnValue:
    form = CommitmentForm(commitment.event, commitment).of(commitment)
    if form.validate_on_submit() and form.due_on.data:
        commitments.change_commitment(
            commitment, form.what.data, form.due_on.data, form.owner, form.body, form.theme_id
        )
        db.session.commit()
        flash(gettext("Opgeslagen."), "ok")
        return redirect(url_for("learned.list_commitments", slug=event.slug), 303)
    return render_template(
        "lessons/commitment_form.html",
        event=event,
        form=form,
        commitment=commitment,
        suggestion=commitment.suggestion,
    ), 422 if form.errors else 200


@organisers.route(
    f"{_AGREED}/<int:commitment_id>/close",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=_load_commitment_of_event,
)
def close_commitment(event: Event, commitment: Commitment) -> ResponseReturnValue:
    """Closing, also one of an earlier session from the page of a later one."""
    form = CloseForm(data={"state": commitment.state.value, "note": commitment.note})
    if form.validate_on_submit():
        later = event if commitment.event_id != event.id else None
        commitments.settle_commitment(commitment, CommitmentState(form.state.data), form.note.data or "", later)
        db.session.commit()
        flash(gettext("Opgeslagen."), "ok")
        return redirect(url_for("learned.list_commitments", slug=event.slug), 303)
    return render_template(
        "lessons/close.html",
        event=event,
        commitment=commitment,
        form=form,
        owner=commitments.owner_in_words(commitment),
    ), 422 if form.errors else 200


@personal.get("/commitments/<token>")
def show_own_commitment(commitment: Commitment) -> ResponseReturnValue:
    return _render_commitment(commitment)


@personal.get("/commitments/answered")
def show_answered_commitment(commitment: Commitment) -> ResponseReturnValue:
    """What now holds, at an address without the token."""
    return _render_commitment(commitment, said=True)


@personal.post("/commitments/<token>")
@personal.post("/commitments/answered", endpoint="answer_commitment_again")
def answer_commitment(commitment: Commitment) -> ResponseReturnValue:
    form = CloseForm()
    if not form.validate_on_submit():
        return _render_commitment(commitment, form)
    commitments.settle_commitment(commitment, CommitmentState(form.state.data), form.note.data or "")
    db.session.commit()
    _COMMITMENT.remember(commitment)
    return redirect(url_for("commitments.show_answered_commitment"), 303)


@personal.post("/commitments/<token>/name")
@personal.post("/commitments/answered/name", endpoint="name_owner_again")
def name_owner(commitment: Commitment) -> ResponseReturnValue:
    """The owner says whether their name may stand in public: yes once signed in, since the link may be a forwarded one."""
    if request.form.get("named") == "yes" and not sessions.is_signed_in_as(commitment.person):
        return redirect(url_for("own_data.show_own_data"), 303)
    commitments.name_in_public(commitment, agreed=request.form.get("named") == "yes")
    db.session.commit()
    _COMMITMENT.remember(commitment)
    flash(
        gettext("Je naam mag bij deze afspraak staan.")
        if commitment.named_at
        else gettext("Je naam staat niet meer bij deze afspraak. Er staat ‘een deelnemer’."),
        "ok",
    )
    return redirect(url_for("commitments.show_answered_commitment"), 303)


def _render_commitment(
    commitment: Commitment, form: CloseForm | None = None, *, said: bool = False
) -> ResponseReturnValue:
    given = form or CloseForm(formdata=None, data={"state": commitment.state.value, "note": commitment.note})
    return render_template(
        "lessons/commitment.html",
        commitment=commitment,
        event=commitment.event,
        form=given,
        said=said,
        own=sessions.is_signed_in_as(commitment.person),
    ), 422 if form else 200


def _suggestion_of_request(event: Event) -> Suggestion | None:
    suggestion_id, impression = request.args.get("suggestion", type=int), impressions.impression_of_event(event)
    row = db.session.get(Suggestion, suggestion_id) if suggestion_id else None
    return row if row and impression and row.insight.impression_id == impression.id else None


def _card_of_request(event: Event) -> Card | None:
    card_id = request.args.get("card", type=int)
    row = db.session.get(Card, card_id) if card_id else None
    return row if row and row.board.event_id == event.id else None
