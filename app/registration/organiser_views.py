"""The cockpit of an event and what organisers do for single people."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app import clock
from app.accounts import audit, rights, sessions
from app.accounts.rights import signed_in
from app.database import db
from app.events.models import Event, Mode
from app.invitations import inviting, links
from app.invitations import queries as invitations
from app.invitations.forms import InviteForm
from app.network import audiences
from app.network import queries as networks
from app.network.blocks import Block
from app.network.listing import PeopleFilter
from app.network.models import OrganisationKind
from app.registration import answers, capacity, cockpit, exports
from app.registration.cockpit import Line, Presence, Sought, Standing
from app.registration.seats import ModeFull, ModeNotOffered, RegistrationClosed
from app.web.organise import changeable_event, event_with_people, readable_event

blueprint = Blueprint("cockpit", __name__, url_prefix="/organise/events/<slug>")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
@signed_in
def page(slug: str):
    event = readable_event(slug)
    viewer = rights.viewer(sessions.current())
    sought = _sought()
    return render_template(
        "registration/cockpit.html",
        event=event,
        funnel=cockpit.funnel(event),
        outlook=capacity.outlook(event),
        waves=invitations.waves(event),
        states=invitations.wave_states(event),
        tiles=cockpit.tiles(event, viewer) if viewer.may_see_people(event) else None,
        page=cockpit.page(event, sought, viewer) if viewer.may_see_people(event) else None,
        sought=sought,
        standings=[*Standing, *(Presence if event.starts_at <= clock.now() else ())],
        kinds=list(OrganisationKind),
        chosen=networks.organisation_named(sought.organisation) if sought.organisation else None,
    )


def _sought() -> Sought:
    kind = request.args.get("kind", "")
    return Sought(
        people=PeopleFilter(
            text=request.args.get("q", "").strip(), kind=kind if kind in list(OrganisationKind) else ""
        ),
        standing=request.args.get("standing", ""),
        mode=request.args.get("mode", ""),
        organisation=request.args.get("organisation", ""),
    )


@blueprint.post("/people.xlsx")
@signed_in
def export(slug: str) -> Response:
    """The list as it is narrowed down now; the audit log keeps who took it out."""
    event = changeable_event(slug)
    content = exports.people(event, cockpit.everybody(event, _sought(), rights.viewer(sessions.current())))
    audit.note("exported", event)
    db.session.commit()
    return Response(content, mimetype=_XLSX, headers={"Content-Disposition": f'attachment; filename="{slug}.xlsx"'})


@blueprint.route("/people/add", methods=["GET", "POST"])
@signed_in
def invite(slug: str):
    event = changeable_event(slug)
    form = InviteForm()
    if not event.published:
        flash(gettext("Publiceer de sessie eerst. Daarna kun je mensen uitnodigen."), "warning")
        return redirect(url_for("cockpit.page", slug=slug), 303)
    if form.validate_on_submit():
        invitation = inviting.invite(event, form.name.data, form.address.data)
        db.session.commit()
        flash(gettext("%(name)s is uitgenodigd. De mail is onderweg.", name=invitation.person.name), "ok")
        return redirect(url_for("cockpit.person", slug=slug, number=invitation.id), 303)
    return render_template("registration/invite.html", event=event, form=form), 422 if form.errors else 200


@blueprint.post("/audience/<any(silent, missing):which>")
@signed_in
def audience(slug: str, which: str):
    """One press makes an audience of who did not answer, or of the municipalities of which nobody comes."""
    event = changeable_event(slug)
    if which == "silent":
        name = gettext("Nog geen antwoord op ‘%(title)s’", title=event.title)
        rule = [[audiences.only(Block.SILENT, event.id)]]
    else:
        name = gettext("Gemeenten die nog ontbreken bij ‘%(title)s’", title=event.title)
        kind = audiences.only(Block.KIND, OrganisationKind.MUNICIPALITY.value)
        rule = [[kind, audiences.only(Block.MISSING, event.id)]]
    made = audiences.ensure(event.network, name, rule)
    db.session.commit()
    flash(gettext("De doelgroep staat klaar. Plan er een ronde mee."), "ok")
    return redirect(url_for("waves.edit", slug=slug, kind="invitation", audience=made.id), 303)


@blueprint.get("/people/<int:number>")
@signed_in
def person(slug: str, number: int):
    event = event_with_people(slug)
    line = _line(event, number)
    return render_template(
        "registration/person.html",
        event=event,
        line=line,
        messages=cockpit.messages(line.invitation),
        history=invitations.history(line.invitation),
        link=links.page(line.invitation) if rights.may_organise(sessions.current(), event.network_id) else None,
        outlook=capacity.outlook(event),
    )


@blueprint.post("/people/<int:number>/register")
@signed_in
def register(slug: str, number: int):
    """Register somebody by hand, also after closing."""
    event = changeable_event(slug)
    line = _line(event, number)
    mode = request.form.get("mode")
    try:
        answers.accept(line.invitation, Mode(mode) if mode in list(Mode) else event.modes[0], by=sessions.current())
    except (RegistrationClosed, ModeNotOffered):
        db.session.rollback()
        flash(gettext("Aanmelden kan niet: de sessie is geweest, geannuleerd of nog een concept."), "error")
    except ModeFull:
        db.session.rollback()
        flash(gettext("Daar is geen plek meer. De plek die er was, blijft."), "warning")
    else:
        db.session.commit()
        flash(gettext("%(name)s is aangemeld en krijgt bericht.", name=line.invitation.person.name), "ok")
    return redirect(url_for("cockpit.person", slug=slug, number=number), 303)


@blueprint.post("/people/<int:number>/cancel")
@signed_in
def cancel(slug: str, number: int):
    """Cancel for somebody; the first in line gets the seat."""
    event = changeable_event(slug)
    line = _line(event, number)
    try:
        answers.decline(line.invitation, by=sessions.current())
    except RegistrationClosed:
        db.session.rollback()
        flash(gettext("Afmelden kan niet: de sessie is geweest, geannuleerd of nog een concept."), "error")
    else:
        db.session.commit()
        flash(gettext("%(name)s is afgemeld en krijgt bericht.", name=line.invitation.person.name), "ok")
    return redirect(url_for("cockpit.person", slug=slug, number=number), 303)


@blueprint.post("/people/<int:number>/resend")
@signed_in
def resend(slug: str, number: int):
    event = changeable_event(slug)
    line = _line(event, number)
    if line.invitation.address is None:
        flash(gettext("Van %(name)s kennen we geen mailadres.", name=line.invitation.person.name), "error")
    elif event.published and not event.over:
        inviting.send_again(line.invitation)
        audit.note("resent", line.invitation)
        db.session.commit()
        flash(gettext("De uitnodiging is opnieuw onderweg naar %(name)s.", name=line.invitation.person.name), "ok")
    else:
        flash(gettext("De sessie is geweest, geannuleerd of nog een concept."), "error")
    return redirect(url_for("cockpit.person", slug=slug, number=number), 303)


@blueprint.post("/people/<int:number>/revoke")
@signed_in
def revoke(slug: str, number: int):
    """Make the personal link worthless, for instance when it was passed on; the next mail has a new one."""
    line = _line(changeable_event(slug), number)
    links.revoke(line.invitation)
    audit.note("revoked", line.invitation)
    db.session.commit()
    flash(gettext("De oude link werkt niet meer. Stuur de uitnodiging opnieuw voor een nieuwe link."), "ok")
    return redirect(url_for("cockpit.person", slug=slug, number=number), 303)


def _line(event: Event, number: int) -> Line:
    return cockpit.line(event, number, rights.viewer(sessions.current())) or abort(404)
