"""The days that organisers keep for everybody: school holidays, council evenings."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import clock
from app.accounts.rights import Need
from app.database import db
from app.events import busy_days, school_holidays, special_days
from app.events.busy_days_forms import BusyDaysForm
from app.events.models import BusyKind
from app.network.organisations import organisations
from app.web import undo
from app.web.doors import OrganiserPages

organisers = OrganiserPages("busy_days", __name__, url_prefix="/organise/days")


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISER)
def list_busy_days() -> ResponseReturnValue:
    form = BusyDaysForm(organisations.municipality_choices())
    if form.validate_on_submit():
        kind = BusyKind(form.kind.data)
        organisation = (
            organisations.load_organisation(int(form.organisation.data)) if kind == BusyKind.COUNCIL else None
        )
        added = busy_days.add_busy_days(kind, form.name.data, form.spans, organisation)
        db.session.commit()
        flash(ngettext("%(num)s regel toegevoegd.", "%(num)s regels toegevoegd.", added), "ok")
        return redirect(url_for("busy_days.list_busy_days"), 303)
    return render_template(
        "events/busy_days.html",
        form=form,
        days=busy_days.coming_busy_days(),
        published=school_holidays.published_between(clock.today(), school_holidays.known_until()),
    ), 422 if form.errors else 200


@organisers.get("/said", needs=Need.ORGANISER)
def say_day() -> str:
    """What is special about the day that was just filled in at a form, under whatever name."""
    days = [day for value in request.args.values() if (day := busy_days.read_day(value))]
    return render_template("events/said.html", remarks=special_days.remarks_on(days[0]) if days else [])


@organisers.post("/<int:busy_days_id>/remove", needs=Need.ORGANISER)
def remove_busy_days(busy_days_id: int) -> ResponseReturnValue:
    name = busy_days.remove_busy_days(busy_days_id) or abort(404)
    db.session.commit()
    undo.offer_undo_of_change(name, url_for("busy_days.list_busy_days"))
    return redirect(url_for("busy_days.list_busy_days"), 303)
