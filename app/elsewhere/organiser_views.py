"""Organisers bring partners' calendars into their network."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.database import db
from app.elsewhere import outside_calendars
from app.elsewhere.forms import CalendarForm
from app.elsewhere.models import OutsideCalendar
from app.network.models import Network
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("elsewhere", __name__, url_prefix="/organise/networks/<slug>/elsewhere")


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISE)
def list_outside_calendars(network: Network) -> ResponseReturnValue:
    form = CalendarForm()
    if form.validate_on_submit() and _add_from_form(network, form):
        return redirect(url_for("elsewhere.list_outside_calendars", slug=network.slug), 303)
    calendars = outside_calendars.outside_calendars_of(network)
    return render_template(
        "elsewhere/calendars.html",
        network=network,
        form=form,
        calendars=calendars,
        waiting=any(calendar.asked_at for calendar in calendars),
        counts=outside_calendars.count_events_by_calendar(network),
    ), 422 if form.errors else 200


@organisers.post(
    "/<int:outside_calendar_id>/refresh", needs=Need.ORGANISE, subject=outside_calendars.find_outside_calendar
)
def refresh_outside_calendar(network: Network, calendar: OutsideCalendar) -> ResponseReturnValue:
    outside_calendars.ask_for_calendar(calendar)
    db.session.commit()
    return redirect(url_for("elsewhere.list_outside_calendars", slug=network.slug), 303)


@organisers.post(
    "/<int:outside_calendar_id>/remove", needs=Need.ORGANISE, subject=outside_calendars.find_outside_calendar
)
def remove_outside_calendar(network: Network, calendar: OutsideCalendar) -> ResponseReturnValue:
    outside_calendars.remove_outside_calendar(calendar)
    db.session.commit()
    back = url_for("elsewhere.list_outside_calendars", slug=network.slug)
    undo.offer_undo("outside_calendar", calendar.name, {"id": calendar.id}, back, place=network)
    return redirect(url_for("elsewhere.list_outside_calendars", slug=network.slug), 303)


@undo.restorer("outside_calendar", needs=Need.ORGANISE)
def _restore_calendar(network: Network, kept: dict[str, Any]) -> None:
    calendar = db.session.get(OutsideCalendar, kept["id"])
    if calendar is not None:
        outside_calendars.restore_outside_calendar(calendar)


def _add_from_form(network: Network, form: CalendarForm) -> bool:
    name, file = form.name.data, form.file.data
    content = file.read() if file else b""
    with acting(form, at="file" if file else "address") as act:
        if content:
            outside_calendars.add_calendar_from_file(network, name, content)
            act.say(gettext("De agenda van %(name)s staat er.", name=name))
        else:
            outside_calendars.add_calendar_by_address(network, name, form.address.data)
            act.say(gettext("De agenda van %(name)s wordt opgehaald.", name=name))
    return act.refused is None
