"""Acting on whom was chosen in the list of a session: inviting them elsewhere, taking the list along."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.choices import Choice
from app.database import only_reading
from app.events.models import Event
from app.network import archiving
from app.network.audiences import audiences
from app.network.people import chosen
from app.network.seeing import Viewer
from app.registration import cockpit, people_export
from app.registration.cockpit import InvitedFilter
from app.registration.forms import read_invited_filter
from app.rows import read_row_number
from app.sheets import TableKind
from app.web import choosing
from app.web.acting import acting
from app.web.choosing import ListAct, NobodyChosen
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table

organisers = OrganiserPages("cockpit", __name__, url_prefix="/organise/events/<slug>")


@organisers.get("/people/chosen", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_chosen(event: Event) -> ResponseReturnValue:
    """For how many an act would be done, and for whom it cannot be."""
    sought, choice, viewer = _sought_choice()
    act = choosing.act_of_request(*choosing.OF_SESSION)
    choice = choosing.or_whole_list(choice, act)
    people = cockpit.list_chosen_people(event, sought, choice, viewer) if choice else []
    if act is None or not people:
        flash(str(NobodyChosen.says), NobodyChosen.tone)
        return redirect(choosing.address_of_act(url_for("cockpit.show_cockpit", slug=event.slug)))
    return render_template(
        "registration/chosen.html",
        event=event,
        act=act,
        number=len(people),
        address_of_act=choosing.address_of_act,
        **_about_act(act, event, people, viewer),
    )


@organisers.post("/people/chosen/invite", needs=Need.ORGANISE)
def invite_chosen(event: Event) -> ResponseReturnValue:
    """Make an audience of them and plan an invitation to it."""
    people = cockpit.list_chosen_people(event, *_sought_choice())
    event_id, made = read_row_number(request.form.get("event", "")), None
    other = next((each for each in chosen.list_sessions_to_invite_to(event.network) if each.id == event_id), None)
    other = other or abort(404)
    with acting() as act:
        archiving.demand_open(event.network)
        if not people:
            raise NobodyChosen
        made = chosen.make_audience_of_choice(other, chosen.rule_of_people(people))
    if act.refused or made is None:
        return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)
    return redirect(url_for("waves.edit_wave", slug=other.slug, kind="invitation", audience=made.id), 303)


@organisers.post(f"/people.{TABLE}", needs=Need.ORGANISE, shows=Shows.COPY)
def export_people(event: Event, ending: str) -> Response:
    """Whom was chosen, or the list as it is narrowed down now; the audit log keeps who took it out."""
    sought, choice, viewer = _sought_choice()
    with only_reading():
        found = cockpit.list_invited(event, sought, viewer, choosing.or_whole_list(choice, ListAct.EXPORT))
        content = people_export.write_people_sheet(TableKind(ending), event, found, choosing.columns_of_request())
    return send_table(content, ending, event.slug)


def _about_act(act: ListAct, event: Event, people: list[int], viewer: Viewer) -> dict[str, object]:
    """What the page says of an act before it is done."""
    if act is ListAct.EXPORT:
        return {"columns": people_export.list_columns(event)}
    rule = chosen.rule_of_people(people)
    reach = audiences.count_reach(rule, event.network_id, viewer)
    about = {"reach": reach, "left_out": chosen.list_left_out(rule, event.network, viewer, reach)}
    if act is ListAct.INVITE:
        others = [each for each in chosen.list_sessions_to_invite_to(event.network) if each.id != event.id]
        return about | {"events": others}
    return about | {"people": chosen.list_to_mail(rule, event.network, viewer)}


def _sought_choice() -> tuple[InvitedFilter, Choice, Viewer]:
    return read_invited_filter(), choosing.choice_of_request(), rights.current_viewer()
