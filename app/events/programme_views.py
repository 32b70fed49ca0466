"""The programme of a session for its organisers: parts, and rounds with parts that people choose from."""

from collections import Counter
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock
from app.accounts.rights import Need
from app.accounts.shared_changes import CannotUndo, put_back
from app.breakouts import choices, rounds, slots_to_choose
from app.database import db
from app.events import hanging, programme
from app.events.models import Event, Round, Slot
from app.events.part_forms import RoundForm, SlotForm
from app.materials import materials
from app.places import places
from app.speakers import asking
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("planning", __name__, url_prefix="/organise")
_SLOT, _ROUND = row_of(Slot), row_of(Round)
_PROGRAMME = "/events/<slug>/programme"


@organisers.get(_PROGRAMME, needs=Need.ORGANISE)
def show_programme(event: Event) -> str:
    in_round = Counter(each.id for slot in event.slots for each in slot.rounds)
    asked = asking.asked_of_event(event)
    return render_template("events/programme.html", event=event, in_round=in_round, asked=asked)


@organisers.get(f"{_PROGRAMME}/sheet", needs=Need.ORGANISE)
def show_programme_sheet(event: Event) -> str:
    """The programme as it is printed for who comes, with every name."""
    return render_template("events/sheet.html", event=event, inside=True)


