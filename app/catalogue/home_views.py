"""The home of the site: what this is, for whom, what is soon, and what was learned lately."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.catalogue import catalogue
from app.events import agenda
from app.events import public_views as agenda_pages
from app.events.agenda import AgendaFilter
from app.lessons.impressions import impressions
from app.network import network_queries
from app.web.doors import PublicPages

public = PublicPages("home", __name__)
SOON, LEARNED = 6, 3
"""How much of what comes, and of what was learned, the home shows."""


@public.get("/", kept=agenda_pages.NARROWS)
def show_home() -> ResponseReturnValue:
    """The front; an address that narrows the agenda down shows the agenda, which stood here before."""
    if any(name in request.args for name in agenda_pages.NARROWS):
        return agenda_pages.show_agenda()
    doors = network_queries.list_doors()
    coming = [entry for entry in agenda.coming_entries(AgendaFilter()) if not entry.cancelled]
    return render_template(
        "catalogue/home.html",
        doors=doors,
        counts=catalogue.count_by_role(role.code for role in doors),
        soon=coming[:SOON],
        more=len(coming) > SOON,
        reports=impressions.latest_impressions_of_all(LEARNED),
        networks=network_queries.open_networks(),
    )
