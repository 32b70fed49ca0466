"""The public page of a network."""

from flask import abort, render_template

from app.agendas import agendas
from app.courses import public_courses
from app.events import agenda, event_queries, event_series
from app.events.agenda import AgendaFilter
from app.feeds import public_feed
from app.lessons.impressions import impressions
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("networks", __name__)


@public.get("/networks/<slug>", kept=())
def show_public_network(slug: str) -> str:
    network = visiting.find_visible_network(slug) or abort(404)
    return render_template(
        "network/network.html",
        network=network,
        agendas=agendas.list_published_agendas(network),
        coming=agenda.coming_entries(AgendaFilter(network)),
        past=event_queries.past_events(network),
        series=event_series.list_public_series(network),
        courses=public_courses.list_public_courses(network),
        feed=public_feed.find_public_calendar("network", slug),
        impressions=impressions.latest_impressions(network),
    )
