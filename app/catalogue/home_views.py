"""The home of the site: what this is, for whom, what is soon, and what was learned lately; and the whole agenda."""

from flask import render_template, request

from app import clock
from app.catalogue import catalogue
from app.events import agenda
from app.events.agenda import AgendaFilter
from app.events.models import EventFormat
from app.feeds import public_feed
from app.lessons.impressions import impressions
from app.network import network_queries
from app.network.organisations import organisations
from app.themes import themes
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("home", __name__)
SOON, LEARNED = 6, 3
"""How much of what comes, and of what was learned, the home shows."""
_NARROWS = ("month", "network", "format", "region", "role", "theme")
"""What an address may say to narrow the agenda down."""


@public.get("/", kept=_NARROWS)
def show_home() -> str:
    """The front; an address that narrows the agenda down shows the agenda, which stood here before."""
    if any(name in request.args for name in _NARROWS):
        return show_agenda()
    doors = network_queries.list_doors()
    coming = agenda.next_entries(SOON + 1)
    return render_template(
        "catalogue/home.html",
        doors=doors,
        counts=catalogue.count_by_role(role.code for role in doors),
        soon=coming[:SOON],
        more=len(coming) > SOON,
        reports=impressions.latest_impressions_of_all(LEARNED),
        networks=network_queries.open_networks(),
    )


@public.get("/agenda", kept=_NARROWS)
def show_agenda() -> str:
    """What is coming as a list; with `month=2026-12` that month."""
    regions, wanted = organisations.list_regions(), request.args.get("month", "")
    sought = _sought(regions)
    first = agenda.read_month(wanted) or clock.today().replace(day=1)
    return render_template(
        "events/agenda.html",
        sought=sought,
        entries=[] if wanted else agenda.coming_entries(sought),
        month=agenda.month_of_entries(sought, first) if wanted else None,
        today=clock.today(),
        networks=network_queries.listed_networks(),
        regions=regions,
        roles=network_queries.list_roles(),
        formats=list(EventFormat),
        themes=[theme for theme in themes.list_choosable() if not theme.unsettled],
        feed=public_feed.nearest_public_calendar(sought),
    )


def _sought(regions: list[str]) -> AgendaFilter:
    """What the address narrows the agenda down to; what is not known narrows nothing."""
    asked = request.args.get
    by_key = {public_feed.region_slug(region): region for region in regions}
    return AgendaFilter(
        network=visiting.find_visible_network(asked("network", "")) if asked("network") else None,
        format=EventFormat(format_) if (format_ := asked("format", "")) in list(EventFormat) else None,
        region=by_key.get(asked("region", ""), ""),
        role=role.code if (role := network_queries.find_role(asked("role"))) else "",
        theme=themes.find_theme(asked("theme", "")) if asked("theme") else None,
    )
