"""The participant's own join page: opening the online session from here counts as being there. GET never acts."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.attendance import presence
from app.attendance.models import Entry
from app.database import db
from app.events.models import Mode
from app.invitations.models import Invitation
from app.registration import seats
from app.registration.models import RegistrationState
from app.web.doors import PersonalPages
from app.web.personal import INVITATION

personal = PersonalPages("presence", __name__, link=INVITATION)


@personal.get("/i/<token>/join", endpoint="show_join_page")
@personal.get("/my/<slug>/join", endpoint="show_own_join_page")
def show(invitation: Invitation) -> str:
    return render_template(
        "attendance/join.html",
        event=invitation.event,
        invitation=invitation,
        registered=_registered_online(invitation),
        open=presence.joining_counts_now(invitation.event),
        attendance=presence.attendance_of(invitation),
    )


@personal.post("/i/<token>/join", endpoint="join_by_link")
@personal.post("/my/<slug>/join")
def join_now(invitation: Invitation) -> ResponseReturnValue:
    if presence.joining_counts_now(invitation.event) and _registered_online(invitation):
        presence.check_in_invitation(invitation, Entry.JOINED, Mode.ONLINE)
        db.session.commit()
    else:
        flash(gettext("Meedoen kan op de dag zelf, als je je online hebt aangemeld."), "warning")
    INVITATION.remember(invitation)
    return redirect(url_for("presence.show_own_join_page", slug=invitation.event.slug), 303)


def _registered_online(invitation: Invitation) -> bool:
    registration = seats.registration_of(invitation)
    return (
        registration is not None
        and registration.state == RegistrationState.CONFIRMED
        and registration.mode == Mode.ONLINE
    )
