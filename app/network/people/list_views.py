"""The list of a network's people: looking, choosing, and acting on whom was chosen."""

from collections.abc import Collection
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.choices import MOST, Choice
from app.database import only_reading
from app.events.models import Event
from app.network import archiving, memberships, network_queries
from app.network.audiences import audiences
from app.network.imports import doubles
from app.network.models import Network
from app.network.organisations import organisations
from app.network.organisations.models import OrganisationKind
from app.network.people import chosen, people_export, people_list
from app.network.people.people_list import PeopleFilter, PeopleOrder
from app.network.seeing import Viewer
from app.rows import read_row_number
from app.sheets import TableKind
from app.web import choosing, undo
from app.web.acting import acting
from app.web.choosing import ChosenTooMany, ListAct, NobodyChosen
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table
from app.web.seen import Part, Parts

organisers = OrganiserPages("people", __name__, url_prefix="/organise")


@organisers.get("/networks/<slug>/people", needs=Need.READ, shows=Shows.PEOPLE)
def list_members(network: Network) -> ResponseReturnValue:
    regions, viewer = organisations.list_regions(), rights.current_viewer()
    sought, order = _filter_of_request(regions), _order_of_request()
    page = people_list.page_of_members(network, sought, viewer, order)
    return render_template(
        "network/people.html",
        network=network,
        sought=sought,
        order=order,
        orders=list(PeopleOrder),
        page=page,
        shown=choosing.show_list(page, [line.person_id for line in page.items], *choosing.OF_NETWORK),
        roles=network_queries.list_roles(),
        regions=regions,
        kinds=list(OrganisationKind),
        doubles=doubles.count_doubles(network, viewer) if viewer.may_organise(network.id) else 0,
    )


@organisers.get("/networks/<slug>/people/chosen", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_chosen(network: Network) -> ResponseReturnValue:
    """For how many an act would be done, and for whom it cannot be."""
    sought, choice, viewer = _sought_choice()
    act = choosing.act_of_request(*choosing.OF_NETWORK)
    choice = choosing.or_whole_list(choice, act)
    number = chosen.count_chosen(network, sought, choice, viewer) if choice else 0
    if act is None or not number:
        flash(str(NobodyChosen.says), NobodyChosen.tone)
        return redirect(choosing.address_of_act(url_for("people.list_members", slug=network.slug)))
    return render_template(
        "network/chosen.html",
        network=network,
        act=act,
        number=number,
        most=MOST,
        address_of_act=choosing.address_of_act,
        **_about_act(act, network, sought, choice, viewer),
    )


def _parts_of_chosen(network: Network) -> Parts:
    """Whom the act is for, as the page counted them."""
    sought, choice, viewer = _sought_choice()
    leaving = chosen.load_chosen_memberships(network, sought, choice, viewer) if choice else []
    placed = chosen.count_with_places(network, sought, choice, viewer)
    return {Part.PEOPLE: [each.person_id for each in leaving], Part.NUMBER: placed}


@organisers.post("/networks/<slug>/people/chosen/remove", needs=Need.ORGANISE, seen=_parts_of_chosen)
def remove_chosen(network: Network) -> ResponseReturnValue:
    """They leave the network; for a while all of it can be undone."""
    sought, choice, viewer = _sought_choice()
    back, kept = url_for("people.list_members", slug=network.slug), {}
    with acting() as act:
        leaving = chosen.load_chosen_memberships(network, sought, choice, viewer) if choice else []
        _demand_some(leaving)
        kept = memberships.leave_together(leaving)
    if not act.refused:
        number = len(kept["memberships"])
        said = ngettext(
            "%(num)s persoon is geen lid meer van dit netwerk.",
            "%(num)s mensen zijn geen lid meer van dit netwerk.",
            number,
        )
        undo.offer_undo("members", "", kept, back, said, place=network)
    return redirect(back, 303)


@undo.restorer("members", needs=Need.ORGANISE)
def _restore_members(network: Network, kept: dict[str, Any]) -> None:
    memberships.come_back_together(network.id, kept)


@organisers.post("/networks/<slug>/people/chosen/invite", needs=Need.ORGANISE)
def invite_chosen(network: Network) -> ResponseReturnValue:
    """Make an audience of them and plan an invitation to it, which is shown, weighed and released as any other."""
    sought, choice, viewer = _sought_choice()
    event, made = _event_of_form(network), None
    with acting() as act:
        archiving.demand_open(network)
        _demand_some([1] * bool(choice and chosen.count_chosen(network, sought, choice, viewer)))
        made = chosen.make_audience_of_choice(event, chosen.rule_of_choice(network, sought, choice, viewer))
    if act.refused or made is None:
        return redirect(url_for("people.list_members", slug=network.slug), 303)
    return redirect(url_for("waves.edit_wave", slug=event.slug, kind="invitation", audience=made.id), 303)


@organisers.post(f"/networks/<slug>/people.{TABLE}", needs=Need.ORGANISE, shows=Shows.COPY)
def export_members(network: Network, ending: str) -> Response:
    """Whom was chosen, with the columns that were ticked; the audit log keeps who took it out."""
    sought, choice, viewer = _sought_choice()
    choice = choosing.or_whole_list(choice, ListAct.EXPORT)
    with only_reading():
        lines = people_list.list_chosen_lines(network, sought, choice, viewer)
        content = people_export.write_members_sheet(TableKind(ending), lines, choosing.columns_of_request())
    return send_table(content, ending, network.slug)


def _about_act(
    act: ListAct, network: Network, sought: PeopleFilter, choice: Choice, viewer: Viewer
) -> dict[str, object]:
    """What the page says of an act before it is done."""
    if act is ListAct.REMOVE:
        return {"placed": chosen.count_with_places(network, sought, choice, viewer)}
    if act is ListAct.EXPORT:
        return {"columns": people_export.list_columns()}
    rule = chosen.rule_of_choice(network, sought, choice, viewer)
    reach = audiences.count_reach(rule, network.id, viewer)
    about = {"reach": reach, "left_out": chosen.list_left_out(rule, network, viewer, reach)}
    if act is ListAct.INVITE:
        return about | {"events": chosen.list_sessions_to_invite_to(network)}
    return about | {"people": chosen.list_to_mail(rule, network, viewer)}


def _event_of_form(network: Network) -> Event:
    event_id = read_row_number(request.form.get("event", ""))
    return next((each for each in chosen.list_sessions_to_invite_to(network) if each.id == event_id), None) or abort(
        404
    )


def _demand_some(rows: Collection[object]) -> None:
    """Raises NobodyChosen and ChosenTooMany."""
    if not rows:
        raise NobodyChosen
    if len(rows) > MOST:
        raise ChosenTooMany(most=MOST)


def _sought_choice() -> tuple[PeopleFilter, Choice, Viewer]:
    return _filter_of_request(organisations.list_regions()), choosing.choice_of_request(), rights.current_viewer()


def _filter_of_request(regions: list[str]) -> PeopleFilter:
    return PeopleFilter(
        text=request.args.get("q", "").strip(),
        kind=_one_of(request.args.get("kind"), list(OrganisationKind)),
        region=_one_of(request.args.get("region"), regions),
        role=request.args.get("role", ""),
    )


def _order_of_request() -> PeopleOrder:
    return PeopleOrder(_one_of(request.args.get("sort"), list(PeopleOrder)))


def _one_of(value: str | None, allowed: Collection[str]) -> str:
    return value if value and value in allowed else ""
