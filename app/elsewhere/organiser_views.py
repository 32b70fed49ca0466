"""Organisers bring partners' calendars into their network."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from app.accounts.rights import Need
from app.database import db
from app.elsewhere import calendars
from app.elsewhere.fetching import CannotFetch
from app.elsewhere.forms import CalendarForm
from app.elsewhere.models import OutsideCalendar
from app.elsewhere.reading import NoCalendar
from app.network.models import Network
from app.web import undo
from app.web.doors import OrganiserPages

organisers = OrganiserPages("elsewhere", __name__, url_prefix="/organise/networks/<slug>/elsewhere")


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISE)
def index(network: Network):
    form = CalendarForm()
    if form.validate_on_submit() and _add(network, form):
        return redirect(url_for("elsewhere.index", slug=network.slug), 303)
    return render_template(
        "elsewhere/calendars.html",
        network=network,
        form=form,
        calendars=calendars.of(network),
        counts=calendars.counts(network),
    ), 422 if form.errors else 200


@organisers.post("/<int:number>/refresh", needs=Need.ORGANISE, subject=calendars.find)
def refresh(network: Network, calendar: OutsideCalendar):
    calendars.refresh(calendar.id)
    if not calendar.trouble:
        flash(gettext("‘%(name)s’ is opnieuw gelezen.", name=calendar.name), "ok")
    return redirect(url_for("elsewhere.index", slug=network.slug), 303)


@organisers.post("/<int:number>/remove", needs=Need.ORGANISE, subject=calendars.find)
def remove(network: Network, calendar: OutsideCalendar):
    calendars.remove(calendar)
    db.session.commit()
    back = url_for("elsewhere.index", slug=network.slug)
    undo.offer("outside_calendar", calendar.name, {"id": calendar.id}, back, place=network)
    return redirect(url_for("elsewhere.index", slug=network.slug), 303)


@undo.restorer("outside_calendar", needs=Need.ORGANISE)
def _bring_back(network: Network, kept: dict) -> None:
    calendar = db.session.get(OutsideCalendar, kept["id"])
    if calendar is not None:
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
