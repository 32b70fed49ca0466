"""What everybody may read of themes: the list, and a page of each with all that is about it."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.agendas import agendas, koppels
from app.events import agenda, event_queries
from app.events.agenda import AgendaFilter
from app.lessons.impressions import impressions, library
from app.lessons.impressions.library import LibraryFilter
from app.lessons.insights import commitment_queries
from app.network import network_queries
from app.network.vocabulary import theme_uses
from app.themes import themes
from app.web.doors import PublicPages

public = PublicPages("theme", __name__)
INSIGHTS = 5
"""How many stand on the page of a theme; the library has the rest."""


@public.get("/themes", kept=())
def list_public_themes() -> str:
    """Those that go on, and those that have ended; words that nobody settled may be of a network that is not listed."""
    listed = [theme for theme in themes.list_themes() if not theme.unsettled]
    return render_template(
        "themes/index.html",
        current=[theme for theme in listed if not themes.has_ended(theme)],
        ended=[theme for theme in listed if themes.has_ended(theme)],
    )


@public.get("/themes/<slug>", kept=())
def show_theme(slug: str) -> ResponseReturnValue:
    """All about a theme; one of words that nobody settled has no page, nor a place in the list."""
    theme = themes.find_theme(slug)
    if theme is None:
        kept = theme_uses.find_theme_of_old_address(slug) or abort(404)
        return redirect(url_for("theme.show_theme", slug=kept.slug), 302)
    if theme.unsettled:
        abort(404)
    on_agendas = agendas.published_places_of(theme)
    executives = {each.id: koppels.executives_on(each) for each in on_agendas}
    return render_template(
        "themes/theme.html",
        theme=theme,
        on_agendas=on_agendas,
        executives=executives,
        unnamed=koppels.unnamed_people(place.holder for places in executives.values() for place in places),
        ended=themes.has_ended(theme),
        before=themes.list_predecessors(theme),
        networks=network_queries.listed_networks_about(theme),
        coming=agenda.coming_entries(AgendaFilter(theme=theme)),
        past=event_queries.past_events_about(theme),
        impressions=impressions.latest_impressions_about(theme),
        insights=library.search_library(LibraryFilter(theme=slug)).insights[:INSIGHTS],
        commitments=commitment_queries.public_commitments_about(theme),
    )
