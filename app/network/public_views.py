"""The public page of a network."""

from flask import Blueprint, abort, render_template

from app import addresses
from app.events import queries as events
from app.lessons import impressions
from app.network import queries

blueprint = Blueprint("networks", __name__)


@blueprint.get("/networks/<slug>")
def page(slug: str):
    network = queries.by_slug(slug) or abort(404)
    feed = f"{addresses.network_page(slug)}/calendar.ics"
    return render_template(
        "network/network.html",
        network=network,
        coming=events.coming(network),
        past=events.past(network),
        feed=feed,
        impressions=impressions.latest(network),
    )
