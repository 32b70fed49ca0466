"""What people chose in the programme, for the organisers of a session: figures, and lists for the rooms."""

from flask import abort, render_template, request

from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.breakouts import slot_lists
from app.events.models import Event
from app.rows import read_row_number
from app.web.doors import OrganiserPages

organisers = OrganiserPages("breakouts", __name__, url_prefix="/organise/events/<slug>/choices")


@organisers.get("", needs=Need.ORGANISE)
def show_choices(event: Event) -> str:
    return render_template("breakouts/choices.html", event=event, rounds=slot_lists.count_choices(event))


@organisers.get("/lists", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_lists(event: Event) -> str:
    """For paper and phone: a list a slot, or that of one."""
    only = read_row_number(request.args.get("slot", ""))
    lists = slot_lists.list_people(event, rights.current_viewer(), only)
    if only and not lists:
        abort(404)
    return render_template("breakouts/lists.html", event=event, lists=lists, only=only)
