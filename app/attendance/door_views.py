"""Door mode: a page that works without network, its list, and the taps that it sends when it can.

The page itself names nobody: it is what the phone keeps of the site. Camera and worker are allowed here alone.
"""

from datetime import date, datetime
from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.attendance import door_join, door_list, presence
from app.attendance.models import WalkInProposal
from app.events import event_days
from app.events.models import Event
from app.web import assets
from app.web.acting import acting
from app.web.doors import OrganiserPages
from app.words import Refusal

organisers = OrganiserPages("door", __name__)
_DOOR = "/organise/events/<slug>/day/door"
_CAMERA = "camera=(self), geolocation=(), microphone=(), interest-cohort=()"


@organisers.get(_DOOR, needs=Need.ORGANISE)
def show_door(event: Event) -> ResponseReturnValue:
    sessions.note_door()
    day = _shown_day(event)
    dates = event_days.dates_of_event(event)
    page = make_response(
        render_template(
            "attendance/door.html",
            event=event,
            day=day,
            dates=dates,
            on=day.isoformat(),
        )
    )
    page.headers["Permissions-Policy"] = _CAMERA
    return page


@organisers.get(f"{_DOOR}/worker.js", needs=Need.ORGANISE)
def serve_worker(event: Event) -> ResponseReturnValue:
    """The script that keeps the page for when there is no network; it rules this door alone."""
    script = Response(assets.read_asset("door-worker.js"), mimetype="text/javascript")
    script.headers["Service-Worker-Allowed"] = url_for("door.show_door", slug=event.slug)
    return script


@organisers.get(f"{_DOOR}/list", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def send_list(event: Event) -> ResponseReturnValue:
    written = door_list.write_door_list(event, _shown_day(event), rights.current_viewer(), _since())
    return jsonify(written | {"csrf": generate_csrf()})


@organisers.post(f"{_DOOR}/taps", needs=Need.ORGANISE)
def receive_taps(event: Event) -> ResponseReturnValue:
    """What a phone kept: answers which it may forget, or 409 with why nothing of it counts now."""
    try:
        message = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets, by the thousand
        abort(400)
    answer = {}
    with acting(words={Refusal: ""}) as act:
        try:
            answer = _join(event, message if isinstance(message, dict) else {})
        except door_join.BadMessage:
            abort(400)
    return jsonify(answer) if act.refused is None else (jsonify({"refused": str(act.refused.words)}), 409)


def _join(event: Event, message: dict[str, Any]) -> dict[str, Any]:
    sent_taps = door_join.read_taps(message.get("taps"))
    sent_walk_ins = door_join.read_walk_ins(message.get("walk_ins"))
    sent_at = door_join.read_moment(message.get("at"))
    day, by = _day(message.get("day")), sessions.account()
    joined = door_join.join_taps(event, day, sent_taps, rights.current_viewer(), by)
    walked_in = door_join.join_walk_ins(event, day, sent_walk_ins, by)
    return {
        "kept": joined.kept + walked_in.kept,
        "unknown": joined.unknown,
        "clock_off": door_join.is_clock_off(sent_at),
    }


@organisers.get(f"{_DOOR}/waiting", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def list_waiting(event: Event) -> ResponseReturnValue:
    day = _shown_day(event)
    proposals = door_join.list_proposals(event, day)
    return render_template("attendance/waiting.html", event=event, day=day, on=day.isoformat(), proposals=proposals)


@organisers.post(
    f"{_DOOR}/proposals/<int:walk_in_proposal_id>/away", needs=Need.ORGANISE, subject=door_join.find_proposal
)
def drop_proposal(event: Event, proposal: WalkInProposal) -> ResponseReturnValue:
    with acting() as act:
        name = proposal.name
        door_join.settle_proposal(proposal)
        act.say(gettext("%(name)s wacht niet meer.", name=name))
    return redirect(url_for("door.list_waiting", slug=event.slug, on=proposal.day.isoformat()), 303)


def _shown_day(event: Event) -> date:
    """The day that was chosen, else the one that the door is about."""
    try:
        chosen = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return presence.day_of_door(event)
    return chosen if chosen in event_days.dates_of_event(event) else presence.day_of_door(event)


def _since() -> datetime | None:
    """What an earlier list said that it was of; the whole list for who says nothing that we can read."""
    try:
        since = datetime.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return None
    return since if since.tzinfo and since.year > 2000 else None


def _day(sent: Any) -> date:
    try:
        return date.fromisoformat(sent)
    except (TypeError, ValueError):
        raise door_join.BadMessage("not a day") from None
