"""Organisers open a round of matching, let a proposal be made, adjust it by hand and send it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.accounts.shared_changes import put_back
from app.database import db, lock_row
from app.matching import calls, group_meetings, proposals, rounds, seats
from app.matching.forms import ApartForm, DatesForm, MeetingsForm, RoundForm
from app.matching.kinds import Reply
from app.matching.models import MatchApart, MatchEnrolment, MatchGroup, MatchRound, MatchSeat
from app.network import network_queries
from app.network.models import Network
from app.polls import polls
from app.polls.models import PollState
from app.web import undo
from app.web.acting import acting
from app.web.day_warnings import warn_of_days
from app.web.doors import OrganiserPages
from app.web.seen import Part, Parts

organisers = OrganiserPages("matching", __name__, url_prefix="/organise/networks/<slug>/matching")
_ROUND = "/<int:match_round_id>"


def _parts_of_call(network: Network, row: MatchRound) -> Parts:
    """Whom it asks, and what."""
    return {
        Part.NUMBER: calls.count_people(row),
        Part.TEXT: [row.title, row.explanation, row.kind],
        Part.WHEN: row.closes_at,
    }


def _parts_of_groups(network: Network, row: MatchRound) -> Parts:
    """Who is in which group."""
    return {Part.PEOPLE: [(seat.group_id, seat.enrolment_id) for seat in rounds.seats_of(row)]}


def _parts_of_rating(network: Network, row: MatchRound) -> Parts:
    return {Part.PEOPLE: [seat.id for seat in rounds.seats_of(row) if seat.answer == Reply.YES and not seat.rated_at]}


@organisers.get("", needs=Need.READ)
def list_rounds(network: Network) -> str:
    """Figures alone, which readers of the network may see too."""
    found = rounds.list_rounds(network)
    return render_template("matching/rounds.html", network=network, rounds=found, tallies=rounds.count_rounds(found))


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def create_round(network: Network) -> ResponseReturnValue:
    form = RoundForm(network_queries.audiences_of_network(network))
    if form.validate_on_submit():
        with acting(form) as act:
            row = rounds.create_round(network, form.details())
            act.say(gettext("De ronde is een concept. Kijk haar na, en vraag dan de mensen."))
        if not act.refused:
            return redirect(_to_round(row), 303)
    return _render_form(form, network, None)


@organisers.route(f"{_ROUND}/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=rounds.find_round)
def edit_round(network: Network, row: MatchRound) -> ResponseReturnValue:
    form = RoundForm(network_queries.audiences_of_network(network), row).of(row)
    if form.validate_on_submit():
        with acting(form) as act:
            rounds.change_round(row, form.details())
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(_to_round(row), 303)
    return _render_form(form, network, row)


@organisers.get(_ROUND, needs=Need.ORGANISE, subject=rounds.find_round, shows=Shows.PEOPLE)
def show_round(network: Network, row: MatchRound) -> str:
    given = proposals.read_given(row) if row.closed else None
    shown = proposals.show_proposal(row, given) if given and row.proposal else None
    placed = rounds.seats_of(row)
    return render_template(
        "matching/round.html",
        network=network,
        round=row,
        tally=rounds.count_rounds([row])[row.id],
        will_ask=calls.count_people(row) if row.opened_at is None else 0,
        shown=shown,
        meetings=group_meetings.list_meetings(row.proposal.groups) if row.sent_at and row.proposal else {},
        names={each.enrolment.person_id: each.enrolment.person.name for each in placed},
        obstacles=proposals.obstacles_of(row.proposal) if row.proposal else [],
        aparts=rounds.list_aparts(row),
        apart_form=ApartForm(proposals.list_people(row)),
        ratings=seats.count_ratings(placed),
    )


@organisers.post(f"{_ROUND}/open", needs=Need.ORGANISE, subject=rounds.find_round, seen=_parts_of_call)
def open_round(network: Network, row: MatchRound) -> ResponseReturnValue:
    with acting() as act:
        rounds.open_round(row)
        act.say(gettext("De ronde loopt. De mensen krijgen zo een mail."))
    return redirect(_to_round(row), 303)


@organisers.post(f"{_ROUND}/close", needs=Need.ORGANISE, subject=rounds.find_round)
def close_round(network: Network, row: MatchRound) -> ResponseReturnValue:
    with acting() as act:
        rounds.close_round(row)
        act.say(gettext("De ronde is dicht. Je kunt nu een voorstel laten maken."))
    return redirect(_to_round(row), 303)


@organisers.post(f"{_ROUND}/propose", needs=Need.ORGANISE, subject=rounds.find_round, seen=_parts_of_groups)
def want_proposal(network: Network, row: MatchRound) -> ResponseReturnValue:
    with acting() as act:
        proposals.want_proposal(row)
        act.say(gettext("We maken een voorstel. Ververs de pagina over een halve minuut."))
    return redirect(_to_round(row), 303)


@organisers.post(f"{_ROUND}/move", needs=Need.ORGANISE, subject=rounds.find_round)
def move_person(network: Network, row: MatchRound) -> ResponseReturnValue:
    """Somebody to another group, a new one, or none; the page says what that breaks."""
    enrolment = _chosen(MatchEnrolment, "enrolment")
    if enrolment is None or enrolment.round_id != row.id or enrolment.answer != Reply.YES:
        abort(404)
    to = request.form.get("group", "")
    group = None if to in {"new", "none"} else _chosen(MatchGroup, "group") or abort(404)
    if group is not None and group.proposal.round_id != row.id:
        abort(404)
    with acting() as act:
        if to == "none":
            proposals.take_out(row, enrolment)
        else:
            proposals.move_person(row, enrolment, group)
        act.say(gettext("%(name)s is verplaatst.", name=enrolment.person.name))
    return redirect(_to_round(row), 303)


@organisers.post(f"{_ROUND}/send", needs=Need.ORGANISE, subject=rounds.find_round, seen=_parts_of_groups)
def send_proposal(network: Network, row: MatchRound) -> ResponseReturnValue:
    with acting() as act:
        told = proposals.send_proposal(row)
        act.say(ngettext("%(num)s mens krijgt een mail.", "%(num)s mensen krijgen een mail.", told))
    return redirect(_to_round(row), 303)


@organisers.post(f"{_ROUND}/after", needs=Need.ORGANISE, subject=rounds.find_round, seen=_parts_of_rating)
def ask_afterwards(network: Network, row: MatchRound) -> ResponseReturnValue:
    with acting() as act:
        asked = seats.ask_afterwards(row)
        act.say(ngettext("%(num)s mens krijgt de twee vragen.", "%(num)s mensen krijgen de twee vragen.", asked))
    return redirect(_to_round(row), 303)


@organisers.post(f"{_ROUND}/end", needs=Need.ORGANISE, subject=rounds.find_round)
def end_round(network: Network, row: MatchRound) -> ResponseReturnValue:
    rounds.end_round(row)
    db.session.commit()
    message = gettext("De ronde is gestopt. Wat nog niet weg was, gaat niet meer weg.")
    undo.offer_undo("match_round", "", {"id": row.id}, _to_round(row), message, place=network)
    return redirect(_to_round(row), 303)


@undo.restorer("match_round", needs=Need.ORGANISE)
def _restore_round(network: Network, kept: dict[str, Any]) -> None:
    if row := rounds.find_round(network, kept["id"]):
        rounds.resume_round(row)


@organisers.post(f"{_ROUND}/apart", needs=Need.ORGANISE, subject=rounds.find_round)
def keep_apart(network: Network, row: MatchRound) -> ResponseReturnValue:
    people = {str(each.id): each for each in proposals.list_people(row)}
    two = [people.get(request.form.get(name, "")) for name in ("first", "second")]
    if two[0] is None or two[1] is None:
        abort(404)
    with acting() as act:
        rounds.keep_apart(row, two[0], two[1])
        act.say(gettext("Opgeslagen. Het telt bij het volgende voorstel."))
    return redirect(_to_round(row), 303)


@organisers.post(f"{_ROUND}/aparts/<int:match_apart_id>/remove", needs=Need.ORGANISE, subject=rounds.find_apart)
def remove_apart(network: Network, apart: MatchApart) -> ResponseReturnValue:
    back = url_for("matching.show_round", slug=network.slug, match_round_id=apart.round_id)
    what = f"{apart.first.name} – {apart.second.name}"
    kept = rounds.remove_apart(apart)
    db.session.commit()
    undo.offer_undo("match_apart", what, kept, back, place=network)
    return redirect(back, 303)


@undo.restorer("match_apart", needs=Need.ORGANISE)
def _restore_apart(network: Network, kept: dict[str, Any]) -> None:
    if apart := rounds.restore_apart(network, kept):
        put_back(apart)


@organisers.post(f"{_ROUND}/seats/<int:match_seat_id>/absent", needs=Need.ORGANISE, subject=seats.find_seat)
def note_absent(network: Network, seat: MatchSeat) -> ResponseReturnValue:
    seats.note_absent(seat, request.form.get("absent") == "yes")
    db.session.commit()
    flash(gettext("Opgeslagen."), "ok")
    return redirect(_to_round(seat.enrolment.round), 303)


@organisers.route(
    f"{_ROUND}/groups/<int:match_group_id>/dates",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=rounds.find_group,
)
def propose_dates(network: Network, group: MatchGroup) -> ResponseReturnValue:
    """A date poll among the group; the session that comes of it is confidential."""
    row = group.proposal.round
    if request.method == "POST":
        lock_row(group)
    under_way = group.poll is not None and group.poll.state == PollState.OPEN
    if row.sent_at is None or row.ended_at is not None or under_way or group_meetings.find_last(group):
        abort(409)
    people = [seat.enrolment.person for seat in group.seats if seat.active]
    form = DatesForm(group, row)
    if form.validate_on_submit():
        with acting(form) as act:
            group.poll = polls.create_poll(network, form.title.data, "", form.spans, holds=True, confidential=True)
            asked = polls.ask_voters(group.poll, people)
            act.say(ngettext("%(num)s mens krijgt een mail.", "%(num)s mensen krijgen een mail.", asked))
        if not act.refused:
            warn_of_days(*form.spans)
            return redirect(_to_round(row), 303)
    return render_template(
        "matching/dates.html", network=network, round=row, group=group, people=people, form=form
    ), 422 if form.errors else 200


@organisers.route(
    f"{_ROUND}/groups/<int:match_group_id>/meetings",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=rounds.find_group,
)
def plan_meetings(network: Network, group: MatchGroup) -> ResponseReturnValue:
    """The next sessions of a group, after the first one; everybody of it is brought in by the clockwork."""
    row = group.proposal.round
    last = group_meetings.find_last(group)
    if row.sent_at is None or row.ended_at is not None or last is None:
        abort(409)
    form = MeetingsForm(data={"last": last.id})
    if form.validate_on_submit():
        with acting(form) as act:
            planned = group_meetings.plan_more(group, form.number.data or 1, form.weeks.data or 1, form.last.data or 0)
            act.say(
                ngettext(
                    "%(num)s keer gepland. De groep krijgt het zo in de agenda.",
                    "%(num)s keren gepland. De groep krijgt ze zo in de agenda.",
                    len(planned),
                )
            )
        if not act.refused:
            warn_of_days(*((each.starts_at, each.ends_at) for each in planned), zone=planned[0].zone)
            return redirect(_to_round(row), 303)
    return render_template(
        "matching/meetings.html",
        network=network,
        round=row,
        group=group,
        meetings=group_meetings.list_meetings([group])[group.id],
        form=form,
    ), 422 if form.errors else 200


def _chosen(model: type[Any], name: str) -> Any:
    """The row whose number the form sent; None for what is no number."""
    text = request.form.get(name, "")
    return db.session.get(model, int(text)) if text.isdecimal() and len(text) < 10 else None


def _to_round(row: MatchRound) -> str:
    return url_for("matching.show_round", slug=row.network.slug, match_round_id=row.id)


def _render_form(form: RoundForm, network: Network, row: MatchRound | None) -> ResponseReturnValue:
    return render_template("matching/form.html", form=form, network=network, round=row), 422 if form.errors else 200
