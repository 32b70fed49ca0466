"""The public page of a course: what one learns, when it is held, and how to enrol."""

from flask import abort, render_template

from app.courses import public_courses
from app.lessons.impressions import impressions
from app.materials import reading
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("public_courses", __name__)


@public.get("/courses/<slug>", kept=())
def show_public_course(slug: str) -> str:
    course = public_courses.find_public_course(slug)
    if course is None or not visiting.may_visit(course.network, f"/courses/{slug}"):
        abort(404)
    editions = public_courses.list_editions(course)
    past = [each for each in editions if each.over and not each.cancelled]
    return render_template(
        "courses/public.html",
        course=course,
        network=course.network,
        coming=[each for each in reversed(editions) if not each.over],
        past=past,
        shelves={each.edition.id: reading.shelf_of(each.first) for each in editions if not each.cancelled},
        number=len(editions[0].events) if editions else 0,
        minutes=editions[0].minutes if editions else 0,
        impressions=impressions.published_impressions_of_events([event for each in past for event in each.events]),
    )
