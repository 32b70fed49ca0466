"""Organisers plan courses: what they are, and their editions with their meetings."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.accounts.shared_changes import put_back
from app.courses import courses, editions, enrolled_people, interests, meetings, public_courses
from app.courses.forms import CancelEditionForm, CopyEditionForm, CourseForm, EditionForm, MeetingForm, PlanForm
from app.courses.models import Course, CourseEdition, CourseMeeting, EditionState
from app.database import db, only_reading
from app.events.planning import Notice
from app.network.models import Network
from app.places import places
from app.registration import change_notices
from app.sheets import TableKind
from app.web import undo
from app.web.acting import acting
from app.web.day_warnings import warn_of_days, warn_of_room
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table
from app.web.forms import Form
from app.web.seen import Part, Parts

organisers = OrganiserPages("courses", __name__, url_prefix="/organise/networks/<slug>/courses")
_EDITION = "/editions/<int:edition_id>"
_MEETING = f"{_EDITION}/meetings/<int:meeting_id>"


@organisers.get("", needs=Need.READ)
def list_courses(network: Network) -> str:
    return render_template("courses/courses.html", network=network, courses=courses.list_courses(network))


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def create_course(network: Network) -> ResponseReturnValue:
    form = CourseForm()
    if form.validate_on_submit():
        with acting(form) as act:
            course = courses.create_course(network, form.details())
            act.say(gettext("De leergang staat er. Plan nu de eerste uitvoering."))
        if not act.refused:
            return redirect(url_for("courses.plan_edition", slug=network.slug, course_id=course.id), 303)
    return _render_course_form(form, network, None)


@organisers.get("/<int:course_id>", needs=Need.READ, subject=courses.find_course, shows=Shows.PEOPLE)
def show_course(network: Network, course: Course) -> str:
    return render_template(
        "courses/course.html",
        network=network,
        course=course,
        number=interests.count_interested(course),
        interested=interests.list_interested(course, rights.current_viewer()),
    )


@organisers.route("/<int:course_id>/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=courses.find_course)
def edit_course(network: Network, course: Course) -> ResponseReturnValue:
    form = CourseForm(course).of(course)
    if form.validate_on_submit():
        with acting(form) as act:
            courses.change_course(course, form.details())
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(_to_course(course), 303)
    return _render_course_form(form, network, course)


@organisers.post("/<int:course_id>/remove", needs=Need.ORGANISE, subject=courses.find_course)
def remove_course(network: Network, course: Course) -> ResponseReturnValue:
    title, back = course.title, url_for("courses.list_courses", slug=network.slug)
    with acting() as act:
        kept = courses.remove_course(course)
    if act.refused:
        return redirect(_to_course(course), 303)
    undo.offer_undo("course", title, kept, back, place=network)
    return redirect(back, 303)


@undo.restorer("course", needs=Need.ORGANISE)
def _restore_course(network: Network, kept: dict[str, Any]) -> None:
    put_back(courses.restore_course(network, kept))


@organisers.route(
    "/<int:course_id>/editions/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=courses.find_course
)
def plan_edition(network: Network, course: Course) -> ResponseReturnValue:
    form = PlanForm()
    if request.method == "POST" and ("more" in request.form or form.pasted.data):
        if form.fill_pasted():
            flash(gettext("De geplakte dagen staan in de regels. Kijk ze na, en bewaar ze dan."), "ok")
    elif form.validate_on_submit():
        with acting(form) as act:
            edition = editions.plan_edition(course, form.details(), form.wanted)
            act.say(gettext("De uitvoering is een concept. Kijk de dagen na, en publiceer haar als alles klopt."))
        if not act.refused:
            _warn_of(edition)
            return redirect(_to_edition(edition), 303)
    return render_template(
        "courses/plan.html", network=network, course=course, form=form, places=places.list_places()
    ), 422 if form.errors else 200


@organisers.get(_EDITION, needs=Need.READ, subject=editions.find_edition, shows=Shows.PEOPLE)
def show_edition(network: Network, edition: CourseEdition) -> str:
    viewer = rights.current_viewer()
    may_see = enrolled_people.may_see(edition, viewer)
    return render_template(
        "courses/edition.html",
        network=network,
        edition=edition,
        course=edition.course,
        has_page=public_courses.has_public_page(edition.course),
        first=edition.meetings_held[0],
        counts=editions.count_enrolled(edition) if may_see else None,
        lines=enrolled_people.list_enrolled(edition, viewer),
        out_of_order=meetings.find_out_of_order(edition),
        concerns_people=editions.concerns_people(edition),
        can_go_on=editions.days_that_can_go_on(edition),
        interested=interests.count_interested(edition.course),
    )


@organisers.post(f"{_EDITION}/people.{TABLE}", needs=Need.READ, subject=editions.find_edition, shows=Shows.COPY)
def export_enrolled(network: Network, edition: CourseEdition, ending: str) -> Response:
    viewer = rights.current_viewer()
    with only_reading():
        lines = enrolled_people.list_enrolled(edition, viewer)
        content = enrolled_people.write_enrolled_sheet(TableKind(ending), edition, lines)
    return send_table(content, ending, f"{edition.course.slug}-deelnemers")


@organisers.route(f"{_EDITION}/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=editions.find_edition)
def edit_edition(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    form = EditionForm(edition).of(edition)
    if form.validate_on_submit():
        with acting(form) as act:
            editions.change_edition(edition, form.details(), Notice(hold=change_notices.HOLD))
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(_to_edition(edition), 303)
    return render_template("courses/edition_form.html", network=network, edition=edition, form=form), (
        422 if form.errors else 200
    )


@organisers.route(f"{_EDITION}/copy", methods=["GET", "POST"], needs=Need.ORGANISE, subject=editions.find_edition)
def copy_edition(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    form = CopyEditionForm(edition)
    if form.validate_on_submit():
        with acting(form) as act:
            twin = editions.copy_edition(edition, form.title.data, form.starts)
            act.say(gettext("De kopie is een concept. Er gaat niets uit tot je akkoord geeft."))
        if not act.refused:
            _warn_of(twin)
            return redirect(_to_edition(twin), 303)
    return render_template("courses/copy.html", network=network, edition=edition, form=form), (
        422 if form.errors else 200
    )


def _parts_of_edition(network: Network, edition: CourseEdition) -> Parts:
    """What everybody will see, or nobody any more, and how many it concerns."""
    days = [(each.id, each.event.starts_at, each.dropped_at, each.event.state) for each in edition.meetings]
    return {
        Part.STATE: edition.state,
        Part.DAYS: [(each[0], str(each[1]), str(each[2]), str(each[3])) for each in days],
        Part.NUMBER: sorted((str(state), number) for state, number in editions.count_enrolled(edition).items()),
    }


@organisers.post(f"{_EDITION}/publish", needs=Need.ORGANISE, subject=editions.find_edition, seen=_parts_of_edition)
def publish_edition(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    with acting() as act:
        editions.publish_edition(edition)
        act.say(gettext("Alle bijeenkomsten zijn gepubliceerd. Plan nu de uitnodigingen, bij de eerste."))
    return redirect(_to_edition(edition), 303)


@organisers.post(f"{_EDITION}/withdraw", needs=Need.ORGANISE, subject=editions.find_edition, seen=_parts_of_edition)
def withdraw_edition(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    with acting() as act:
        editions.withdraw_edition(edition)
        act.say(gettext("De uitvoering is weer een concept."))
    return redirect(_to_edition(edition), 303)


@organisers.route(
    f"{_EDITION}/cancel",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=editions.find_edition,
    seen=_parts_of_edition,
)
def cancel_edition(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    form = CancelEditionForm()
    if edition.state != EditionState.PUBLISHED or edition.meetings_held[-1].event.over:
        abort(404)
    if form.validate_on_submit():
        silent = request.form.get("notice") == "silent"
        with acting(form) as act:
            notice = Notice(not silent, hold=change_notices.HOLD)
            editions.cancel_edition(edition, form.reason.data or "", notice)
            act.say(
                gettext("De uitvoering is geannuleerd. Niemand krijgt hierover een mail.")
                if silent
                else gettext("De uitvoering is geannuleerd. Wie het aangaat, krijgt één bericht.")
            )
        if not act.refused:
            return redirect(_to_edition(edition), 303)
    return render_template("courses/cancel.html", network=network, edition=edition, form=form), (
        422 if form.errors else 200
    )


@organisers.route(
    f"{_EDITION}/revive",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=editions.find_edition,
    seen=_parts_of_edition,
)
def revive_edition(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    """Let a cancelled edition go on, with a mail or, where nobody was told that it was off, without."""
    days = editions.days_that_can_go_on(edition)
    if not days:
        abort(404)
    if Form().validate_on_submit():
        silent = request.form.get("notice") == "silent"
        with acting() as act:
            editions.revive_edition(edition, Notice(not silent, hold=change_notices.HOLD))
            act.say(
                gettext("De uitvoering gaat toch door. Niemand krijgt hierover een mail.")
                if silent
                else gettext("De uitvoering gaat toch door. Wie het aangaat, krijgt één bericht.")
            )
        return redirect(_to_edition(edition), 303)
    return render_template(
        "courses/revive.html",
        network=network,
        edition=edition,
        days=days,
        counts=editions.count_enrolled(edition),
    )


@organisers.route(
    f"{_EDITION}/delete",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=editions.find_edition,
    seen=_parts_of_edition,
)
def delete_edition(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    course, title = edition.course, edition.title
    if edition.state != EditionState.DRAFT:
        abort(404)
    if Form().validate_on_submit():
        with acting() as act:
            editions.delete_edition(edition)
            act.say(gettext("‘%(what)s’ is verwijderd.", what=title))
        return redirect(_to_edition(edition) if act.refused else _to_course(course), 303)
    return render_template("courses/delete.html", network=network, edition=edition)


@organisers.route(
    f"{_EDITION}/meetings/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=editions.find_edition
)
def add_meeting(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    form = MeetingForm()
    if form.validate_on_submit() and form.wanted:
        with acting(form) as act:
            unseated = meetings.add_meeting(edition, form.wanted, Notice(hold=change_notices.HOLD))
            act.say(gettext("De bijeenkomst staat erbij."))
            _say_unseated(act, len(unseated))
        if not act.refused:
            added = edition.meetings[-1].event
            warn_of_days((added.starts_at, added.ends_at), zone=added.zone)
            warn_of_room(added)
            return redirect(_to_edition(edition), 303)
    return render_template(
        "courses/meeting.html", network=network, edition=edition, form=form, places=places.list_places()
    ), 422 if form.errors else 200


@organisers.post(f"{_MEETING}/drop", needs=Need.ORGANISE, subject=editions.find_meeting)
def drop_meeting(network: Network, meeting: CourseMeeting) -> ResponseReturnValue:
    edition, title, meeting_id = meeting.edition, meeting.event.title, meeting.id
    with acting() as act:
        meetings.drop_meeting(meeting, Notice(hold=change_notices.HOLD))
    if not act.refused:
        kept = {"edition": edition.id, "meeting": meeting_id, "stand": meetings.stand_of(meeting)}
        said = (
            gettext("‘%(what)s’ vervalt. Wie zou komen, krijgt over een minuut bericht.", what=title)
            if edition.state == EditionState.PUBLISHED
            else gettext("‘%(what)s’ vervalt.", what=title)
        )
        undo.offer_undo("dropped_meeting", title, kept, _to_edition(edition), said, place=network)
    return redirect(_to_edition(edition), 303)


@undo.restorer("dropped_meeting", needs=Need.ORGANISE)
def _undo_drop(network: Network, kept: dict[str, Any]) -> None:
    meeting = editions.find_meeting(network, kept["edition"], kept["meeting"]) or abort(404)
    meetings.take_back_meeting(meeting, dropped=kept.get("stand"))
    db.session.commit()


@organisers.post(f"{_MEETING}/take-back", needs=Need.ORGANISE, subject=editions.find_meeting)
def take_back_meeting(network: Network, meeting: CourseMeeting) -> ResponseReturnValue:
    edition = meeting.edition
    with acting() as act:
        unseated = meetings.take_back_meeting(meeting, Notice(hold=change_notices.HOLD))
        act.say(gettext("De bijeenkomst gaat toch door."))
        _say_unseated(act, len(unseated))
    return redirect(_to_edition(edition), 303)


@organisers.post(f"{_MEETING}/obligatory", needs=Need.ORGANISE, subject=editions.find_meeting)
def set_obligatory(network: Network, meeting: CourseMeeting) -> ResponseReturnValue:
    """Whether somebody must have been at this day for the certificate."""
    with acting() as act:
        meeting.obligatory = request.form.get("obligatory") == "yes"
        act.say(
            gettext("Deze bijeenkomst is verplicht voor het certificaat.")
            if meeting.obligatory
            else gettext("Deze bijeenkomst is niet verplicht voor het certificaat.")
        )
    return redirect(_to_edition(meeting.edition), 303)


def _render_course_form(form: CourseForm, network: Network, course: Course | None) -> ResponseReturnValue:
    return render_template("courses/course_form.html", network=network, course=course, form=form), (
        422 if form.errors else 200
    )


def _warn_of(edition: CourseEdition) -> None:
    events = [meeting.event for meeting in edition.meetings_held]
    warn_of_days(*((event.starts_at, event.ends_at) for event in events))
    for event in events:
        warn_of_room(event)


def _say_unseated(act: Any, number: int) -> None:
    if number:
        said = ngettext(
            "Voor %(num)s deelnemer is er die dag geen plek.",
            "Voor %(num)s deelnemers is er die dag geen plek.",
            number,
        )
        act.say(said, "warning")


def _to_course(course: Course) -> str:
    return url_for("courses.show_course", slug=course.network.slug, course_id=course.id)


def _to_edition(edition: CourseEdition) -> str:
    return url_for("courses.show_edition", slug=edition.course.network.slug, edition_id=edition.id)
