"""The public page of a network."""

from flask import abort, render_template

from app.events import agenda
from app.events import queries as events
from app.events.agenda import Sought
from app.feeds import public_feed
from app.lessons import impressions
from app.network import queries
from app.web.doors import PublicPages

public = PublicPages("networks", __name__)


@public.get("/networks/<slug>")
def page(slug: str):
    network = queries.by_slug(slug) or abort(404)
    return render_template(
        "network/network.html",
        network=network,
        coming=agenda.coming(Sought(network)),
        past=events.past(network),
        feed=public_feed.find("network", slug),
        impressions=impressions.latest(network),
    )
