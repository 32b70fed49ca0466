"""Commitments: made and closed by organisers, answered by their owner from the mail. GET never acts."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext

from app.accounts.rights import signed_in
from app.database import db
from app.events.models import Event
from app.lessons import commitments, impressions
from app.lessons.forms import CloseForm, CommitmentForm
from app.lessons.models import Card, Commitment, CommitmentState, Suggestion
from app.web.organise import changeable_event

blueprint = Blueprint("commitments", __name__)
_AGREED = "/organise/events/<slug>/learned/commitments"


@blueprint.route(f"{_AGREED}/new", methods=["GET", "POST"])
@signed_in
def create(slug: str):
    """A new commitment; from a card or a suggestion its words are there already."""
    event = changeable_event(slug)
    suggestion, card = _suggestion(event), _card(event)
    what = suggestion.text if suggestion else card.text if card else ""
    form = CommitmentForm(event, data={"what": what[:300]})
    if form.validate_on_submit():
        commitments.make(
            event,
            form.what.data,
            form.due_on.data,
            person=form.owner,
            organisation=form.body,
            suggestion=suggestion,
        )
        db.session.commit()
        flash(
            gettext("De afspraak staat. %(name)s krijgt een mail.", name=form.owner.name)
            if form.owner
            else gettext("De afspraak staat."),
            "ok",
        )
        return redirect(url_for("learned.agreed", slug=slug), 303)
    return render_template(
        "lessons/commitment_form.html", event=event, form=form, commitment=None, suggestion=suggestion
    ), 422 if form.errors else 200


@blueprint.route(f"{_AGREED}/<int:number>", methods=["GET", "POST"])
@signed_in
def edit(slug: str, number: int):
    event = changeable_event(slug)
    commitment = _own(event, number)
    form = CommitmentForm(commitment.event, commitment)
    if form.validate_on_submit():
        commitments.change(commitment, form.what.data, form.due_on.data, form.owner, form.body)
        db.session.commit()
        flash(gettext("Opgeslagen."), "ok")
        return redirect(url_for("learned.agreed", slug=slug), 303)
    return render_template(
        "lessons/commitment_form.html",
        event=event,
        form=form,
        commitment=commitment,
        suggestion=commitment.suggestion,
    ), 422 if form.errors else 200


@blueprint.route(f"{_AGREED}/<int:number>/close", methods=["GET", "POST"])
@signed_in
def close(slug: str, number: int):
    """Closing, also one of an earlier session from the page of a later one."""
    event = changeable_event(slug)
    commitment = _own(event, number)
    form = CloseForm(data={"state": commitment.state.value, "note": commitment.note})
    if form.validate_on_submit():
        later = event if commitment.event_id != event.id else None
        commitments.settle(commitment, CommitmentState(form.state.data), form.note.data or "", later)
        db.session.commit()
        flash(gettext("Opgeslagen."), "ok")
        return redirect(url_for("learned.agreed", slug=slug), 303)
    return render_template(
        "lessons/close.html",
        event=event,
        commitment=commitment,
        form=form,
        owner=commitments.owner(commitment, confidential=False),
    ), 422 if form.errors else 200


@blueprint.get("/commitments/<token>")
def mine(token: str):
    return _mine(commitments.find(token))


@blueprint.post("/commitments/<token>")
def answer(token: str):
    return _answer(commitments.find(token))


@blueprint.get("/commitments/answered")
def answered():
    """What now holds, at an address without the token."""
    return _mine(_remembered(), said=True)


@blueprint.post("/commitments/answered")
def answer_again():
    return _answer(_remembered())


def _remembered() -> Commitment | None:
    return commitments.load(*session.get("commitment", (0, 0)))


def _answer(commitment: Commitment | None):
    if commitment is None:
        return _mine(None)
    g.reader_language = commitment.person.language if commitment.person else "nl"
    form = CloseForm()
    if not form.validate_on_submit():
        return _mine(commitment, form)
    commitments.settle(commitment, CommitmentState(form.state.data), form.note.data or "")
    db.session.commit()
    session["commitment"] = [commitment.id, commitment.token_version]
    return redirect(url_for("commitments.answered"), 303)


def _mine(commitment: Commitment | None, form: CloseForm | None = None, *, said: bool = False):
    if commitment is None:
        return render_template("web/unknown_link.html"), 404
    g.reader_language = commitment.person.language if commitment.person else "nl"
    given = form or CloseForm(formdata=None, data={"state": commitment.state.value, "note": commitment.note})
    return render_template(
        "lessons/commitment.html", commitment=commitment, event=commitment.event, form=given, said=said
    ), 422 if form else 200


def _own(event: Event, number: int) -> Commitment:
    """A commitment of this event, or an earlier one of its network."""
    commitment = db.session.get(Commitment, number)
    if commitment is None or commitment.network_id != event.network_id:
        abort(404)
    return commitment


def _suggestion(event: Event) -> Suggestion | None:
    number, impression = request.args.get("suggestion", type=int), impressions.of(event)
    row = db.session.get(Suggestion, number) if number else None
    return row if row and impression and row.insight.impression_id == impression.id else None


def _card(event: Event) -> Card | None:
    number = request.args.get("card", type=int)
    row = db.session.get(Card, number) if number else None
    return row if row and row.board.event_id == event.id else None
