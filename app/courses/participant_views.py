"""How it stands with somebody's course, and their certificate of it, by the personal link of any of its meetings. GET never acts."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.certificates import issuing, letter_mails, letter_papers
from app.certificates.forms import AskNameForm
from app.courses import course_certificates
from app.invitations.models import Invitation
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.personal import INVITATION

personal = PersonalPages("own_course", __name__, link=INVITATION)


@personal.get("/i/<token>/course-certificate", endpoint="show_course")
@personal.get("/my/<slug>/course-certificate")
def show_own_course(invitation: Invitation) -> ResponseReturnValue:
    return _render(invitation)


@personal.get("/i/<token>/course-certificate.pdf", endpoint="download_certificate")
@personal.get("/my/<slug>/course-certificate.pdf")
def download_own_certificate(invitation: Invitation) -> ResponseReturnValue:
    own = course_certificates.own_course(invitation) or abort(404)
    if own.certificate is None or own.certificate.withdrawn_at:
        return _to_page(invitation)
    newest = own.certificate.newest
    try:
        content = letter_papers.write_pdf(newest)
    except OSError:
        flash(gettext("Hier kan nu geen PDF gemaakt worden. Vraag de organisator om het certificaat."), "error")
        return _to_page(invitation)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=letter_papers.name_of_file(newest))
    return answer


@personal.post("/i/<token>/course-certificate/name", endpoint="ask_certificate_name")
@personal.post("/my/<slug>/course-certificate/name")
def ask_own_name(invitation: Invitation) -> ResponseReturnValue:
    form, own = AskNameForm(), course_certificates.own_course(invitation) or abort(404)
    if own.certificate is None or own.certificate.withdrawn_at:
        return _to_page(invitation)
    if not form.validate_on_submit():
        return _render(invitation, form)
    with acting(form) as act:
        if issuing.ask_name(own.certificate, form.name.data):
            edition = own.edition
            page = url_for(
                "completion.show_certificate",
                slug=edition.course.network.slug,
                edition_id=edition.id,
                certificate_id=own.certificate.id,
            )
            letter_mails.tell_of_asked_name(own.certificate, invitation.event, page)
        act.say(
            gettext("We vroegen de organisator om je naam te verbeteren. Je krijgt het nieuwe certificaat in de mail.")
        )
    return _to_page(invitation)


def _render(invitation: Invitation, form: AskNameForm | None = None) -> ResponseReturnValue:
    own = course_certificates.own_course(invitation) or abort(404)
    token = (request.view_args or {}).get("token")
    certificate = own.certificate
    return render_template(
        "courses/own_course.html",
        event=invitation.event,
        person=invitation.person,
        own=own,
        duration=letter_papers.format_duration(certificate.newest.minutes) if certificate else "",
        form=form or AskNameForm(formdata=None),
        token=token,
    ), 422 if form else 200


def _to_page(invitation: Invitation) -> ResponseReturnValue:
    INVITATION.remember(invitation)
    return redirect(url_for("own_course.show_own_course", slug=invitation.event.slug), 303)