@organisers.route(f"{_PROGRAMME}/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_SLOT)
@organisers.route(f"{_PROGRAMME}/<int:slot_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_SLOT)
def edit_slot(event: Event, row: Slot | None) -> ResponseReturnValue:
    form = SlotForm(event, row, data=_slot_data(event, row) if row else _next_slot(event)).of(row)
    if form.validate_on_submit() and (moments := form.moments(event)):
        with acting(form) as act:
            saved = slots_to_choose.save_slot(
                event,
                row,
                starts_at=moments[0],
                ends_at=moments[1],
                departs_at=moments[2],
                title=form.title.data,
                description=form.description.data,
                room=form.room.data,
                speakers=form.speaker_list(),
                choosing=form.choosing(),
            )
        if not act.refused:
            for said in slots_to_choose.list_warnings(saved):
                flash(said, "warning")
            return redirect(url_for("planning.show_programme", slug=event.slug), 303)
    return render_template(
        "events/slot.html",
        form=form,
        event=event,
        slot=row,
        choosers=choices.count_choosers(row) if row and row.rounds else 0,
        place=places.find_place(event.venue, event.town),
    ), 422 if form.errors else 200


@organisers.post(f"{_PROGRAMME}/<int:slot_id>/remove", needs=Need.ORGANISE, subject=_SLOT)
def remove_slot(event: Event, row: Slot) -> ResponseReturnValue:
    kept = _plain_slot(row)
    with acting() as act:
        slots_to_choose.remove_slot(event, row)
    if not act.refused:
        back = url_for("planning.show_programme", slug=event.slug)
        undo.offer_undo("slot", kept["title"], kept, back, place=event)
    return redirect(url_for("planning.show_programme", slug=event.slug), 303)


@undo.restorer("slot", needs=Need.ORGANISE)
def _restore_slot(event: Event, kept: dict[str, Any]) -> None:
    starts_at, ends_at, departs_at = (_moment_of(kept.get(name)) for name in ("starts_at", "ends_at", "departs_at"))
    wanted = kept.get("rounds", [])
    chosen = [each for each in event.rounds if each.id in wanted]
    if starts_at is None or not hanging.fits(event, starts_at, ends_at) or len(chosen) != len(wanted):
        raise CannotUndo("changed")
    try:
        rounds.demand_within(event, chosen, starts_at, ends_at)
    except rounds.SlotOutsideRound as refused:
        raise CannotUndo("changed") from refused
    slot = Slot(id=kept["id"], event_id=event.id, starts_at=starts_at, title=kept["title"])
    put_back(slot)
    programme.save_slot(
        event,
        slot,
        starts_at=starts_at,
        ends_at=ends_at,
        departs_at=departs_at,
        title=kept["title"],
        description=kept["description"],
        room=kept.get("room", ""),
        speakers=programme.read_speakers(kept["speakers"], kept.get("agreed", ())),
        choosing=programme.Choosing(chosen, **kept.get("choosing", {})),
    )
    materials.put_under_slot(event, kept["materials"], slot.id)


@organisers.post(f"{_PROGRAMME}/<int:slot_id>/cancel", needs=Need.ORGANISE, subject=_SLOT)
def cancel_slot(event: Event, row: Slot) -> ResponseReturnValue:
    """It stays in the programme, as what does not take place; or takes place after all."""
    revived = request.form.get("revive") == "1"
    with acting() as act:
        slots_to_choose.cancel_slot(event, row, cancelled=not revived)
        act.say(
            gettext("‘%(title)s’ gaat toch door. Wie het koos, hoort het.", title=row.title)
            if revived
            else gettext("‘%(title)s’ vervalt. Wie het koos, krijgt bericht en kiest opnieuw.", title=row.title)
        )
    return redirect(url_for("planning.show_programme", slug=event.slug), 303)


@organisers.route(f"{_PROGRAMME}/rounds/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_ROUND)
@organisers.route(f"{_PROGRAMME}/rounds/<int:round_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_ROUND)
def edit_round(event: Event, row: Round | None) -> ResponseReturnValue:
    form = RoundForm(data=_round_data(event, row) if row else _next_slot(event)).of(row)
    if form.validate_on_submit() and (moments := form.moments(event)):
        starts_at, ends_at, closes_at = moments
        with acting(form) as act:
            rounds.save_round(
                event,
                row,
                title=form.title.data,
                starts_at=starts_at,
                ends_at=ends_at,
                closes_at=closes_at,
                by_wish=form.by_wish.data,
            )
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(url_for("planning.show_programme", slug=event.slug), 303)
    return render_template("events/round.html", form=form, event=event, round=row), 422 if form.errors else 200


@organisers.post(f"{_PROGRAMME}/rounds/<int:round_id>/remove", needs=Need.ORGANISE, subject=_ROUND)
def remove_round(event: Event, row: Round) -> ResponseReturnValue:
    kept = {
        "id": row.id,
        "title": row.title,
        **{name: _plain_moment(getattr(row, name)) for name in ("starts_at", "ends_at", "closes_at")},
        "by_wish": row.by_wish,
        "slots": [slot.id for slot in event.slots if row in slot.rounds],
    }
    with acting() as act:
        rounds.remove_round(event, row)
    if not act.refused:
        back = url_for("planning.show_programme", slug=event.slug)
        undo.offer_undo("round", row.title, kept, back, place=event)
    return redirect(url_for("planning.show_programme", slug=event.slug), 303)


@undo.restorer("round", needs=Need.ORGANISE)
def _restore_round(event: Event, kept: dict[str, Any]) -> None:
    starts_at, ends_at, closes_at = (_moment_of(kept[name]) for name in ("starts_at", "ends_at", "closes_at"))
    if starts_at is None or ends_at is None:
        raise CannotUndo("changed")
    row = Round(id=kept["id"], event_id=event.id, title=kept["title"], starts_at=starts_at, ends_at=ends_at)
    put_back(row)
    db.session.flush()
    db.session.expire(event, ["rounds"])
    try:
        rounds.save_round(
            event,
            row,
            title=kept["title"],
            starts_at=starts_at,
            ends_at=ends_at,
            closes_at=closes_at,
            by_wish=kept["by_wish"],
        )
        for slot in event.slots:
            if slot.id in kept["slots"]:
                slot.rounds = [*slot.rounds, row]
                rounds.demand_within(event, slot.rounds, slot.starts_at, slot.ends_at)
    except (rounds.RoundRefused, rounds.ClosesLate, rounds.SlotOutsideRound) as refused:
        raise CannotUndo("changed") from refused


def _slot_data(event: Event, row: Slot) -> dict[str, Any]:
    start = clock.to_local(row.starts_at, event.zone)
    same = ("title", "description", "room", "on_site", "online", "seats_on_site", "seats_online")
    return {name: getattr(row, name) for name in same} | {
        "day": start.date(),
        "start": start.time(),
        "end": clock.to_local(row.ends_at, event.zone).time() if row.ends_at else None,
        "departs": clock.to_local(row.departs_at, event.zone).time() if row.departs_at else None,
        "chosen_in": [str(each.id) for each in row.rounds],
        "speakers": programme.speakers_as_text(row),
        "agreed": programme.agreed_names(row),
    }


def _next_slot(event: Event) -> dict[str, Any]:
    """A new part starts where the last one ends; one of the round that the address names, with that."""
    asked = next((each for each in event.rounds if str(each.id) == request.args.get("round")), None)
    if asked:
        start, end = (clock.to_local(moment, event.zone) for moment in (asked.starts_at, asked.ends_at))
        return {"day": start.date(), "start": start.time(), "end": end.time(), "chosen_in": [str(asked.id)]}
    ends = [slot.ends_at or slot.starts_at for slot in event.slots] + [each.ends_at for each in event.rounds]
    last = max(ends, default=event.starts_at)
    start = clock.to_local(last, event.zone)
    return {"day": start.date(), "start": start.time()}


def _round_data(event: Event, row: Round) -> dict[str, Any]:
    start, closes = (
        clock.to_local(row.starts_at, event.zone),
        row.closes_at and clock.to_local(row.closes_at, event.zone),
    )
    return {
        "title": row.title,
        "by_wish": row.by_wish,
        "day": start.date(),
        "start": start.time(),
        "end": clock.to_local(row.ends_at, event.zone).time(),
        "closes_on": closes.date() if closes else None,
        "closes_hour": closes.time() if closes else None,
    }


def _plain_slot(row: Slot) -> dict[str, Any]:
    """A slot as the session of a browser can keep it."""
    return {
        "id": row.id,
        "materials": materials.ids_under_slot(row.id),
        **{name: _plain_moment(getattr(row, name)) for name in ("starts_at", "ends_at", "departs_at")},
        "title": row.title,
        "description": row.description,
        "room": row.room,
        "speakers": programme.speakers_as_text(row),
        "agreed": programme.agreed_names(row),
        "rounds": [each.id for each in row.rounds],
        "choosing": {name: getattr(row, name) for name in ("on_site", "online", "seats_on_site", "seats_online")},
    }


def _plain_moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
