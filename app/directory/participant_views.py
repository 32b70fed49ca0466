"""Who takes part in a session, on the own page of whoever does too; and whether one stands on that list oneself."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.directory import consents, participants
from app.invitations.models import Invitation
from app.me import overview
from app.network.people.models import Person
from app.web.acting import acting
from app.web.member_doors import MemberPages

members = MemberPages("taking_part", __name__, url_prefix="/me/sessions/<slug>/participants")


@members.get("")
def list_participants(person: Person, slug: str) -> ResponseReturnValue:
    event = _invitation_of(person, slug).event
    return render_template(
        "directory/participants.html",
        event=event,
        found=participants.list_participants(event),
        shown=consents.shows_at(person, event),
    )


@members.post("")
def show_oneself(person: Person, slug: str) -> ResponseReturnValue:
    event = _invitation_of(person, slug).event
    with acting() as act:
        shown = request.form.get("shown") == "yes"
        consents.show_at(person, event, shown=shown)
        act.say(gettext("Je naam staat op de lijst.") if shown else gettext("Je naam staat niet op de lijst."))
    return redirect(url_for("taking_part.list_participants", slug=slug), 303)


def _invitation_of(person: Person, slug: str) -> Invitation:
    """Of a session in which they take part; a confidential one has no list."""
    invitation = overview.find_invitation(person, slug) or abort(404)
    if invitation.event.confidential or not participants.takes_part(invitation):
        abort(404)
    return invitation
