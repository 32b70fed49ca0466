"""The public agenda, event pages and downloads."""

from flask import Blueprint, Response, abort, render_template, request

from app.calendars import documents
from app.events import queries
from app.network import queries as networks
from app.registration import capacity
from app.web.caching import calendar_file, etag_of

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
    return render_template("events/event.html", event=event, seats=capacity.outlook(event))


@blueprint.get("/events/<slug>.ics")
def download(slug: str) -> Response:
    event = queries.public_event(slug) or abort(404)
    body = documents.download(event)
    return calendar_file(body, etag_of(body), event.changed_at, f"{slug}.ics")
