"""What people chose in the programme, for the organisers of a session: figures, and lists for the rooms."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.breakouts import dividing, slot_lists, wishes
from app.database import only_reading
from app.events.models import Event
from app.rows import read_row_number
from app.web import seen_parts
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("breakouts", __name__, url_prefix="/organise/events/<slug>/choices")


@organisers.get("", needs=Need.ORGANISE)
def show_choices(event: Event) -> str:
    return render_template(
        "breakouts/choices.html",
        event=event,
        rounds=slot_lists.count_choices(event),
        wished=wishes.count_wishes(event),
        division=dividing.last_division(event),
    )


@organisers.post("/divide", needs=Need.ORGANISE, seen=seen_parts.parts_of_division)
def divide_places(event: Event) -> ResponseReturnValue:
    """Worked out while others write, saved as long as nothing changed meanwhile."""
    with acting() as act:
        with only_reading():
            outcome = dividing.work_out(dividing.read_input(event))
        dividing.carry_out(event, outcome)
        act.say(gettext("De plekken zijn verdeeld. Wie het aangaat, krijgt over tien minuten een mail."))
    return redirect(url_for("breakouts.show_choices", slug=event.slug), 303)


@organisers.get("/lists", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_lists(event: Event) -> str:
    """For paper and phone: a list a slot, or that of one."""
    only = read_row_number(request.args.get("slot", ""))
    lists = slot_lists.list_people(event, rights.current_viewer(), only)
    if only and not lists:
        abort(404)
    return render_template("breakouts/lists.html", event=event, lists=lists, only=only)
