"""Acting on the sessions that were ticked in the list of a network."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.accounts.shared_changes import CannotUndo
from app.database import db, only_reading
from app.events import chosen_sessions, planning, session_list, sessions_export
from app.events.chosen_sessions import MOST
from app.events.models import Event
from app.events.planning import Notice
from app.events.session_list_forms import read_session_filter
from app.network import archiving
from app.network.models import Network
from app.registration import allotments, change_notices
from app.sheets import TableKind
from app.web import choosing, undo
from app.web.acting import acting
from app.web.choosing import ChosenTooMany, ListAct, NothingChosen
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table
from app.web.seen import Part, Parts

organisers = OrganiserPages("sessions", __name__, url_prefix="/organise/networks/<slug>")


@organisers.get("/sessions/chosen", needs=Need.ORGANISE)
def show_chosen(network: Network) -> ResponseReturnValue:
    """Which sessions an act would be done with, and which not."""
    act = choosing.act_of_request(*choosing.OF_SESSIONS)
    events = _chosen(network, act, None if act is ListAct.EXPORT else MOST + 1)
    if act is None or not events:
        flash(str(NothingChosen.says), NothingChosen.tone)
        return redirect(_list(network))
    if act is ListAct.COPY and len(events) == 1:
        return redirect(url_for("planning.copy_event", slug=events[0].slug))
    return render_template(
        "events/chosen.html",
        network=network,
        act=act,
        number=len(events),
        most=MOST,
        events=events,
        columns=sessions_export.list_columns(),
        list_address=_list(network),
        address_of_act=choosing.address_of_act,
        **_about_act(act, events),
    )


def _parts_of_publishing(network: Network) -> Parts:
    """Which sessions the world will see, and how many contact persons hear of it."""
    ready = chosen_sessions.sort_to_publish(_chosen(network, ListAct.PUBLISH, MOST + 1)).events
    return {Part.SESSIONS: _as_listed(ready), Part.NUMBER: _count_told(ready)}


@organisers.post("/sessions/chosen/publish", needs=Need.ORGANISE, seen=_parts_of_publishing)
def publish_chosen(network: Network) -> ResponseReturnValue:
    """They are shown to the world; for a minute no mail about it leaves, and all of it can be undone."""
    back, published = _list_without_choice(network), []
    with acting() as act:
        archiving.demand_open(network)
        events = chosen_sessions.sort_to_publish(_few(_chosen(network, ListAct.PUBLISH, MOST + 1))).events
        _demand_some(events)
        notice = Notice(request.form.get("notice") == "send", hold=change_notices.HOLD)
        published = chosen_sessions.publish_together(events, notice)
    if not act.refused:
        number = len(published)
        said = ngettext("%(num)s sessie is gepubliceerd.", "%(num)s sessies zijn gepubliceerd.", number)
        undo.offer_undo("published", "", {"events": published}, back, said, place=network)
    return redirect(back, 303)


@undo.restorer("published", needs=Need.ORGANISE)
def _make_drafts_again(network: Network, kept: dict[str, Any]) -> None:
    if not chosen_sessions.make_drafts_again(network, kept["events"]):
        raise CannotUndo("changed")
    db.session.commit()


def _parts_of_deleting(network: Network) -> Parts:
    ready = chosen_sessions.sort_to_delete(_chosen(network, ListAct.DELETE, MOST + 1)).events
    return {Part.SESSIONS: _as_listed(ready)}


@organisers.post("/sessions/chosen/delete", needs=Need.ORGANISE, seen=_parts_of_deleting)
def delete_chosen(network: Network) -> ResponseReturnValue:
    with acting() as act:
        events = chosen_sessions.sort_to_delete(_few(_chosen(network, ListAct.DELETE, MOST + 1))).events
        _demand_some(events)
        number = len(events)
        planning.delete_drafts(events)
        act.say(ngettext("%(num)s concept is verwijderd.", "%(num)s concepten zijn verwijderd.", number))
    return redirect(_list_without_choice(network), 303)


@organisers.post(f"/sessions.{TABLE}", needs=Need.ORGANISE, shows=Shows.FIGURES)
def export_sessions(network: Network, ending: str) -> Response:
    """What was chosen, with the columns that were ticked."""
    with only_reading():
        events = _chosen(network, ListAct.EXPORT)
        turnouts = session_list.count_turnouts(events, rights.current_viewer())
        content = sessions_export.write_sessions_sheet(
            TableKind(ending), events, turnouts, choosing.columns_of_request()
        )
    return send_table(content, ending, f"{network.slug}-sessies")


def _about_act(act: ListAct, events: list[Event]) -> dict[str, object]:
    """What the page says of an act before it is done."""
    if act is ListAct.PUBLISH:
        ready = chosen_sessions.sort_to_publish(events)
        return {"ready": ready, "mailed": _count_told(ready.events)}
    return {"ready": chosen_sessions.sort_to_delete(events)} if act is ListAct.DELETE else {}


def _as_listed(events: Iterable[Event]) -> list[object]:
    """What the page says of each."""
    return [(event.id, event.title, event.starts_at) for event in events]


def _count_told(events: Iterable[Event]) -> int:
    return len(allotments.list_untold([event.id for event in events]))


def _chosen(network: Network, act: ListAct | None, most: int | None = None) -> list[Event]:
    choice = choosing.or_whole_list(choosing.choice_of_request(), act)
    if not choice:
        return []
    return session_list.list_chosen_sessions(network, read_session_filter(), choice, rights.current_viewer(), most)


def _few(events: list[Event]) -> list[Event]:
    """Raises ChosenTooMany."""
    if len(events) > MOST:
        raise ChosenTooMany(most=MOST)
    return events


def _demand_some(events: Collection[Event]) -> None:
    """Raises NothingChosen."""
    if not events:
        raise NothingChosen


def _list(network: Network) -> str:
    return choosing.address_of_act(_list_without_choice(network))


def _list_without_choice(network: Network) -> str:
    return url_for("network.show_network", slug=network.slug)
