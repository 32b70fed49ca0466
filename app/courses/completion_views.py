"""Who completed an edition, for organisers: each person's days, then letting certificates go out, correcting and withdrawing them."""

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.certificates import issuing, letter_mails, letter_papers
from app.certificates.forms import LetterNameForm, WithdrawForm
from app.certificates.models import Certificate, WithdrawnBecause
from app.courses import certificate_mails, completion, course_certificates
from app.courses.models import CourseEdition
from app.network.models import Network
from app.web import seen_parts, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("completion", __name__)
_COMPLETION = "/organise/networks/<slug>/courses/editions/<int:edition_id>/completion"
_CERTIFICATE = f"{_COMPLETION}/certificates/<int:certificate_id>"


def _load_certificate(network: Network, edition_id: int, certificate_id: int) -> Certificate | None:
    edition = course_certificates.find_edition(network, edition_id)
    return course_certificates.find_certificate(edition, certificate_id) if edition else None


@organisers.get(_COMPLETION, needs=Need.ORGANISE, subject=course_certificates.find_edition, shows=Shows.PEOPLE)
def show_completion(network: Network, edition: CourseEdition) -> str:
    held = completion.load_completion(edition)
    rows = course_certificates.list_rows(edition, held)
    return render_template(
        "courses/completion.html",
        network=network,
        edition=edition,
        held=held,
        rows=[each for each in rows if not each.difference],
        differing=[each for each in rows if each.difference],
        wanted=course_certificates.wanted_of(edition),
        waiting=len(course_certificates.enrolments_without(edition, held)),
    )


@organisers.post(
    _COMPLETION, needs=Need.ORGANISE, subject=course_certificates.find_edition, seen=seen_parts.parts_of_completion
)
def want_certificates(network: Network, edition: CourseEdition) -> ResponseReturnValue:
    """The clockwork makes and mails them, so that nobody waits for it."""
    with acting() as act:
        course_certificates.want_certificates(edition, sessions.account())
        act.say(gettext("De certificaten worden gemaakt en gemaild. Wie de leergang later voltooit, krijgt het dan."))
    return _back(edition)


@organisers.get(_CERTIFICATE, needs=Need.ORGANISE, subject=_load_certificate, shows=Shows.PEOPLE)
def show_certificate(network: Network, certificate: Certificate) -> str:
    return _render(network, certificate)


@organisers.get(f"{_CERTIFICATE}/certificate.pdf", needs=Need.ORGANISE, subject=_load_certificate, shows=Shows.PEOPLE)
def print_certificate(network: Network, certificate: Certificate) -> ResponseReturnValue:
    try:
        content = letter_papers.write_pdf(certificate.newest)
    except OSError:
        flash(gettext("Deze machine kan geen PDF maken: de bibliotheek Pango ontbreekt."), "error")
        return redirect(_page(certificate), 303)
    return Response(content, mimetype="application/pdf")


@organisers.post(
    _CERTIFICATE, needs=Need.ORGANISE, subject=_load_certificate, seen=seen_parts.parts_of_course_certificate
)
def issue_again(network: Network, certificate: Certificate) -> ResponseReturnValue:
    """The certificate anew with this name and what holds now, under the same number; its person is mailed it."""
    form, edition = LetterNameForm(), _edition(certificate)
    if not form.validate_on_submit():
        return _render(network, certificate, form), 422
    with acting(form) as act:
        name = form.name.data
        if course_certificates.issue_certificate_again(edition, certificate, name, sessions.account()):
            if certificate_mails.mail_certificate(edition, certificate):
                act.say(gettext("Het certificaat van %(name)s is gemaakt en gaat naar het mailadres.", name=name))
            else:
                act.say(
                    gettext(
                        "Het certificaat van %(name)s is gemaakt. Er is geen mailadres: druk het af en geef het mee.",
                        name=name,
                    )
                )
        else:
            act.say(gettext("Het certificaat zei dit al. Er is niets veranderd."), "warning")
    return _back(edition)


@organisers.post(f"{_CERTIFICATE}/name", needs=Need.ORGANISE, subject=_load_certificate)
def keep_name(network: Network, certificate: Certificate) -> ResponseReturnValue:
    with acting() as act:
        issuing.keep_name(certificate)
        act.say(gettext("De naam blijft zoals hij is."))
    return _back(_edition(certificate))


@organisers.post(f"{_CERTIFICATE}/withdraw", needs=Need.ORGANISE, subject=_load_certificate)
def withdraw_certificate(network: Network, certificate: Certificate) -> ResponseReturnValue:
    form, edition = WithdrawForm(), _edition(certificate)
    if not form.validate_on_submit():
        return _render(network, certificate, withdrawing=form), 422
    with acting() as act:
        invitation = course_certificates.invitation_of_certificate(edition, certificate)
        if issuing.withdraw_certificate(certificate, WithdrawnBecause(form.because.data)) and invitation:
            letter_mails.mail_withdrawal(certificate, invitation)
    if not act.refused:
        message = gettext("Het certificaat van %(name)s is ingetrokken.", name=certificate.newest.name)
        kept = {"edition": edition.id, "id": certificate.id}
        undo.offer_undo("course_certificate", "", kept, _page_of(edition), message, place=network)
    return _back(edition)


@organisers.post(f"{_CERTIFICATE}/restore", needs=Need.ORGANISE, subject=_load_certificate)
def restore_certificate(network: Network, certificate: Certificate) -> ResponseReturnValue:
    with acting() as act:
        if _restore(certificate):
            act.say(gettext("Het certificaat van %(name)s geldt weer.", name=certificate.newest.name))
    return _back(_edition(certificate))


@undo.restorer("course_certificate", needs=Need.ORGANISE)
def _undo_withdrawal(network: Network, kept: dict[str, Any]) -> None:
    certificate = _load_certificate(network, kept["edition"], kept["id"])
    if certificate:
        _restore(certificate)


def _restore(certificate: Certificate) -> bool:
    """Who may have been told that it was withdrawn is mailed it again."""
    restored = issuing.restore_certificate(certificate)
    if restored and not letter_mails.take_withdrawal_back(certificate):
        certificate_mails.mail_certificate(_edition(certificate), certificate)
    return restored


def _edition(certificate: Certificate) -> CourseEdition:
    return course_certificates.edition_of_certificate(certificate)


def _render(
    network: Network,
    certificate: Certificate,
    form: LetterNameForm | None = None,
    withdrawing: WithdrawForm | None = None,
) -> str:
    edition = _edition(certificate)
    name = certificate.asked_name or certificate.newest.name
    return render_template(
        "courses/certificate.html",
        network=network,
        edition=edition,
        letter=certificate,
        settled=completion.load_completion(edition, []).settled,
        duration=letter_papers.format_duration(certificate.newest.minutes),
        form=form or LetterNameForm(formdata=None, data={"name": name}),
        withdrawing=withdrawing or WithdrawForm(formdata=None),
    )


def _page(certificate: Certificate) -> str:
    edition = _edition(certificate)
    slug = edition.course.network.slug
    return url_for("completion.show_certificate", slug=slug, edition_id=edition.id, certificate_id=certificate.id)


def _page_of(edition: CourseEdition) -> str:
    return url_for("completion.show_completion", slug=edition.course.network.slug, edition_id=edition.id)


def _back(edition: CourseEdition) -> ResponseReturnValue:
    return redirect(_page_of(edition), 303)
