"""Organisers propose dates to a small group, see what suits, and choose."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock, wording
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.database import db
from app.events import event_queries
from app.events.models import Event
from app.events.planning import Notice
from app.network.models import Network
from app.network.people import written_people
from app.polls import polls
from app.polls.forms import PollForm
from app.polls.models import Poll, PollDate, PollState
from app.web import asking_first, seen_parts, undo
from app.web.acting import acting
from app.web.day_warnings import warn_of_days, warn_of_room
from app.web.doors import OrganiserPages
from app.web.versions import Difference

organisers = OrganiserPages("polls", __name__, url_prefix="/organise/networks/<slug>/polls")


def _load_poll(network: Network, poll_id: int) -> Poll | None:
    """A poll that still waits for a choice; one that was decided does not go with what is asked (409)."""
    poll = polls.find_poll(network, poll_id)
    return poll if poll is None or poll.state == PollState.OPEN else abort(409)


@organisers.get("", needs=Need.ORGANISE)
def list_polls(network: Network) -> str:
    return render_template("polls/polls.html", network=network, polls=polls.polls_of_network(network))


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def create_poll(network: Network) -> ResponseReturnValue:
    """A new poll; with `event` about another date for that session."""
    event = event_queries.find_event(request.args.get("event", ""))
    event = event if event and event.network_id == network.id else None
    form = PollForm(data={"title": event.title, "holds": True} if event else None)
    if form.validate_on_submit() and (made := _create_from_form(network, form, event)):
        asked = len(made.voters)
        warn_of_days(*form.spans)
        flash(_say_asked(asked), "ok")
        return redirect(url_for("polls.show_poll", slug=network.slug, poll_id=made.id), 303)
    return render_template("polls/form.html", network=network, form=form, event=event), 422 if form.errors else 200


@organisers.get("/<int:poll_id>", needs=Need.ORGANISE, subject=polls.find_poll, shows=Shows.PEOPLE)
def show_poll(network: Network, poll: Poll) -> str:
    found = polls.tally_votes(poll)
    return render_template(
        "polls/poll.html",
        network=network,
        poll=poll,
        tallies=found,
        best=polls.best_dates(found),
        silent=len(polls.voters_to_remind(poll)),
    )


@organisers.route("/<int:poll_id>/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_load_poll)
def edit_poll(network: Network, poll: Poll) -> ResponseReturnValue:
    form = PollForm(poll=poll, data=_poll_data(poll)).of(poll)
    if form.validate_on_submit():
        with acting(form) as act:
            who = written_people.read_people(form.people.data or "")
            again = polls.change_poll(
                poll, form.title.data, form.explanation.data or "", form.spans, holds=form.holds.data
            )
            asked = polls.ask_voters(poll, who) + again
            act.say(gettext("Opgeslagen."))
            if asked:
                act.say(_say_asked(asked))
        if not act.refused:
            warn_of_days(*form.spans)
            return redirect(url_for("polls.show_poll", slug=network.slug, poll_id=poll.id), 303)
    return render_template(
        "polls/form.html", network=network, form=form, event=poll.event, poll=poll
    ), 422 if form.errors else 200


def _poll_data(poll: Poll) -> dict[str, Any]:
    spans = [[clock.to_local(moment) for moment in (date.starts_at, date.ends_at)] for date in poll.dates]
    return {
        "title": poll.title,
        "explanation": poll.explanation,
        "holds": poll.holds,
        "dates": [{"day": begin.date(), "start": begin.time(), "end": end.time()} for begin, end in spans],
    }


def _say_asked(asked: int) -> str:
    return ngettext("%(num)s persoon krijgt de vraag per mail.", "%(num)s mensen krijgen de vraag per mail.", asked)


@organisers.post("/<int:poll_id>/remind", needs=Need.ORGANISE, subject=_load_poll, seen=seen_parts.parts_of_reminding)
def remind_voters(network: Network, poll: Poll) -> ResponseReturnValue:
    """Ask those who have not answered once more, at most once a day."""
    asked = polls.remind_voters(poll)
    db.session.commit()
    flash(_say_asked(asked) if asked else gettext("Iedereen antwoordde al, of kreeg de vraag vandaag nog."), "ok")
    return redirect(url_for("polls.show_poll", slug=network.slug, poll_id=poll.id), 303)


@organisers.post(
    "/<int:poll_id>/choose/<int:poll_date_id>", needs=Need.ORGANISE, subject=_load_poll, seen=seen_parts.parts_of_poll
)
def choose_date(network: Network, poll: Poll, poll_date_id: int) -> ResponseReturnValue:
    wanted = next((each for each in poll.dates if each.id == poll_date_id), None) or abort(404)
    made = poll.event is None
    notice: Notice | None = Notice()
    if poll.event and poll.event.published:
        notice = asking_first.decided_about(poll.event)
        if notice is None:
            return asking_first.ask(poll.event, [_move(poll.event, wanted)])
    with acting() as act:
        event = polls.choose_date(poll, wanted, notice or Notice())
        act.say(_say_chosen(made, notice or Notice()))
    if act.refused:
        return redirect(url_for("polls.show_poll", slug=network.slug, poll_id=poll.id), 303)
    warn_of_room(event)
    return redirect(url_for("planning.edit_event", slug=event.slug), 303)


def _say_chosen(made: bool, notice: Notice) -> str:
    if made:
        return gettext("De dag staat vast. De sessie is een concept: vul haar aan en publiceer haar.")
    if notice.send:
        return gettext("De sessie is verzet. Iedereen krijgt bericht.")
    return gettext("De sessie is verzet. Alleen wie meestemde, krijgt bericht.")


def _move(event: Event, date: PollDate) -> Difference:
    was, will_be = (wording.format_day_and_hour(each.starts_at, event.zone) for each in (event, date))
    return Difference(gettext("Wanneer"), was, will_be)


@organisers.post("/<int:poll_id>/stop", needs=Need.ORGANISE, subject=_load_poll, seen=seen_parts.parts_of_poll)
def stop_poll(network: Network, poll: Poll) -> ResponseReturnValue:
    polls.stop_poll(poll)
    db.session.commit()
    message = gettext("De datumprikker is gestopt. Opties gaan uit de agenda’s.")
    back = url_for("polls.show_poll", slug=network.slug, poll_id=poll.id)
    undo.offer_undo("poll", "", {"id": poll.id}, back, message, place=network)
    return redirect(back, 303)


@undo.restorer("poll", needs=Need.ORGANISE)
def _restore_poll(network: Network, kept: dict[str, Any]) -> None:
    poll = db.session.get(Poll, kept["id"])
    if poll is not None:
        polls.reopen_poll(poll)


def _create_from_form(network: Network, form: PollForm, event: Event | None) -> Poll | None:
    with acting(form) as act:
        who = written_people.read_people(form.people.data)
        made = polls.create_poll(
            network, form.title.data, form.explanation.data or "", form.spans, holds=form.holds.data, event=event
        )
        polls.ask_voters(made, who)
    return None if act.refused else made
