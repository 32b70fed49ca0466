"""The public agenda and event pages."""

from flask import abort, render_template, request

from app import clock
from app.courses import public_courses
from app.courses.models import Course
from app.events import agenda, capacity, course_meetings, last_time, programme
from app.events.agenda import AgendaFilter
from app.events.models import Event, EventFormat
from app.feeds import public_feed
from app.lessons.impressions import impressions
from app.materials import reading
from app.network import network_queries
from app.network.organisations import organisations
from app.themes import themes
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("events", __name__)


NARROWS = ("month", "network", "format", "region", "role", "theme")
"""What an address may say to narrow the agenda down."""


@public.get("/agenda", kept=NARROWS)
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


@public.get("/events/<slug>/programme", kept=())
def show_programme_sheet(slug: str) -> str:
    """The programme as it is printed."""
    event = visiting.find_visible_event(slug) or abort(404)
    return render_template("events/sheet.html", event=event, inside=False)


@public.get("/events/<slug>", kept=())
def show_event(slug: str) -> str:
    event = visiting.find_visible_event(slug) or abort(404)
    return render_template(
        "events/event.html",
        event=event,
        slots=programme.list_slots(event),
        series=event.series if event.series and visiting.may_visit_series(event.series) else None,
        course=_course_of(event),
        seats=capacity.outlook(event),
        last_time=last_time.agreed_before(event) if event.looks_back else [],
        shelf=reading.shelf_of(event, visiting.reader_of(event)),
        impression=impressions.published_impression_of(event) if event.over else None,
    )


def _course_of(event: Event) -> Course | None:
    """The course that it is a day of, when that has a page."""
    meeting = course_meetings.meeting_shown(event)
    return meeting.edition.course if meeting and public_courses.has_public_page(meeting.edition.course) else None
