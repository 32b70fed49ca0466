"""The public pages of a session."""

from flask import abort, render_template

from app.courses import public_courses
from app.courses.models import Course
from app.events import capacity, course_meetings, last_time, programme
from app.events.models import Event
from app.lessons.impressions import impressions
from app.materials import reading
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("events", __name__)


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
