"""Acting on the mails that were ticked on the board of a session."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import clock
from app.accounts import audit, rights, sessions
from app.accounts.access_log import Shows
from app.accounts.models import Action
from app.accounts.rights import Need
from app.accounts.shared_changes import CannotUndo
from app.database import db, only_reading
from app.events.models import Event
from app.invitations.deliveries import chosen_mails, delivery_board, delivery_export
from app.invitations.deliveries.chosen_mails import MOST, Weighed
from app.invitations.deliveries.forms import read_message_filter
from app.outbox.models import Message
from app.sheets import TableKind
from app.web import choosing, undo
from app.web.acting import acting
from app.web.choosing import ChosenTooMany, ListAct, NothingChosen
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table
from app.web.seen import Part, Parts

organisers = OrganiserPages("board", __name__, url_prefix="/organise/events/<slug>/mails")
_CAN = {
    ListAct.PAUSE: chosen_mails.CAN_WAIT,
    ListAct.RESUME: chosen_mails.CAN_GO_ON,
    ListAct.DROP: chosen_mails.CAN_BE_DROPPED,
    ListAct.AGAIN: chosen_mails.IS_LOST,
    ListAct.EXPORT: sa.true(),
}


@organisers.get("/chosen", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_chosen(event: Event) -> ResponseReturnValue:
    """For how many an act would be done, and why not for the others."""
    act = choosing.act_of_request(*choosing.OF_MAILS)
    chosen = _chosen(event, act)
    weighed = chosen_mails.weigh(chosen, _CAN[act]) if act else Weighed(0, ())
    total = weighed.number + sum(number for _, number in weighed.left_out)
    if act is None or not total:
        flash(str(NothingChosen.says), NothingChosen.tone)
        return redirect(choosing.address_of_act(_board(event)))
    return render_template(
        "invitations/chosen_mails.html",
        event=event,
        act=act,
        total=total,
        most=MOST,
        columns=delivery_export.list_columns(),
        address_of_act=choosing.address_of_act,
        **_about_act(act, chosen, weighed),
    )


@organisers.post("/chosen/pause", needs=Need.ORGANISE)
def pause_chosen(event: Event) -> ResponseReturnValue:
    with acting() as act:
        number = _demand_some(chosen_mails.pause_chosen(event, _chosen(event), sessions.account().id))
        act.say(ngettext("%(num)s mail staat op pauze.", "%(num)s mails staan op pauze.", number))
    return redirect(_board(event), 303)


def _parts_of_going_on(event: Event) -> Parts:
    return {Part.MAILS: list(chosen_mails.list_going_on(_chosen(event)))}


@organisers.post("/chosen/resume", needs=Need.ORGANISE, seen=_parts_of_going_on)
def resume_chosen(event: Event) -> ResponseReturnValue:
    """They go on in a minute; until then that can be undone."""
    since, number = clock.now(), 0
    with acting() as act:
        number = _demand_some(chosen_mails.resume_chosen(event, _chosen(event), sessions.account().id))
    if not act.refused:
        said = ngettext(
            "%(num)s mail gaat verder, over een minuut op zijn vroegst.",
            "%(num)s mails gaan verder, over een minuut op zijn vroegst.",
            number,
        )
        undo.offer_undo("resumed_mails", "", {"since": since.isoformat()}, _board(event), said, place=event)
    return redirect(_board(event), 303)


@undo.restorer("resumed_mails", needs=Need.ORGANISE)
def _pause_again(event: Event, kept: dict[str, Any]) -> None:
    since = datetime.fromisoformat(kept["since"])
    _demand_undone(chosen_mails.pause_again(event, since, sessions.account().id))


def _parts_of_repeating(event: Event) -> Parts:
    """Which mails go again, and to which addresses."""
    good, _ = chosen_mails.sort_to_repeat(chosen_mails.load_lost(_chosen(event)))
    return {Part.MAILS: [(message.id, address.address) for message, address in good]}


@organisers.post("/chosen/again", needs=Need.ORGANISE, seen=_parts_of_repeating)
def repeat_chosen(event: Event) -> ResponseReturnValue:
    """They go in a minute, each to the address that its person has by now; until then that can be undone."""
    message_ids: list[int] = []
    with acting() as act:
        lost = chosen_mails.load_lost(_chosen(event))
        if len(lost) > MOST:
            raise ChosenTooMany(most=MOST)
        good, _ = chosen_mails.sort_to_repeat(lost)
        _demand_some(len(good))
        message_ids = chosen_mails.repeat_together(good)
        audit.note_in_audit_log(Action.RESENT, event)
    if not act.refused:
        said = ngettext(
            "%(num)s mail gaat over een minuut opnieuw weg.",
            "%(num)s mails gaan over een minuut opnieuw weg.",
            len(message_ids),
        )
        undo.offer_undo("repeated_mails", "", {"messages": message_ids}, _board(event), said, place=event)
    return redirect(_board(event), 303)


@undo.restorer("repeated_mails", needs=Need.ORGANISE)
def _take_repeats_back(event: Event, kept: dict[str, Any]) -> None:
    _demand_undone(chosen_mails.take_repeats_back(event, kept["messages"], sessions.account().id))


@organisers.post("/chosen/drop", needs=Need.ORGANISE)
def drop_chosen(event: Event) -> ResponseReturnValue:
    with acting() as act:
        number = _demand_some(chosen_mails.drop_chosen(event, _chosen(event), sessions.account().id))
        act.say(ngettext("%(num)s mail is ingetrokken.", "%(num)s mails zijn ingetrokken.", number))
    return redirect(_board(event), 303)


@organisers.post(f"/export.{TABLE}", needs=Need.ORGANISE, shows=Shows.COPY)
def export_messages(event: Event, ending: str) -> Response:
    """What was chosen, or the list as it is narrowed down now; the audit log keeps who took it out."""
    with only_reading():
        found = delivery_board.list_messages(_chosen(event, ListAct.EXPORT))
        content = delivery_export.write_message_sheet(TableKind(ending), found, choosing.columns_of_request())
    return send_table(content, ending, f"{event.slug}-mails")


def _about_act(act: ListAct, chosen: sa.Select[Message], weighed: Weighed) -> dict[str, object]:
    """What the page says of an act before it is done."""
    if act is not ListAct.AGAIN or not 0 < weighed.number <= MOST:
        return {"number": weighed.number, "left_out": weighed.left_out}
    good, bad = chosen_mails.sort_to_repeat(chosen_mails.load_lost(chosen))
    return {
        "number": len(good),
        "left_out": [*((each.words, number) for each, number in bad.items()), *weighed.left_out],
    }


def _chosen(event: Event, act: ListAct | None = None) -> sa.Select[Message]:
    choice = choosing.or_whole_list(choosing.choice_of_request(), act)
    return delivery_board.select_chosen_messages(event, read_message_filter(), choice, rights.current_viewer())


def _demand_some(number: int) -> int:
    """Raises NothingChosen."""
    if not number:
        raise NothingChosen
    return number


def _demand_undone(number: int) -> None:
    """Raises CannotUndo."""
    if not number:
        raise CannotUndo("changed")
    db.session.commit()


def _board(event: Event) -> str:
    return url_for("board.show_delivery_board", slug=event.slug)
