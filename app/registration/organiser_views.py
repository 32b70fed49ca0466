"""The cockpit of an event and what organisers do for single people."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock
from app.accounts import audit, recent_changes, rights, sessions
from app.accounts.access_log import Shows
from app.accounts.models import Action
from app.accounts.rights import Need
from app.database import db
from app.events import capacity, event_days
from app.events.models import Event, EventFormat, Mode
from app.invitations import invitation_links, invitation_queries, inviting
from app.invitations.forms import InviteForm
from app.network import network_queries
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.organisations.models import OrganisationKind
from app.network.people import whose_address
from app.network.people.people_list import PeopleOrder
from app.registration import (
    answers,
    change_notices,
    cockpit,
    course_line,
    course_places,
    invited_map,
    presence_counts,
)
from app.registration.cockpit import InvitationStanding, InvitedLine, Turnout
from app.registration.forms import read_invited_filter, read_people_order
from app.registration.models import RegistrationState
from app.registration.seats import ModeFull, ModeNotOffered, RegistrationClosed
from app.web import choosing, last_look
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("cockpit", __name__, url_prefix="/organise/events/<slug>")


def _line_or_404(event: Event, invitation_id: int) -> InvitedLine | None:
    """One invited person of this event."""
    return cockpit.find_invited(event, invitation_id, rights.current_viewer())


@organisers.get("", needs=Need.READ, shows=Shows.PEOPLE)
def show_cockpit(event: Event) -> str:
    viewer = rights.current_viewer()
    sought, order = read_invited_filter(), read_people_order()
    page = cockpit.page_of_invited(event, sought, viewer, order) if viewer.may_see_people(event) else None
    since = last_look.note_look(event) if viewer.may_organise(event.network_id) else None
    return render_template(
        "registration/cockpit.html",
        event=event,
        funnel=cockpit.count_funnel(event),
        meeting=course_places.meeting_of(event),
        in_line=course_line.count_waiting(event) if event.format == EventFormat.COURSE_MEETING else 0,
        days=presence_counts.count_by_day(event) if len(event_days.dates_of_event(event)) > 1 else {},
        outlook=capacity.outlook(event),
        waves=invitation_queries.waves_of_event(event),
        states=invitation_queries.count_messages_by_wave(event),
        tiles=invited_map.list_invited_tiles(event, viewer) if viewer.may_see_people(event) else None,
        page=page,
        since=since,
        news=recent_changes.list_changes_of_event(event, since, sessions.account()) if since else [],
        steps=invitation_queries.count_steps_since(event, since, viewer) if since else {},
        shown=page and choosing.show_list(page, [line.invitation_id for line in page.items], *choosing.OF_SESSION),
        order=order,
        orders=list(PeopleOrder),
        sought=sought,
        standings=[*InvitationStanding, *(Turnout if event.starts_at <= clock.now() else ())],
        kinds=list(OrganisationKind),
        notices=change_notices.count_waiting(event),
        chosen=network_queries.find_organisation(sought.organisation) if sought.organisation else None,
    )


@organisers.route("/people/add", methods=["GET", "POST"], needs=Need.ORGANISE)
def invite_person(event: Event) -> ResponseReturnValue:
    form = InviteForm()
    if not event.published:
        flash(gettext("Publiceer de sessie eerst. Daarna kun je mensen uitnodigen."), "warning")
        return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)
    sent, asked = form.validate_on_submit(), ""
    if sent and "same" not in request.form:
        asked = whose_address.ask_whose(
            form.name.data, form.address.data, rights.current_viewer(), through=form.through.data
        )
    if sent and not asked:
        invitation = inviting.invite_by_hand(event, form.name.data, form.address.data, through=form.through.data)
        db.session.commit()
        flash(gettext("%(name)s is uitgenodigd. De mail is onderweg.", name=invitation.person.name), "ok")
        return redirect(url_for("cockpit.show_invited_person", slug=event.slug, invitation_id=invitation.id), 303)
    return render_template("registration/invite.html", event=event, form=form, asked=asked), 422 if form.errors else 200


@organisers.post("/audience/<any(silent, missing):which>", needs=Need.ORGANISE)
def make_audience(event: Event, which: str) -> ResponseReturnValue:
    """One press makes an audience of people who did not answer, or of municipalities from which nobody comes."""
    if which == "silent":
        name = gettext("Nog geen antwoord op ‘%(title)s’", title=event.title)
        rule = [[audiences.make_condition(AudienceBlock.SILENT, event.id)]]
    else:
        name = gettext("Gemeenten die nog ontbreken bij ‘%(title)s’", title=event.title)
        kind = audiences.make_condition(AudienceBlock.KIND, OrganisationKind.MUNICIPALITY.value)
        rule = [[kind, audiences.make_condition(AudienceBlock.MISSING, event.id)]]
    made = audiences.ensure_audience(event.network, name, rule)
    db.session.commit()
    flash(gettext("De doelgroep staat klaar. Plan er een uitnodiging of herinnering mee."), "ok")
    return redirect(url_for("waves.edit_wave", slug=event.slug, kind="invitation", audience=made.id), 303)


@organisers.get("/people/<int:invitation_id>", needs=Need.PEOPLE, subject=_line_or_404, shows=Shows.PERSON)
def show_invited_person(event: Event, line: InvitedLine) -> str:
    return render_template(
        "registration/person.html",
        event=event,
        line=line,
        messages=cockpit.list_messages_about(line.invitation),
        history=invitation_queries.list_invitation_steps(line.invitation),
        link=invitation_links.link_to_invitation(line.invitation)
        if rights.may_organise(sessions.account(), event.network_id)
        else None,
        outlook=capacity.outlook(event),
        dates=event_days.dates_of_event(event),
        passed=course_line.count_passed(event, line.invitation.person_id),
    )


@organisers.post("/people/<int:invitation_id>/register", needs=Need.ORGANISE, subject=_line_or_404)
def register_person(event: Event, line: InvitedLine) -> ResponseReturnValue:
    """Register somebody by hand, also after closing; past who waits for a course only by a press that says so."""
    mode = request.form.get("mode")
    closed = gettext("Aanmelden kan niet: de sessie is geweest, geannuleerd of nog een concept."), "error"
    full = gettext("Daar is geen plek meer. De plek die er was, blijft.")
    with acting(words={RegistrationClosed: closed, ModeNotOffered: closed, ModeFull: full}) as act:
        registration = answers.accept_invitation(
            line.invitation,
            Mode(mode) if mode in list(Mode) else event.modes[0],
            by=sessions.account(),
            past_line=request.form.get("past_line") == "yes",
        )
        name = line.invitation.person.name
        if registration is None or registration.state == RegistrationState.WAITING:
            act.say(gettext("%(name)s staat op de wachtlijst en krijgt bericht.", name=name))
        else:
            act.say(gettext("%(name)s is aangemeld en krijgt bericht.", name=name))
    return redirect(url_for("cockpit.show_invited_person", slug=event.slug, invitation_id=line.invitation.id), 303)


@organisers.post("/people/<int:invitation_id>/cancel", needs=Need.ORGANISE, subject=_line_or_404)
def cancel_registration(event: Event, line: InvitedLine) -> ResponseReturnValue:
    """Cancel for somebody; the first in line gets the seat."""
    closed = gettext("Afmelden kan niet: de sessie is geweest, geannuleerd of nog een concept."), "error"
    with acting(words={RegistrationClosed: closed}) as act:
        answers.decline_invitation(line.invitation, by=sessions.account())
        act.say(gettext("%(name)s is afgemeld en krijgt bericht.", name=line.invitation.person.name))
    return redirect(url_for("cockpit.show_invited_person", slug=event.slug, invitation_id=line.invitation.id), 303)


@organisers.post("/people/<int:invitation_id>/resend", needs=Need.ORGANISE, subject=_line_or_404)
def resend_invitation(event: Event, line: InvitedLine) -> ResponseReturnValue:
    if line.invitation.address is None:
        flash(gettext("Van %(name)s kennen we geen mailadres.", name=line.invitation.person.name), "error")
    elif event.published and not event.over:
        inviting.plan_invitation_again(line.invitation)
        audit.note_in_audit_log(Action.RESENT, line.invitation)
        db.session.commit()
        flash(gettext("De uitnodiging is opnieuw onderweg naar %(name)s.", name=line.invitation.person.name), "ok")
    else:
        flash(gettext("De sessie is geweest, geannuleerd of nog een concept."), "error")
    return redirect(url_for("cockpit.show_invited_person", slug=event.slug, invitation_id=line.invitation.id), 303)


@organisers.post("/people/<int:invitation_id>/revoke", needs=Need.ORGANISE, subject=_line_or_404)
def revoke_personal_link(event: Event, line: InvitedLine) -> ResponseReturnValue:
    """Make the personal link worthless, for instance when it was passed on; the next mail has a new one."""
    invitation_links.revoke_link(line.invitation)
    audit.note_in_audit_log(Action.REVOKED, line.invitation)
    db.session.commit()
    flash(gettext("De oude link werkt niet meer. Stuur de uitnodiging opnieuw voor een nieuwe link."), "ok")
    return redirect(url_for("cockpit.show_invited_person", slug=event.slug, invitation_id=line.invitation.id), 303)
