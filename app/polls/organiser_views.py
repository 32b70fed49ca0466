"""Organisers propose dates to a small group, see what suits, and choose."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from app.accounts import rights
from app.accounts.rights import signed_in
from app.database import db
from app.events import queries as events
from app.network.models import Network
from app.polls import polls
from app.polls.forms import PollForm
from app.polls.models import Poll, PollState
from app.web import undo
from app.web.organise import changeable_network

blueprint = Blueprint("polls", __name__, url_prefix="/organise/networks/<slug>/polls")


@blueprint.get("")
@signed_in
def index(slug: str):
    network = changeable_network(slug)
    return render_template("polls/polls.html", network=network, polls=polls.of(network))


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def create(slug: str):
    """A new poll; with `event` about another date for that session."""
    network = changeable_network(slug)
    event = events.by_slug(request.args.get("event", ""))
    event = event if event and event.network_id == network.id else None
    form = PollForm(data={"title": event.title, "holds": True} if event else None)
    if form.validate_on_submit() and (made := _make(network, form, event)):
        db.session.commit()
        asked = len(made.voters)
        flash(
            ngettext("%(num)s persoon krijgt de vraag per mail.", "%(num)s mensen krijgen de vraag per mail.", asked),
            "ok",
        )
        return redirect(url_for("polls.show", slug=slug, number=made.id), 303)
    return render_template("polls/form.html", network=network, form=form, event=event), 422 if form.errors else 200


@blueprint.get("/<int:number>")
@signed_in
def show(slug: str, number: int):
    network = changeable_network(slug)
    poll = polls.find(network, number) or abort(404)
    found = polls.tallies(poll)
    return render_template("polls/poll.html", network=network, poll=poll, tallies=found, best=polls.best(found))


@blueprint.post("/<int:number>/choose/<int:date>")
@signed_in
def choose(slug: str, number: int, date: int):
    poll = _open(slug, number)
    wanted = next((each for each in poll.dates if each.id == date), None) or abort(404)
    made = poll.event is None
    event = polls.choose(poll, wanted)
    db.session.commit()
    if made:
        flash(gettext("De dag staat vast. De sessie is een concept: vul haar aan en publiceer haar."), "ok")
    else:
        flash(gettext("De sessie is verzet. Iedereen krijgt bericht."), "ok")
    return redirect(url_for("planning.edit", slug=event.slug), 303)


@blueprint.post("/<int:number>/stop")
@signed_in
def stop(slug: str, number: int):
    poll = _open(slug, number)
    polls.stop(poll)
    db.session.commit()
    message = gettext("De datumprikker is gestopt. Opties gaan uit de agenda’s.")
    undo.offer("poll", "", {"id": poll.id}, url_for("polls.show", slug=slug, number=number), message)
    return redirect(url_for("polls.show", slug=slug, number=number), 303)


@undo.restorer("poll")
def _reopen(kept: dict) -> None:
    poll = db.session.get(Poll, kept["id"])
    if poll is not None:
        rights.demand_organise(poll.network_id)
        polls.reopen(poll)


def _make(network: Network, form: PollForm, event) -> Poll | None:
    who, wrong = polls.read_people(form.people.data)
    if wrong:
        form.reject("people", gettext("‘%(line)s’ is geen mailadres.", line=wrong[0][:80]))
    else:
        made = polls.propose(
            network, form.title.data, form.explanation.data or "", form.spans, holds=form.holds.data, event=event
        )
        try:
            polls.ask(made, who)
        except polls.TooMany:
            form.reject("people", gettext("Vraag hooguit %(most)s mensen.", most=polls.MOST_VOTERS))
        else:
            return made
    db.session.rollback()
    return None


def _open(slug: str, number: int) -> Poll:
    poll = polls.find(changeable_network(slug), number) or abort(404)
    if poll.state != PollState.OPEN:
        abort(409)
    return poll
