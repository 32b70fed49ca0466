"""The cockpit of an event and what organisers do for single people."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app import clock
from app.accounts import audit, rights, sessions
from app.accounts.models import Action
from app.accounts.rights import Need
from app.database import db
from app.events import capacity
from app.events.models import Event, Mode
from app.invitations import inviting, links
from app.invitations import queries as invitations
from app.invitations.forms import InviteForm
from app.network import audiences
from app.network import queries as networks
from app.network.blocks import Block
from app.network.listing import PeopleFilter
from app.network.models import OrganisationKind
from app.registration import answers, cockpit, exports
from app.registration.cockpit import Line, Presence, Sought, Standing
from app.registration.seats import ModeFull, ModeNotOffered, RegistrationClosed
from app.web.doors import OrganiserPages

organisers = OrganiserPages("cockpit", __name__, url_prefix="/organise/events/<slug>")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _line(event: Event, number: int) -> Line | None:
    """One invited person of this event."""
    return cockpit.line(event, number, rights.current_viewer())


@organisers.get("", needs=Need.READ)
def page(event: Event):
    viewer = rights.current_viewer()
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


@organisers.post("/people.xlsx", needs=Need.ORGANISE)
def export(event: Event) -> Response:
    """The list as it is narrowed down now; the audit log keeps who took it out."""
    content = exports.people(event, cockpit.everybody(event, _sought(), rights.current_viewer()))
    audit.note(Action.EXPORTED, event)
    db.session.commit()
    return Response(
        content, mimetype=_XLSX, headers={"Content-Disposition": f'attachment; filename="{event.slug}.xlsx"'}
    )


@organisers.route("/people/add", methods=["GET", "POST"], needs=Need.ORGANISE)
def invite(event: Event):
    form = InviteForm()
    if not event.published:
        flash(gettext("Publiceer de sessie eerst. Daarna kun je mensen uitnodigen."), "warning")
        return redirect(url_for("cockpit.page", slug=event.slug), 303)
    if form.validate_on_submit():
        invitation = inviting.invite(event, form.name.data, form.address.data)
        db.session.commit()
        flash(gettext("%(name)s is uitgenodigd. De mail is onderweg.", name=invitation.person.name), "ok")
        return redirect(url_for("cockpit.person", slug=event.slug, number=invitation.id), 303)
    return render_template("registration/invite.html", event=event, form=form), 422 if form.errors else 200


@organisers.post("/audience/<any(silent, missing):which>", needs=Need.ORGANISE)
def audience(event: Event, which: str):
    """One press makes an audience of who did not answer, or of the municipalities of which nobody comes."""
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
    return redirect(url_for("waves.edit", slug=event.slug, kind="invitation", audience=made.id), 303)


@organisers.get("/people/<int:number>", needs=Need.PEOPLE, subject=_line)
def person(event: Event, line: Line):
    return render_template(
        "registration/person.html",
        event=event,
        line=line,
        messages=cockpit.messages(line.invitation),
        history=invitations.history(line.invitation),
        link=links.page(line.invitation) if rights.may_organise(sessions.account(), event.network_id) else None,
        outlook=capacity.outlook(event),
    )


@organisers.post("/people/<int:number>/register", needs=Need.ORGANISE, subject=_line)
def register(event: Event, line: Line):
    """Register somebody by hand, also after closing."""
    mode = request.form.get("mode")
    try:
        answers.accept(line.invitation, Mode(mode) if mode in list(Mode) else event.modes[0], by=sessions.account())
    except (RegistrationClosed, ModeNotOffered):
        db.session.rollback()
        flash(gettext("Aanmelden kan niet: de sessie is geweest, geannuleerd of nog een concept."), "error")
    except ModeFull:
        db.session.rollback()
        flash(gettext("Daar is geen plek meer. De plek die er was, blijft."), "warning")
    else:
        db.session.commit()
        flash(gettext("%(name)s is aangemeld en krijgt bericht.", name=line.invitation.person.name), "ok")
    return redirect(url_for("cockpit.person", slug=event.slug, number=line.invitation.id), 303)


@organisers.post("/people/<int:number>/cancel", needs=Need.ORGANISE, subject=_line)
def cancel(event: Event, line: Line):
    """Cancel for somebody; the first in line gets the seat."""
    try:
        answers.decline(line.invitation, by=sessions.account())
    except RegistrationClosed:
        db.session.rollback()
        flash(gettext("Afmelden kan niet: de sessie is geweest, geannuleerd of nog een concept."), "error")
    else:
        db.session.commit()
        flash(gettext("%(name)s is afgemeld en krijgt bericht.", name=line.invitation.person.name), "ok")
    return redirect(url_for("cockpit.person", slug=event.slug, number=line.invitation.id), 303)


@organisers.post("/people/<int:number>/resend", needs=Need.ORGANISE, subject=_line)
def resend(event: Event, line: Line):
    if line.invitation.address is None:
        flash(gettext("Van %(name)s kennen we geen mailadres.", name=line.invitation.person.name), "error")
    elif event.published and not event.over:
        inviting.send_again(line.invitation)
        audit.note(Action.RESENT, line.invitation)
        db.session.commit()
        flash(gettext("De uitnodiging is opnieuw onderweg naar %(name)s.", name=line.invitation.person.name), "ok")
    else:
        flash(gettext("De sessie is geweest, geannuleerd of nog een concept."), "error")
    return redirect(url_for("cockpit.person", slug=event.slug, number=line.invitation.id), 303)


@organisers.post("/people/<int:number>/revoke", needs=Need.ORGANISE, subject=_line)
def revoke(event: Event, line: Line):
    """Make the personal link worthless, for instance when it was passed on; the next mail has a new one."""
    links.revoke(line.invitation)
    audit.note(Action.REVOKED, line.invitation)
    db.session.commit()
    flash(gettext("De oude link werkt niet meer. Stuur de uitnodiging opnieuw voor een nieuwe link."), "ok")
    return redirect(url_for("cockpit.person", slug=event.slug, number=line.invitation.id), 303)
