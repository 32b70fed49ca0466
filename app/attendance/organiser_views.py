"""The day itself for organisers: the list to tap, walk-ins, the code of one person, who stayed away."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app import qr
from app.accounts import rights, sessions
from app.accounts.rights import signed_in
from app.attendance import listing, presence
from app.attendance.forms import WalkInForm
from app.attendance.models import Entry
from app.attendance.presence import CheckIn, NotHeld, NotYet
from app.database import db
from app.events.models import Event, Mode
from app.invitations import check_in_codes
from app.invitations.models import Invitation
from app.network import organisations, people
from app.network.models import Organisation
from app.web.organise import changeable_event, event_with_people

blueprint = Blueprint("day", __name__)
_EVENT = "/organise/events/<slug>/day"


@blueprint.get(_EVENT)
@signed_in
def page(slug: str):
    event = changeable_event(slug)
    return render_template("attendance/day.html", **_list(event))


@blueprint.get(f"{_EVENT}/list")
@signed_in
def rows(slug: str):
    """The counter and the rows alone: what the page fetches again while others check in too."""
    return render_template("attendance/rows.html", **_list(changeable_event(slug)))


@blueprint.post(f"{_EVENT}/<int:number>/present")
@signed_in
def present(slug: str, number: int):
    invitation = _invitation(changeable_event(slug), number)
    _check_in(invitation, Entry.LIST)
    return _after(invitation)


@blueprint.post(f"{_EVENT}/<int:number>/undo")
@signed_in
def undo(slug: str, number: int):
    invitation = _invitation(changeable_event(slug), number)
    presence.undo(invitation)
    db.session.commit()
    return _after(invitation)


@blueprint.route(f"{_EVENT}/walk-in", methods=["GET", "POST"])
@signed_in
def walk_in(slug: str):
    event = changeable_event(slug)
    form = WalkInForm(event)
    form.name.data = form.name.data or request.args.get("name", "")[:120]
    alike = []
    if form.validate_on_submit():
        organisation = _chosen(form)
        if not form.address.data or people.by_address(form.address.data) is None:
            alike = [] if "new" in request.form else listing.lookalikes(event, form.name.data, organisation)
        if not alike:
            return _walked_in(event, form, organisation)
    return render_template("attendance/walk_in.html", event=event, form=form, alike=alike), 422 if form.errors else 200


@blueprint.post(f"{_EVENT}/known/<int:number>")
@signed_in
def known(slug: str, number: int):
    """The person at the door is one of the lookalikes that the page proposed."""
    event = changeable_event(slug)
    form = WalkInForm(event)
    if not form.validate_on_submit():
        abort(404)
    alike = listing.lookalikes(event, form.name.data, _chosen(form))
    person = next((each for each in alike if each.id == number), None) or abort(404)
    try:
        done = presence.check_in_person(event, person, _mode(), sessions.current())
    except (NotYet, NotHeld) as refused:
        return _refused(event, refused)
    return _welcome(event, done)


@blueprint.get(f"{_EVENT}/paper")
@signed_in
def paper(slug: str):
    event = changeable_event(slug)
    return render_template("attendance/paper.html", event=event, arrivals=listing.everybody(event))


@blueprint.get(f"{_EVENT}/absent")
@signed_in
def absent(slug: str):
    event = event_with_people(slug)
    missed = listing.absent(event) if event.over else []
    return render_template(
        "attendance/absent.html",
        event=event,
        absent=missed,
        organisations=listing.by_organisation(missed),
        count=listing.count(event),
    )


@blueprint.get("/c/<token>")
def code(token: str):
    """What the QR code of a participant opens: for an organiser the check-in, for others where to show it."""
    invitation = check_in_codes.find(token)
    account = sessions.current()
    if invitation is None:
        return render_template("attendance/code_unknown.html"), 404
    if account is None or not rights.may_organise(account, invitation.event.network_id):
        drawing = qr.drawing(check_in_codes.address(invitation))
        return render_template("attendance/code_show.html", event=invitation.event, drawing=drawing)
    return render_template(
        "attendance/code.html", event=invitation.event, arrival=listing.arrival(invitation), token=token
    )


@blueprint.post("/c/<token>")
@signed_in
def check_in_by_code(token: str):
    invitation = check_in_codes.find(token) or abort(404)
    rights.demand_organise(invitation.event.network_id)
    _check_in(invitation, Entry.CODE)
    return redirect(url_for("day.code", token=token), 303)


def _list(event: Event) -> dict:
    text = request.values.get("q", "").strip()[:100]
    return {
        "event": event,
        "text": text,
        "arrivals": listing.arrivals(event, text),
        "count": listing.count(event),
        "is_open": presence.is_open(event),
        "most": listing.SHOWN,
    }


def _check_in(invitation: Invitation, entry: Entry) -> None:
    """Check somebody in and say what there is to say; the page itself shows who is there."""
    try:
        done = presence.check_in(invitation, entry, _mode(), sessions.current())
    except (NotYet, NotHeld) as refused:
        db.session.rollback()
        flash(_why_not(invitation.event, refused), "warning")
        return
    db.session.commit()
    if not done.new:
        flash(_there_already(done), "warning")


def _walked_in(event: Event, form: WalkInForm, organisation: Organisation | None):
    try:
        done = presence.walk_in(
            event, form.name.data, organisation, form.address.data or "", _mode(), sessions.current()
        )
    except (NotYet, NotHeld) as refused:
        return _refused(event, refused)
    return _welcome(event, done)


def _welcome(event: Event, done: CheckIn):
    db.session.commit()
    name = done.attendance.invitation.person.name
    flash(
        gettext("%(name)s staat op de lijst en is aanwezig.", name=name) if done.new else _there_already(done),
        "ok" if done.new else "warning",
    )
    return redirect(url_for("day.page", slug=event.slug, q=name), 303)


def _refused(event: Event, refused: Exception):
    db.session.rollback()
    flash(_why_not(event, refused), "warning")
    return redirect(url_for("day.page", slug=event.slug), 303)


def _why_not(event: Event, refused: Exception) -> str:
    if isinstance(refused, NotYet):
        return gettext("Inchecken kan vanaf de dag zelf. Tot dan kun je de lijst bekijken en afdrukken.")
    return gettext("Inchecken kan niet: de sessie is een concept of geannuleerd.")


def _there_already(done: CheckIn) -> str:
    name, account = done.attendance.invitation.person.name, done.attendance.account
    if account is None:
        return gettext("%(name)s was al aanwezig.", name=name)
    return gettext("%(name)s was al ingecheckt door %(by)s.", name=name, by=account.name)


def _after(invitation: Invitation):
    """The tapped row again for the script, the page again for who has none."""
    event = invitation.event
    if request.headers.get("HX-Request"):
        return render_template(
            "attendance/tapped.html",
            event=event,
            text=request.form.get("q", ""),
            arrival=listing.arrival(invitation),
            count=listing.count(event),
            is_open=presence.is_open(event),
            alone=True,
        )
    return redirect(url_for("day.page", slug=event.slug, q=request.form.get("q") or None), 303)


def _mode() -> Mode | None:
    sent = request.form.get("mode")
    return Mode(sent) if sent in list(Mode) else None


def _chosen(form: WalkInForm) -> Organisation | None:
    return organisations.get(int(form.organisation.data)) if form.organisation.data else None


def _invitation(event: Event, number: int) -> Invitation:
    invitation = db.session.get(Invitation, number)
    if invitation is None or invitation.event_id != event.id:
        abort(404)
    return invitation
