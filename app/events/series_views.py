"""The public page of a series: all its sessions, what they came to, its reports and its calendar."""

from flask import abort, render_template

from app.events import agenda, event_queries
from app.events.agenda import AgendaFilter
from app.feeds import public_feed
from app.lessons.impressions import impressions
from app.reports import series_totals
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("series", __name__)


@public.get("/series/<slug>", kept=())
def show_public_series(slug: str) -> str:
    series = visiting.find_visible_series(slug) or abort(404)
    past = event_queries.past_events_of_series(series)
    return render_template(
        "events/series.html",
        series=series,
        coming=agenda.coming_entries(AgendaFilter(series.network, series=series)),
        past=past,
        figures=series_totals.count_series_totals(past),
        impressions=impressions.published_impressions_of_series(series),
        feed=public_feed.find_public_calendar("series", slug),
    )
