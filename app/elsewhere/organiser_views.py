"""Organisers bring partners' calendars into their network."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext

from app.accounts import rights
from app.accounts.rights import signed_in
from app.database import db
from app.elsewhere import calendars
from app.elsewhere.fetching import CannotFetch
from app.elsewhere.forms import CalendarForm
from app.elsewhere.models import OutsideCalendar
from app.elsewhere.reading import NoCalendar
from app.network.models import Network
from app.web import undo
from app.web.organise import changeable_network

blueprint = Blueprint("elsewhere", __name__, url_prefix="/organise/networks/<slug>/elsewhere")


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def index(slug: str):
    network = changeable_network(slug)
    form = CalendarForm()
    if form.validate_on_submit() and _add(network, form):
        return redirect(url_for("elsewhere.index", slug=slug), 303)
    return render_template(
        "elsewhere/calendars.html",
        network=network,
        form=form,
        calendars=calendars.of(network),
        counts=calendars.counts(network),
    ), 422 if form.errors else 200


@blueprint.post("/<int:number>/refresh")
@signed_in
def refresh(slug: str, number: int):
    calendar = _calendar(slug, number)
    calendars.refresh(calendar.id)
    if not calendar.trouble:
        flash(gettext("‘%(name)s’ is opnieuw gelezen.", name=calendar.name), "ok")
    return redirect(url_for("elsewhere.index", slug=slug), 303)


@blueprint.post("/<int:number>/remove")
@signed_in
def remove(slug: str, number: int):
    calendar = _calendar(slug, number)
    calendars.remove(calendar)
    db.session.commit()
    undo.offer("outside_calendar", calendar.name, {"id": number}, url_for("elsewhere.index", slug=slug))
    return redirect(url_for("elsewhere.index", slug=slug), 303)


@undo.restorer("outside_calendar")
def _bring_back(kept: dict) -> None:
    calendar = db.session.get(OutsideCalendar, kept["id"])
    if calendar is not None:
        rights.demand_organise(calendar.network_id)
        calendars.bring_back(calendar)


def _add(network: Network, form: CalendarForm) -> bool:
    name, file = form.name.data, form.file.data
    content = file.read() if file else b""
    try:
        if content:
            calendar = calendars.add_file(network, name, content)
        else:
            calendar = calendars.add_address(network, name, form.address.data)
    except (CannotFetch, NoCalendar) as error:
        form.reject("file" if file else "address", str(error.reason.words))
        return False
    db.session.commit()
    flash(gettext("De agenda van %(name)s staat er.", name=calendar.name), "ok")
    return True


def _calendar(slug: str, number: int) -> OutsideCalendar:
    return calendars.find(changeable_network(slug), number) or abort(404)
