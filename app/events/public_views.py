"""The public agenda and event pages."""

from flask import abort, render_template, request

from app import clock
from app.events import agenda, capacity, last_time, queries
from app.events.agenda import Sought
from app.events.models import EventFormat
from app.feeds import public_feed
from app.lessons import impressions
from app.network import organisations
from app.network import queries as networks
from app.web.doors import PublicPages

public = PublicPages("events", __name__)


@public.get("/", endpoint="agenda")
def agenda_page():
    """What is coming as a list; with `month=2026-12` that month."""
    regions, wanted = organisations.regions(), request.args.get("month", "")
    sought = _sought(regions)
    first = agenda.read_month(wanted) or clock.today().replace(day=1)
    return render_template(
        "events/agenda.html",
        sought=sought,
        entries=[] if wanted else agenda.coming(sought),
        month=agenda.month(sought, first) if wanted else None,
        today=clock.today(),
        networks=networks.all_networks(),
        regions=regions,
        roles=networks.roles(),
        formats=list(EventFormat),
        feed=public_feed.nearest(sought),
    )


def _sought(regions: list[str]) -> Sought:
    """What the address narrows the agenda down to; what is not known narrows nothing."""
    asked = request.args.get
    by_key = {public_feed.slug(region): region for region in regions}
    return Sought(
        network=networks.by_slug(asked("network", "")) if asked("network") else None,
        format=EventFormat(format_) if (format_ := asked("format", "")) in list(EventFormat) else None,
        region=by_key.get(asked("region", ""), ""),
        role=role.code if (role := networks.role(asked("role"))) else "",
    )


@public.get("/events/<slug>")
def page(slug: str):
    event = queries.public_event(slug) or abort(404)
    return render_template(
        "events/event.html",
        event=event,
        seats=capacity.outlook(event),
        last_time=last_time.agreed_before(event) if event.looks_back else [],
        impression=impressions.published_of(event) if event.over else None,
    )
