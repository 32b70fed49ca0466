"""The public agenda and event pages."""

from flask import Blueprint, abort, render_template, request

from app.events import queries
from app.lessons import impressions
from app.lessons import queries as lessons
from app.network import queries as networks
from app.registration import capacity

blueprint = Blueprint("events", __name__)


@blueprint.get("/")
def agenda():
    chosen = request.args.get("network", "")
    network = networks.by_slug(chosen) if chosen else None
    return render_template(
        "events/agenda.html", events=queries.coming(network), networks=networks.all_networks(), chosen=network
    )


@blueprint.get("/events/<slug>")
def page(slug: str):
    event = queries.public_event(slug) or abort(404)
    return render_template(
        "events/event.html",
        event=event,
        seats=capacity.outlook(event),
        last_time=lessons.of_last_time(event) if event.looks_back else [],
        impression=impressions.published_of(event) if event.over else None,
    )
