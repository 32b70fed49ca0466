"""The day itself for organisers: the list to tap, walk-ins, the code of one person, who stayed away."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import qr
from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.attendance import arrivals, closing, door_join, presence
from app.attendance.forms import WalkInForm
from app.attendance.models import Entry, WalkInProposal
from app.attendance.presence import CheckIn
from app.events import event_days
from app.events.models import Event, Mode
from app.invitations import check_in_codes, invitation_queries
from app.invitations.models import Invitation
from app.network.organisations import organisations
from app.network.organisations.models import Organisation
from app.network.people import mailboxes, whose_address
from app.rows import read_row_number
from app.web.acting import acting
from app.web.doors import OrganiserPages, PersonalPages
from app.web.personal import Link

organisers = OrganiserPages("day", __name__)
personal = PersonalPages(
    "day", __name__, link=Link(check_in_codes.invitation_of_code, unknown="attendance/code_unknown.html")
)
_EVENT = "/organise/events/<slug>/day"


def _load_invitation(event: Event, invitation_id: int) -> Invitation | None:
    return invitation_queries.find_invitation(event, invitation_id, rights.current_viewer())


@organisers.get(_EVENT, needs=Need.ORGANISE)
def show_day(event: Event) -> str:
    return render_template("attendance/day.html", **_list_context(event))


@organisers.get(f"{_EVENT}/list", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_arrivals(event: Event) -> str:
    """The counter and the rows alone: what the page fetches again while others check in too."""
    return render_template("attendance/rows.html", **_list_context(event))


@organisers.post(f"{_EVENT}/<int:invitation_id>/present", needs=Need.ORGANISE, subject=_load_invitation)
def check_in_invited(event: Event, invitation: Invitation) -> ResponseReturnValue:
    _check_in(invitation, Entry.LIST)
    return _answer_tap(invitation)


@organisers.post(f"{_EVENT}/<int:invitation_id>/undo", needs=Need.ORGANISE, subject=_load_invitation)
def undo_check_in(event: Event, invitation: Invitation) -> ResponseReturnValue:
    with acting():
        presence.undo_check_in(invitation, _sent_day(), sessions.account())
    return _answer_tap(invitation)


@organisers.route(f"{_EVENT}/walk-in", methods=["GET", "POST"], needs=Need.ORGANISE)
def add_walk_in(event: Event) -> ResponseReturnValue:
    form, proposal = WalkInForm(event), _sent_proposal(event)
    form.name.data = form.name.data or (proposal.name if proposal else request.args.get("name", "")[:120])
    if proposal and request.method == "GET":
        form.choose_organisation(proposal.organisation)
    alike, asked = [], ""
    if form.validate_on_submit():
        organisation = _chosen_organisation(form)
        if form.address.data and "same" not in request.form:
            asked = whose_address.ask_whose(
                form.name.data, form.address.data, rights.current_viewer(), through=form.through.data
            )
        if not (
            form.address.data and mailboxes.find_meant(form.name.data, form.address.data, through=form.through.data)
        ):
            alike = (
                []
                if "new" in request.form
                else arrivals.find_lookalikes(form.name.data, organisation, rights.current_viewer())
            )
        if not (alike or asked):
            return _walked_in(event, form, organisation)
    page = render_template(
        "attendance/walk_in.html",
        event=event,
        form=form,
        alike=alike,
        asked=asked,
        proposal=proposal,
        **_day_context(event),
    )
    return page, 422 if form.errors else 200


@organisers.post(f"{_EVENT}/known/<int:person_id>", needs=Need.ORGANISE)
def check_in_lookalike(event: Event, person_id: int) -> ResponseReturnValue:
    """The person at the door is one of the lookalikes that the page proposed."""
    form = WalkInForm(event)
    if not form.validate_on_submit():
        abort(404)
    alike = arrivals.find_lookalikes(form.name.data, _chosen_organisation(form), rights.current_viewer())
    person = next((each for each in alike if each.id == person_id), None) or abort(404)
    return _redirect_to_arrived(
        event, lambda: presence.check_in_person(event, person, _mode(), sessions.account(), _sent_day())
    )


@organisers.get(f"{_EVENT}/paper", needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_paper_list(event: Event) -> str:
    dates = event_days.dates_of_event(event)
    expected = arrivals.list_everybody_expected(event, rights.current_viewer())
    return render_template("attendance/paper.html", event=event, arrivals=expected, dates=dates)


@organisers.get(f"{_EVENT}/absent", needs=Need.PEOPLE, shows=Shows.PEOPLE)
def show_absent(event: Event) -> str:
    day = _sent_day() if _sent_day() in event_days.dates_of_event(event) else None
    missed = arrivals.list_absent(event, rights.current_viewer(), day) if event.over else []
    return render_template(
        "attendance/absent.html",
        event=event,
        absent=missed,
        organisations=arrivals.count_by_organisation(missed),
        count=arrivals.count_present(event, day) if day else arrivals.count_ever_present(event),
        dates=event_days.dates_of_event(event),
        day=day,
    )


@personal.get("/c/<token>")
def show_check_in_code(invitation: Invitation) -> str:
    """What the QR code of a participant opens: for an organiser the check-in, for others where to show it."""
    account = sessions.current_account()
    if account is None or not rights.may_organise(account, invitation.event.network_id):
        drawing = qr.draw_code_svg(check_in_codes.link_to_check_in(invitation))
        return render_template("attendance/code_show.html", event=invitation.event, drawing=drawing)
    day = _shown_day(invitation.event)
    return render_template(
        "attendance/code.html",
        arrival=arrivals.arrival_of(invitation, rights.current_viewer(), day),
        event=invitation.event,
        **_day_context(invitation.event),
    )


@organisers.post("/c/<token>", needs=Need.ORGANISE, subject=check_in_codes.invitation_of_code)
def check_in_by_code(invitation: Invitation) -> ResponseReturnValue:
    _check_in(invitation, Entry.CODE)
    day = _other_day(invitation.event)
    return redirect(f"{request.path}?on={day}" if day else request.path, 303)


def _list_context(event: Event) -> dict[str, Any]:
    text = request.values.get("q", "").strip()[:100]
    return {
        "event": event,
        "text": text,
        "arrivals": arrivals.list_arrivals(event, rights.current_viewer(), text, _shown_day(event)),
        "count": arrivals.count_present(event, _shown_day(event)),
        "most": arrivals.SHOWN,
        **_day_context(event),
    }


def _day_context(event: Event) -> dict[str, Any]:
    """The day that a page of the door is about, and the others when there are any; `on` says which in a form or an address."""
    day, dates = _shown_day(event), event_days.dates_of_event(event)
    closed = closing.closing_of(event) if event.over else None
    return {
        "day": day,
        "dates": dates,
        "today": presence.day_of_door(event),
        "on": day.isoformat() if len(dates) > 1 else "",
        "closed": closed,
        "is_open": closed is None and presence.is_check_in_open(event, day),
    }


def _shown_day(event: Event) -> date:
    """The day that was chosen, else the one that the door is about."""
    sent = _sent_day()
    return sent if sent in event_days.dates_of_event(event) else presence.day_of_door(event)


def _sent_day() -> date | None:
    """The day that a form or an address names: a tap counts for the day that its page showed."""
    try:
        return date.fromisoformat(request.values.get("on", ""))
    except ValueError:
        return None


def _check_in(invitation: Invitation, entry: Entry) -> None:
    """Check somebody in and say what there is to say; the page itself shows who is there."""
    with acting() as act:
        done = presence.check_in_invitation(invitation, entry, _mode(), sessions.account(), _sent_day())
        if not done.new:
            act.say(_there_already(done), "warning")


def _walked_in(event: Event, form: WalkInForm, organisation: Organisation | None) -> ResponseReturnValue:
    name, address, through = form.name.data, form.address.data or "", form.through.data
    return _redirect_to_arrived(
        event,
        lambda: presence.check_in_walk_in(
            event, name, organisation, address, _mode(), sessions.account(), _sent_day(), through=through
        ),
    )


def _redirect_to_arrived(event: Event, check_in: Callable[[], CheckIn]) -> ResponseReturnValue:
    """Check somebody in at the door, and show them on the list."""
    name = None
    with acting() as act:
        done = check_in()
        name = done.attendance.invitation.person.name
        if proposal := _sent_proposal(event):
            door_join.settle_proposal(proposal)
        if done.new:
            act.say(gettext("%(name)s staat op de lijst en is aanwezig.", name=name))
        else:
            act.say(_there_already(done), "warning")
    return redirect(url_for("day.show_day", slug=event.slug, q=name, on=_other_day(event)), 303)


def _sent_proposal(event: Event) -> WalkInProposal | None:
    """Who a phone at the door proposed, when that is what this is about."""
    walk_in_proposal_id = read_row_number(request.values.get("proposal", ""))
    return door_join.find_proposal(event, walk_in_proposal_id) if walk_in_proposal_id else None


def _there_already(done: CheckIn) -> str:
    name, account = done.attendance.invitation.person.name, done.attendance.account
    if account is None:
        return gettext("%(name)s was al aanwezig.", name=name)
    return gettext("%(name)s was al ingecheckt door %(by)s.", name=name, by=account.name)


def _answer_tap(invitation: Invitation) -> ResponseReturnValue:
    """The tapped row again for the script; the whole page again without JavaScript."""
    event = invitation.event
    if request.headers.get("HX-Request"):
        return render_template(
            "attendance/tapped.html",
            event=event,
            text=request.form.get("q", ""),
            arrival=arrivals.arrival_of(invitation, rights.current_viewer(), _shown_day(event)),
            count=arrivals.count_present(event, _shown_day(event)),
            alone=True,
            **_day_context(event),
        )
    sought = request.form.get("q") or None
    return redirect(url_for("day.show_day", slug=event.slug, q=sought, on=_other_day(event)), 303)


def _other_day(event: Event) -> str | None:
    """The day to go back to, when it is not the one that the door is about by itself."""
    day = _shown_day(event)
    return None if day == presence.day_of_door(event) else day.isoformat()


def _mode() -> Mode | None:
    sent = request.form.get("mode")
    return Mode(sent) if sent in list(Mode) else None


def _chosen_organisation(form: WalkInForm) -> Organisation | None:
    return organisations.load_organisation(int(form.organisation.data)) if form.organisation.data else None
