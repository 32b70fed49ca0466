"""Seats for organisations: the organiser's page, and the contact person's by link."""

from datetime import timedelta

from flask import Blueprint, abort, flash, g, redirect, render_template, session, url_for
from flask_babel import gettext, ngettext

from app import clock
from app.accounts.rights import signed_in
from app.database import db
from app.events import capacity
from app.extensions import limiter
from app.network import organisations
from app.registration import allotments
from app.registration.allotments import NamingRefused
from app.registration.forms import NamingForm, SeatsForm
from app.registration.models import Allotment
from app.web import undo
from app.web.organise import changeable_event

blueprint = Blueprint("seats", __name__)


@blueprint.route("/organise/events/<slug>/seats", methods=["GET", "POST"])
@signed_in
def index(slug: str):
    event = changeable_event(slug)
    contacts = allotments.contacts()
    choices = [each for each in organisations.choices() if int(each.value) in contacts]
    last = min(event.closes_at, max(clock.now(), event.closes_at - timedelta(days=14)))
    proposal = {"seats": event.seats_per_organisation or 2, "until": clock.local(last, event.zone).date()}
    form = SeatsForm(event, choices, data=proposal)
    if event.open and form.validate_on_submit():
        until = clock.start_of_day(form.until.data + timedelta(days=1), event.zone)
        for number in form.organisations.data:
            allotments.offer(event, organisations.get(int(number)), form.seats.data, until, contacts[int(number)])
        db.session.commit()
        asked = len(form.organisations.data)
        flash(
            ngettext("%(num)s contactpersoon krijgt bericht.", "%(num)s contactpersonen krijgen bericht.", asked), "ok"
        )
        return redirect(url_for("seats.index", slug=slug), 303)
    return render_template(
        "registration/seats.html",
        event=event,
        form=form,
        allotments=allotments.of_event(event),
        named=allotments.named_of(event),
        ledger=capacity.ledger(event),
        contacts=contacts,
    ), 422 if form.errors else 200


@blueprint.post("/organise/events/<slug>/seats/<int:number>/<any(remind, withdraw):act>")
@signed_in
def change(slug: str, number: int, act: str):
    event = changeable_event(slug)
    allotment = db.session.get(Allotment, number)
    if allotment is None or allotment.event_id != event.id:
        abort(404)
    if act == "remind":
        allotments.tell(allotment)
        flash(gettext("De contactpersoon krijgt opnieuw bericht."), "ok")
    else:
        kept = {
            "slug": slug,
            "organisation": allotment.organisation_id,
            "seats": allotment.seats,
            "contact": allotment.contact_id,
            "until": allotment.until.isoformat(),
        }
        name = allotment.organisation.name
        allotments.withdraw(allotment)
        undo.offer("allotment", name, kept, url_for("seats.index", slug=slug))
    db.session.commit()
    return redirect(url_for("seats.index", slug=slug), 303)


@undo.restorer("allotment")
def _restore(kept: dict) -> None:
    allotments.restore(changeable_event(kept.pop("slug")), **kept)
    db.session.commit()


@blueprint.get("/seats/<token>")
@blueprint.get("/seats/mine")
def page(token: str | None = None):
    return _page(_allotment(token))


@blueprint.post("/seats/<token>")
@blueprint.post("/seats/mine")
@limiter.limit("30/hour")
def name_person(token: str | None = None):
    allotment, form = _allotment(token), NamingForm()
    if allotment is None or not form.validate():
        return _page(allotment, form)
    g.reader_language = _language(allotment)
    try:
        invitation = allotments.name_person(allotment, form.name.data, form.address.data)
    except NamingRefused as refused:
        db.session.rollback()
        form.reject("address", _refusal(refused.problem, form.name.data))
        return _page(_allotment(token), form)
    return _go_on(allotment, gettext("%(name)s krijgt een uitnodiging.", name=invitation.person.name))


@blueprint.post("/seats/<token>/<int:number>/take-back")
@blueprint.post("/seats/mine/<int:number>/take-back")
def take_back(number: int, token: str | None = None):
    allotment = _allotment(token)
    if allotment is None:
        return _page(None)
    g.reader_language = _language(allotment)
    invitation = next((each for each in allotments.named(allotment) if each.id == number), None) or abort(404)
    allotments.take_back(allotment, invitation)
    return _go_on(allotment, gettext("Je kunt nu iemand anders noemen."))


def _allotment(token: str | None) -> Allotment | None:
    return allotments.find(token) if token else allotments.load(*session.get("seats", (0, 0)))


def _page(allotment: Allotment | None, form: NamingForm | None = None):
    if allotment is None:
        return render_template("web/unknown_link.html"), 404
    g.reader_language = _language(allotment)
    named = allotments.named(allotment)
    return render_template(
        "registration/name.html",
        allotment=allotment,
        event=allotment.event,
        named=named,
        left=allotments.left(allotment, named),
        form=form or NamingForm(formdata=None),
    ), 422 if form else 200


def _language(allotment: Allotment) -> str:
    return allotment.contact.language if allotment.contact else "nl"


def _go_on(allotment: Allotment, message: str):
    """Save, and go on at an address without the token."""
    db.session.commit()
    session["seats"] = [allotment.id, allotment.token_version]
    flash(message, "ok")
    return redirect(url_for("seats.page"), 303)


def _refusal(problem: str, name: str) -> str:
    return {
        "full": gettext("Voor al jullie plekken is al iemand genoemd."),
        "known": gettext("%(name)s is al uitgenodigd of komt al.", name=name),
        "closed": gettext("De aanmelding is gesloten. Mail de organisator."),
    }[problem]
