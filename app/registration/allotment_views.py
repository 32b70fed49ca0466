"""Seats for organisations: the organiser's page, and the contact person's by link."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock
from app.accounts.rights import Need
from app.database import db
from app.events import capacity
from app.events.models import Event
from app.network.organisations import organisations
from app.registration import allotments
from app.registration.forms import NamingForm, SeatsForm
from app.registration.models import Allotment
from app.web import seen_parts, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages, PersonalPages, row_of
from app.web.personal import Link

_SEATS = Link(
    allotments.allotment_of_link,
    allotments.load_allotment,
    "seats",
    language=lambda allotment: allotment.contact.language if allotment.contact else "nl",
)
organisers = OrganiserPages("seats", __name__)
personal = PersonalPages("seats", __name__, link=_SEATS)


@organisers.route("/organise/events/<slug>/seats", methods=["GET", "POST"], needs=Need.ORGANISE)
def list_allotments(event: Event) -> ResponseReturnValue:
    contacts = allotments.contact_persons()
    choices = [each for each in organisations.organisation_choices() if int(each.value) in contacts]
    last = min(event.closes_at, max(clock.now(), event.closes_at - timedelta(days=14)))
    proposal = {"seats": event.seats_per_organisation or 2, "until": clock.to_local(last, event.zone).date()}
    form = SeatsForm(event, choices, data=proposal)
    if event.open and form.validate_on_submit() and form.until.data and form.seats.data:
        until = clock.start_of_day(form.until.data + timedelta(days=1), event.zone)
        with acting(form) as act:
            for organisation_id in form.organisations.data:
                organisation = organisations.load_organisation(int(organisation_id)) or abort(404)
                allotments.offer_seats(event, organisation, form.seats.data, until, contacts[organisation.id])
            asked = len(form.organisations.data)
            act.say(
                ngettext("%(num)s contactpersoon krijgt bericht.", "%(num)s contactpersonen krijgen bericht.", asked)
            )
        if not act.refused:
            return redirect(url_for("seats.list_allotments", slug=event.slug), 303)
    return render_template(
        "registration/seats.html",
        event=event,
        form=form,
        allotments=allotments.allotments_of_event(event),
        named=allotments.named_by_allotment(event),
        ledger=capacity.ledger(event),
        contacts=contacts,
    ), 422 if form.errors else 200


@organisers.post(
    "/organise/events/<slug>/seats/<int:allotment_id>/<any(remind, withdraw):act>",
    needs=Need.ORGANISE,
    subject=row_of(Allotment),
    seen=seen_parts.parts_of_allotment,
)
def change_allotment(event: Event, allotment: Allotment, act: str) -> ResponseReturnValue:
    if act == "remind":
        allotments.plan_seats_offer(allotment)
        flash(gettext("De contactpersoon krijgt opnieuw bericht."), "ok")
    else:
        kept = {
            "organisation": allotment.organisation_id,
            "seats": allotment.seats,
            "contact": allotment.contact_id,
            "until": allotment.until.isoformat(),
        }
        name = allotment.organisation.name
        allotments.withdraw_seats(allotment)
        undo.offer_undo("allotment", name, kept, url_for("seats.list_allotments", slug=event.slug), place=event)
    db.session.commit()
    return redirect(url_for("seats.list_allotments", slug=event.slug), 303)


@undo.restorer("allotment", needs=Need.ORGANISE)
def _restore_allotment(event: Event, kept: dict[str, Any]) -> None:
    allotments.restore_seats(event, **kept)


@personal.get("/seats/<token>")
@personal.get("/seats/mine")
def show_allotment(allotment: Allotment) -> ResponseReturnValue:
    return _render_allotment(allotment)


@personal.post("/seats/<token>", limit="30/hour")
@personal.post("/seats/mine", limit="30/hour")
def name_person(allotment: Allotment) -> ResponseReturnValue:
    form = NamingForm()
    if not form.validate():
        return _render_allotment(allotment, form)
    with acting(form) as act:
        allotments.name_for_seat(allotment, form.name.data, form.address.data, through=form.through.data)
    if act.refused:
        return _render_allotment(allotment, form)
    return _commit_and_redirect(allotment, gettext("%(name)s krijgt een uitnodiging.", name=form.name.data))


@personal.post("/seats/<token>/<int:invitation_id>/take-back")
@personal.post("/seats/mine/<int:invitation_id>/take-back")
def take_name_back(allotment: Allotment, invitation_id: int) -> ResponseReturnValue:
    invitation = next((each for each in allotments.named_people(allotment) if each.id == invitation_id), None) or abort(
        404
    )
    allotments.take_name_back(allotment, invitation)
    return _commit_and_redirect(allotment, gettext("Je kunt nu iemand anders noemen."))


def _render_allotment(allotment: Allotment, form: NamingForm | None = None) -> ResponseReturnValue:
    named = allotments.named_people(allotment)
    return render_template(
        "registration/name.html",
        allotment=allotment,
        event=allotment.event,
        named=named,
        names=allotments.names_as_named(named),
        left=allotments.seats_left(allotment, named),
        form=form or NamingForm(formdata=None),
    ), 422 if form else 200


def _commit_and_redirect(allotment: Allotment, message: str) -> ResponseReturnValue:
    """Save, and go on at an address without the token."""
    db.session.commit()
    _SEATS.remember(allotment)
    flash(message, "ok")
    return redirect(url_for("seats.show_allotment"), 303)
