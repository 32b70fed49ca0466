"""Somebody's own letter of attendance, by the personal link of the session. GET never acts."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.access_log import Shows
from app.certificates import attendance_letters, issuing, letter_mails, letter_papers
from app.certificates.forms import AskNameForm
from app.certificates.models import CertificateVersion
from app.courses import course_certificates
from app.invitations.models import Invitation
from app.network.people.models import Person
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.member_doors import MemberPages
from app.web.personal import INVITATION

personal = PersonalPages("own_certificate", __name__, link=INVITATION)
members = MemberPages("own_certificate", __name__)


@personal.get("/i/<token>/certificate", endpoint="show_letter")
@personal.get("/my/<slug>/certificate")
def show_own_letter(invitation: Invitation) -> ResponseReturnValue:
    return _render(invitation)


@personal.get("/i/<token>/certificate.pdf", endpoint="download_letter")
@personal.get("/my/<slug>/certificate.pdf")
def download_own_letter(invitation: Invitation) -> ResponseReturnValue:
    letter = attendance_letters.letter_of_invitation(invitation)
    if letter is None or letter.withdrawn_at:
        return _to_page(invitation)
    try:
        return _as_file(letter.newest)
    except OSError:
        flash(gettext("Hier kan nu geen PDF gemaakt worden. Vraag de organisator om het bewijs."), "error")
        return _to_page(invitation)


@personal.post("/i/<token>/certificate", endpoint="make_letter")
@personal.post("/my/<slug>/certificate")
def make_own_letter(invitation: Invitation) -> ResponseReturnValue:
    with acting(words={issuing.NoCertificate: ""}) as act:
        attendance_letters.issue_letter(invitation)
        act.say(gettext("Je bewijs van deelname staat klaar."))
    return _to_page(invitation)


@personal.post("/i/<token>/certificate/name", endpoint="ask_name")
@personal.post("/my/<slug>/certificate/name")
def ask_own_name(invitation: Invitation) -> ResponseReturnValue:
    form, letter = AskNameForm(), attendance_letters.letter_of_invitation(invitation)
    if letter is None or letter.withdrawn_at:
        return _to_page(invitation)
    if not form.validate_on_submit():
        return _render(invitation, form)
    with acting(form) as act:
        if issuing.ask_name(letter, form.name.data):
            letter_mails.tell_of_asked_name(letter, invitation.event)
        act.say(gettext("We vroegen de organisator om je naam te verbeteren. Je krijgt het nieuwe bewijs in de mail."))
    return _to_page(invitation)


@members.get("/me/certificates/<int:certificate_id>", shows=Shows.COPY)
def download_any(person: Person, certificate_id: int) -> ResponseReturnValue:
    """One of all that somebody has, of sessions and of courses."""
    found = next((each for each in issuing.certificates_of_person(person) if each.id == certificate_id), None)
    newest = (found or abort(404)).newest
    try:
        return _as_file(newest)
    except OSError:
        flash(gettext("Hier kan nu geen PDF gemaakt worden. Vraag de organisator om het bewijs."), "error")
        return redirect(url_for("me.show_own_page"), 303)


def _as_file(version: CertificateVersion) -> Response:
    answer = Response(letter_papers.write_pdf(version), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=letter_papers.name_of_file(version))
    return answer


def _render(invitation: Invitation, form: AskNameForm | None = None) -> ResponseReturnValue:
    own = attendance_letters.own_letter(invitation)
    token = (request.view_args or {}).get("token")
    return render_template(
        "certificates/own_letter.html",
        event=invitation.event,
        person=invitation.person,
        own=own,
        edition=course_certificates.edition_of_event(invitation.event),
        duration=letter_papers.format_duration(own.letter.newest.minutes) if own.letter else "",
        form=form or AskNameForm(formdata=None),
        token=token,
    ), 422 if form else 200


def _to_page(invitation: Invitation) -> ResponseReturnValue:
    INVITATION.remember(invitation)
    return redirect(url_for("own_certificate.show_own_letter", slug=invitation.event.slug), 303)
