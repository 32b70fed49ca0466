"""Planning events: create, change, copy, publish, cancel; programme and questions."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock, wording
from app.accounts import rights
from app.accounts.rights import Need
from app.accounts.shared_changes import put_back
from app.database import db
from app.events import (
    capacity,
    course_meetings,
    date_clashes,
    event_queries,
    event_questions,
    event_series,
    place_use,
    planning,
)
from app.events.course_meetings import PartOfCourse
from app.events.date_clashes import Clash
from app.events.forms import CancelForm, CopyForm, EventForm, propose_details
from app.events.models import Event, Preset, Question, QuestionKind
from app.events.part_forms import QuestionForm
from app.events.planning import Notice
from app.invitations import invitation_queries
from app.lessons.impressions import library
from app.lessons.insights import commitment_queries
from app.network.models import Network
from app.outbox.kinds import MessageKind
from app.places import places
from app.registration import change_notices
from app.registration.change_notices import Concerned
from app.web import asking_first, seen_parts, undo
from app.web.acting import acting
from app.web.day_warnings import warn_of_days, warn_of_room
from app.web.doors import OrganiserPages, row_of
from app.web.forms import Form
from app.web.versions import Difference

organisers = OrganiserPages("planning", __name__, url_prefix="/organise")
_QUESTION = row_of(Question)


@organisers.route("/networks/<slug>/events/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def create_event(network: Network) -> ResponseReturnValue:
    form = EventForm(data=propose_details(network, event_queries.last_made_event(network)))
    if not _only_looking() and form.validate_on_submit():
        with acting(form) as act:
            event = planning.create_event(network, form.details())
            event_series.put_in_series(event, form.series.data or "", **form.of_series())
            event.questions = event_questions.make_preset_questions() if event.on_site else []
            place_use.remember_place_of(event)
            act.say(gettext("De sessie is een concept. Vul het programma aan en publiceer haar als alles klopt."))
        if not act.refused:
            warn_of_days((event.starts_at, event.ends_at), zone=event.zone)
            warn_of_room(event)
            onward = "path.choose_who" if "onward" in request.form else "cockpit.show_cockpit"
            return redirect(url_for(onward, slug=event.slug), 303)
    return render_template(
        "events/form.html",
        form=form,
        network=network,
        event=None,
        last=event_queries.last_made_event(network),
        series=event_series.series_of_network(network),
        places=places.list_places(),
        clashes=_clashes_of_form(network, form),
        **_from_before(network),
    ), 422 if form.errors else 200


@organisers.route("/events/<slug>/edit", methods=["GET", "POST"], needs=Need.ORGANISE)
def edit_event(event: Event) -> ResponseReturnValue:
    form = EventForm(event, capacity.outlook(event), capacity.most_of_one(event)).of(event)
    if not _only_looking() and form.validate_on_submit():
        differences = form.version.differences() if form.version else []
        telling = planning.has_to_be_told(event, form.details())
        concerned = change_notices.count_concerned(event) if telling else Concerned(0, 0)
        let_in = change_notices.count_let_in(event, form.details())
        notice = asking_first.decided() if concerned.total or let_in else Notice()
        if notice is None and form.version:
            return asking_first.ask(event, differences, concerned, let_in)
        notice, before, room_before = notice or Notice(), (event.starts_at, event.ends_at), place_use.room_of(event)
        with acting(form) as act:
            planning.change_event(event, form.details(), notice)
            event_series.put_in_series(event, form.series.data or "", **form.of_series())
            if room_before != place_use.room_of(event):
                place_use.remember_place_of(event)
            act.say(asking_first.say_saved(notice, concerned.total, let_in))
            if form.closing_moved:
                until = wording.format_until(event.closes_at, event.zone)
                act.say(gettext("Aanmelden kan nu tot %(moment)s.", moment=until))
        if not act.refused:
            if before != (event.starts_at, event.ends_at):
                warn_of_days((event.starts_at, event.ends_at), zone=event.zone)
            if room_before != place_use.room_of(event):
                warn_of_room(event)
            return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)
    return render_template(
        "events/form.html",
        form=form,
        network=event.network,
        event=event,
        told=invitation_queries.count_told(event),
        series=event_series.series_of_network(event.network),
        own_series=event.series if event.series and event_series.has_public_page(event.series) else None,
        places=places.list_places(),
        clashes=_clashes_of_form(event.network, form, event),
        **_from_before(event.network, event),
    ), 422 if form.errors else 200


def _only_looking() -> bool:
    """Whether the button was pressed that shows what else there is on the chosen day, and saves nothing."""
    return request.method == "POST" and "look" in request.form


def _clashes_of_form(network: Network, form: EventForm, event: Event | None = None) -> list[Clash] | None:
    """What else there is on the days in the form; None when no day was chosen."""
    first = form.day.data
    if first is None:
        return None
    if _only_looking():
        form.look_up_place()
    return date_clashes.find_clashes(network, first, max(first, form.last_day.data or first), event, form.wish())


def _from_before(network: Network, event: Event | None = None) -> dict[str, Any]:
    """What earlier sessions left open and what keeps coming back, to plan with."""
    return {
        "still_open": commitment_queries.open_commitments_in(network, rights.current_viewer(), before=event),
        "repeated": library.repeated_insights(network),
    }


@organisers.route("/events/<slug>/copy", methods=["GET", "POST"], needs=Need.ORGANISE)
def copy_event(event: Event) -> ResponseReturnValue:
    if elsewhere := _at_its_course(event):
        return elsewhere
    form = CopyForm(event)
    if form.validate_on_submit() and (starts_at := form.starts_at(event)):
        with acting(form) as act:
            twin = planning.copy_event(event, starts_at, form.title.data or "")
            act.say(gettext("De kopie is een concept. Er gaat niets uit tot je akkoord geeft."))
        if not act.refused:
            warn_of_days((twin.starts_at, twin.ends_at), zone=twin.zone)
            warn_of_room(twin)
            return redirect(url_for("path.choose_who", slug=twin.slug), 303)
    return render_template("events/copy.html", form=form, event=event), 422 if form.errors else 200


@organisers.post("/events/<slug>/publish", needs=Need.ORGANISE, seen=seen_parts.parts_of_event)
def publish_event(event: Event) -> ResponseReturnValue:
    if elsewhere := _at_its_course(event):
        return elsewhere
    if event.starts_at <= clock.now():
        flash(gettext("Deze sessie is al begonnen. Kies eerst een nieuwe datum."), "error")
        return redirect(url_for("planning.edit_event", slug=event.slug), 303)
    revived = event.cancelled
    notice = asking_first.decided_about(event) if revived else Notice()
    if notice is None:
        return asking_first.ask(
            event, [Difference(gettext("Sessie"), gettext("geannuleerd"), gettext("gaat toch door"))]
        )
    with acting() as act:
        planning.publish_event(event, notice)
        act.say(
            (
                gettext("De sessie gaat toch door. Wie was uitgenodigd, krijgt bericht.")
                if notice.send
                else gettext("De sessie gaat toch door. Niemand krijgt hierover een mail.")
            )
            if revived
            else gettext("De sessie is gepubliceerd. Plan nu de uitnodigingen.")
        )
    if revived and not act.refused:
        warn_of_room(event)
    return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)


@organisers.post("/events/<slug>/withdraw", needs=Need.ORGANISE, seen=seen_parts.parts_of_event)
def withdraw_event(event: Event) -> ResponseReturnValue:
    if elsewhere := _at_its_course(event):
        return elsewhere
    if invitation_queries.count_invited(event):
        flash(gettext("Er zijn al mensen uitgenodigd. Annuleer de sessie, dan krijgen zij bericht."), "error")
    else:
        planning.withdraw_event(event)
        db.session.commit()
        flash(gettext("De sessie is weer een concept."), "ok")
    return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)


@organisers.route(
    "/events/<slug>/cancel", methods=["GET", "POST"], needs=Need.ORGANISE, seen=seen_parts.parts_of_cancelling
)
def cancel_event(event: Event) -> ResponseReturnValue:
    if elsewhere := _at_its_course(event):
        return elsewhere
    form = CancelForm()
    told = invitation_queries.count_told(event)
    if not event.published or event.over:
        abort(404)
    if form.validate_on_submit():
        silent = request.form.get("notice") == "silent"
        planning.cancel_event(event, form.reason.data or "", Notice(not silent, hold=change_notices.HOLD))
        db.session.commit()
        mailed = ngettext(
            "De sessie is geannuleerd. %(num)d persoon krijgt bericht.",
            "De sessie is geannuleerd. %(num)d mensen krijgen bericht.",
            told,
        )
        flash(gettext("De sessie is geannuleerd. Niemand krijgt hierover een mail.") if silent else mailed, "ok")
        return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)
    concerned = change_notices.count_concerned(event, MessageKind.EVENT_CANCELLED)
    return render_template(
        "events/cancel.html", form=form, event=event, told=told, concerned=concerned
    ), 422 if form.errors else 200


@organisers.route("/events/<slug>/delete", methods=["GET", "POST"], needs=Need.ORGANISE, seen=seen_parts.parts_of_draft)
def delete_draft(event: Event) -> ResponseReturnValue:
    if elsewhere := _at_its_course(event):
        return elsewhere
    network, title = event.network, event.title
    if Form().validate_on_submit():
        with acting() as act:
            planning.delete_drafts([event])
            act.say(gettext("‘%(what)s’ is verwijderd.", what=title))
        if act.refused:
            return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)
        return redirect(url_for("network.show_network", slug=network.slug), 303)
    return render_template("events/delete.html", event=event)


def _at_its_course(event: Event) -> ResponseReturnValue | None:
    """What a meeting of a course is not asked by itself is done at its edition; None for any other session."""
    meeting = course_meetings.find_meeting(event)
    if meeting is None:
        return None
    flash(str(PartOfCourse.says), PartOfCourse.tone)
    return redirect(url_for("courses.show_edition", slug=event.network.slug, edition_id=meeting.edition_id), 303)


@organisers.get("/events/<slug>/questions", needs=Need.ORGANISE)
def list_questions(event: Event) -> str:
    missing = [preset for preset in Preset if all(question.preset != preset for question in event.questions)]
    return render_template("events/questions.html", event=event, missing=missing)


@organisers.post("/events/<slug>/questions/preset", needs=Need.ORGANISE)
def add_preset_question(event: Event) -> ResponseReturnValue:
    if request.form.get("preset") in list(Preset):
        event_questions.add_preset_question(event, Preset(request.form["preset"]))
        db.session.commit()
    return redirect(url_for("planning.list_questions", slug=event.slug), 303)


@organisers.route("/events/<slug>/questions/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_QUESTION)
@organisers.route(
    "/events/<slug>/questions/<int:question_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_QUESTION
)
def edit_question(event: Event, row: Question | None) -> ResponseReturnValue:
    form = QuestionForm(data=_question_values(row) | {"choices": "\n".join(row.choices)} if row else None).of(row)
    if form.validate_on_submit():
        values = {
            "kind": QuestionKind(form.kind.data),
            "label": form.label.data,
            "reason": form.reason.data,
            "choices": form.choice_list() if form.kind.data == QuestionKind.CHOICE else [],
            "required": form.required.data,
            "only_on_site": form.only_on_site.data,
        }
        if row:
            for name, value in values.items():
                setattr(row, name, value)
        else:
            row = event_questions.add_question(event, **values)
        db.session.commit()
        if event_questions.asks_special(row):
            flash(gettext("Opgeslagen. Lees wel wat er bij de vraag staat."), "ok")
            return redirect(url_for("planning.edit_question", slug=event.slug, question_id=row.id), 303)
        return redirect(url_for("planning.list_questions", slug=event.slug), 303)
    return render_template(
        "events/question.html",
        form=form,
        event=event,
        question=row,
        special=not (row and row.preset)
        and event_questions.looks_special(form.label.data or "", form.choices.data or ""),
    ), 422 if form.errors else 200


@organisers.post("/events/<slug>/questions/<int:question_id>/remove", needs=Need.ORGANISE, subject=_QUESTION)
def remove_question(event: Event, row: Question) -> ResponseReturnValue:
    answered = event_questions.count_event_answers(row)
    if answered:
        flash(
            ngettext(
                "%(num)d persoon heeft deze vraag al beantwoord. Daarom blijft zij staan.",
                "%(num)d mensen hebben deze vraag al beantwoord. Daarom blijft zij staan.",
                answered,
            ),
            "warning",
        )
        return redirect(url_for("planning.list_questions", slug=event.slug), 303)
    kept = {"id": row.id, "preset": row.preset, "place": row.place, **_question_values(row)}
    db.session.delete(row)
    db.session.commit()
    undo.offer_undo("question", row.label, kept, url_for("planning.list_questions", slug=event.slug), place=event)
    return redirect(url_for("planning.list_questions", slug=event.slug), 303)


@undo.restorer("question", needs=Need.ORGANISE)
def _restore_question(event: Event, kept: dict[str, Any]) -> None:
    kept["kind"], kept["preset"] = QuestionKind(kept["kind"]), kept["preset"] and Preset(kept["preset"])
    put_back(Question(event_id=event.id, **kept))


def _question_values(row: Question) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("kind", "label", "reason", "choices", "required", "only_on_site")}
