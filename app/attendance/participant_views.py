"""The participant's own join page: opening the online session from here counts as being there. GET never acts."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext

from app.attendance import presence
from app.attendance.models import Entry
from app.database import db
from app.events.models import Mode
from app.invitations import links
from app.invitations.models import Invitation
from app.registration import seats
from app.registration.models import RegistrationState
from app.web import remembered

blueprint = Blueprint("presence", __name__)


@blueprint.get("/i/<token>/join")
def join(token: str):
    return _show(links.find(token))


@blueprint.post("/i/<token>/join")
def join_by_link(token: str):
    return _join(links.find(token))


@blueprint.get("/my/<slug>/join")
def join_mine(slug: str):
    return _show(remembered.invitation(slug))


@blueprint.post("/my/<slug>/join")
def join_now(slug: str):
    return _join(remembered.invitation(slug))


def _show(invitation: Invitation | None):
    if invitation is None:
        return render_template("registration/unknown.html"), 404
    g.reader_language = invitation.person.language
    return render_template(
        "attendance/join.html",
        event=invitation.event,
        invitation=invitation,
        registered=_registered_online(invitation),
        open=presence.joins_online(invitation.event),
        attendance=presence.of(invitation),
    )


def _join(invitation: Invitation | None):
    if invitation is None:
        return render_template("registration/unknown.html"), 404
    g.reader_language = invitation.person.language
    if presence.joins_online(invitation.event) and _registered_online(invitation):
        presence.check_in(invitation, Entry.JOINED, Mode.ONLINE)
        db.session.commit()
    else:
        flash(gettext("Meedoen kan op de dag zelf, als je je online hebt aangemeld."), "warning")
    remembered.keep(invitation)
    return redirect(url_for("presence.join_mine", slug=invitation.event.slug), 303)


def _registered_online(invitation: Invitation) -> bool:
    registration = seats.of(invitation)
    return (
        registration is not None
        and registration.state == RegistrationState.CONFIRMED
        and registration.mode == Mode.ONLINE
    )
