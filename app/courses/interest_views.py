"""'Let me know of the next one': asked on the public page, confirmed and stopped by a mailed link, pressed on one's own page."""

from operator import attrgetter

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.courses import courses, interests, public_courses
from app.courses.forms import NextEditionForm
from app.courses.models import Course, CourseInterest
from app.database import db
from app.extensions import csrf
from app.invitations.models import Invitation
from app.network.models import Network
from app.network.people.models import Language
from app.registration import course_places
from app.web import languages, visiting
from app.web.acting import acting
from app.web.doors import OrganiserPages, PersonalPages, PublicPages
from app.web.personal import INVITATION, Link, head_alone

public = PublicPages("next_edition", __name__)
personal = PersonalPages("next_edition", __name__)
organisers = OrganiserPages("courses", __name__, url_prefix="/organise/networks/<slug>/courses")
_INTEREST = Link(interests.interest_of_link, language=attrgetter("language"))


@public.route("/courses/<slug>/next", methods=["GET", "POST"], limit="20/hour")
def ask_for_next(slug: str) -> ResponseReturnValue:
    """Leave an address; the answer is the same for every one."""
    course = public_courses.find_public_course(slug)
    if course is None or course.network.archived_at or not visiting.may_visit(course.network, f"/courses/{slug}"):
        abort(404)
    form = NextEditionForm()
    if form.validate_on_submit():
        with acting(form) as act:
            interests.ask(course, form.address.data, Language(languages.choose_language()))
        if not act.refused:
            return render_template("courses/next_asked.html", course=course, address=form.address.data)
    return render_template("courses/next.html", course=course, form=form), 422 if form.errors else 200


@personal.get("/next-edition/<token>", link=_INTEREST)
def show_interest(interest: CourseInterest) -> ResponseReturnValue:
    return head_alone() or _render(interest)


@personal.post("/next-edition/<token>", link=_INTEREST, one_click=True)
def answer_interest(interest: CourseInterest) -> ResponseReturnValue:
    """What says nothing stops it: so a mail program does, without cookie, CSRF token and redirect (RFC 8058)."""
    if request.form.get("confirm"):
        csrf.protect()
        with acting():
            interests.confirm(interest)
        return _render(interest)
    course = interest.course
    with acting():
        interests.stop(interest)
    return render_template("courses/next_stopped.html", course=course, **_public_page(course))


@personal.post("/i/<token>/next-edition", endpoint="press", link=INVITATION)
@personal.post("/my/<slug>/next-edition", link=INVITATION)
def press_own(invitation: Invitation) -> ResponseReturnValue:
    """Who comes by a personal link is known, and presses once."""
    place = course_places.find_place(invitation) or abort(404)
    course = place.meeting.edition.course
    with acting() as act:
        if request.form.get("next") == "no":
            interests.stop_for(course, invitation.person)
            act.say(gettext("Je krijgt geen bericht over de volgende uitvoering."))
        elif interests.hears_of_next(course, invitation.person) is not None:
            interests.press(course, invitation.person)
            act.say(gettext("Je krijgt één mail zodra er een nieuwe uitvoering is."))
    INVITATION.remember(invitation)
    return redirect(url_for("registration.show_own_invitation", slug=invitation.event.slug), 303)


@organisers.post("/<int:course_id>/audience", needs=Need.ORGANISE, subject=courses.find_course)
def make_audience(network: Network, course: Course) -> ResponseReturnValue:
    """An audience of who waits to hear of it; it empties itself as they are told."""
    made = interests.ensure_audience(course)
    db.session.commit()
    return redirect(url_for("audiences.edit_audience", slug=network.slug, audience_id=made.id), 303)


def _render(interest: CourseInterest) -> str:
    return render_template(
        "courses/interest.html", interest=interest, course=interest.course, **_public_page(interest.course)
    )


def _public_page(course: Course) -> dict[str, bool]:
    return {"has_page": public_courses.has_public_page(course)}
