"""Letters of attendance for organisers: settling who was there, then giving out, correcting and withdrawing letters."""

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.attendance import closing
from app.certificates import attendance_letters, issuing, letter_mails, letter_papers
from app.certificates.forms import CloseForm, LetterNameForm, WithdrawForm
from app.certificates.models import Certificate, WithdrawnBecause
from app.courses import course_certificates
from app.events.models import Event
from app.invitations import invitation_queries
from app.invitations.models import Invitation
from app.web import seen_parts, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("certificates", __name__)
_ATTENDANCE = "/organise/events/<slug>/attendance"
_LETTER = f"{_ATTENDANCE}/letters/<int:certificate_id>"


def _load_invitation(event: Event, invitation_id: int) -> Invitation | None:
    return invitation_queries.find_invitation(event, invitation_id, rights.current_viewer())


def _load_letter(event: Event, certificate_id: int) -> Certificate | None:
    return attendance_letters.find_letter(event, certificate_id)


@organisers.get(_ATTENDANCE, needs=Need.ORGANISE, shows=Shows.PEOPLE)
def show_letters(event: Event) -> str:
    viewer, closed = rights.current_viewer(), closing.closing_of(event)
    rows = attendance_letters.list_letters(event, viewer) if event.published else []
    return render_template(
        "certificates/letters.html",
        event=event,
        closed=closed,
        outcome=closing.foresee_closing(event, viewer),
        rows=[each for each in rows if not each.difference],
        differing=[each for each in rows if each.difference],
        waiting=attendance_letters.count_waiting(event),
        form=CloseForm(formdata=None),
        edition=course_certificates.edition_of_event(event),
        resting=course_certificates.resting_on(event) if closed else [],
    )


@organisers.post(f"{_ATTENDANCE}/close", needs=Need.ORGANISE, seen=seen_parts.parts_of_attendance)
def close_attendance(event: Event) -> ResponseReturnValue:
    form = CloseForm()
    with acting() as act:
        if closing.close_attendance(event, sessions.account(), mails_letters=form.mails_letters.data):
            act.say(
                gettext("De aanwezigheid is afgesloten. Iedereen die er was, krijgt het bewijs in de mail.")
                if form.mails_letters.data
                else gettext("De aanwezigheid is afgesloten. Wie er was, maakt het bewijs op de eigen pagina.")
            )
    return _back(event)


@organisers.post(f"{_ATTENDANCE}/open", needs=Need.ORGANISE, seen=seen_parts.parts_of_reopening)
def open_attendance(event: Event) -> ResponseReturnValue:
    with acting() as act:
        if closing.open_attendance(event):
            act.say(
                gettext(
                    "De aanwezigheid is weer open. Bewijzen die er al zijn, blijven gelden tot je er iets aan doet."
                )
            )
    return _back(event)


@organisers.post(f"{_ATTENDANCE}/mail", needs=Need.ORGANISE, seen=seen_parts.parts_of_letters_to_send)
def mail_everybody(event: Event) -> ResponseReturnValue:
    """The clockwork makes and mails them, so that nobody waits for it."""
    with acting() as act:
        closing.want_letters_mailed(event)
        number = attendance_letters.count_waiting(event)
        act.say(ngettext("%(num)s bewijs gaat zo de deur uit.", "%(num)s bewijzen gaan zo de deur uit.", number))
    return _back(event)


@organisers.post(f"{_ATTENDANCE}/people/<int:invitation_id>", needs=Need.ORGANISE, subject=_load_invitation)
def give_letter(event: Event, invitation: Invitation) -> ResponseReturnValue:
    """Make one person's letter, and mail it where they have an address."""
    with acting() as act:
        letter = attendance_letters.issue_letter(invitation, sessions.account())
        _say_mailed(act, letter, mailed=letter_mails.mail_letter(letter, invitation))
    return _back(event)


@organisers.get(_LETTER, needs=Need.ORGANISE, subject=_load_letter, shows=Shows.PEOPLE)
def show_letter(event: Event, letter: Certificate) -> str:
    return _render_letter(event, letter)


@organisers.get(f"{_LETTER}/letter.pdf", needs=Need.ORGANISE, subject=_load_letter, shows=Shows.PEOPLE)
def print_letter(event: Event, letter: Certificate) -> ResponseReturnValue:
    try:
        content = letter_papers.write_pdf(letter.newest)
    except OSError:
        flash(gettext("Deze machine kan geen PDF maken: de bibliotheek Pango ontbreekt."), "error")
        return redirect(url_for("certificates.show_letter", slug=event.slug, certificate_id=letter.id), 303)
    return Response(content, mimetype="application/pdf")


@organisers.post(_LETTER, needs=Need.ORGANISE, subject=_load_letter, seen=seen_parts.parts_of_certificate)
def issue_again(event: Event, letter: Certificate) -> ResponseReturnValue:
    """The letter anew with this name and what holds now, under the same number; its person is mailed it."""
    form = LetterNameForm()
    if not form.validate_on_submit():
        return _render_letter(event, letter, form), 422
    with acting(form) as act:
        if attendance_letters.issue_letter_again(letter, form.name.data, sessions.account()):
            invitation = attendance_letters.invitation_of_letter(letter)
            _say_mailed(act, letter, mailed=invitation is not None and letter_mails.mail_letter(letter, invitation))
        else:
            act.say(gettext("Het bewijs zei dit al. Er is niets veranderd."), "warning")
    return _back(event)


@organisers.post(f"{_LETTER}/name", needs=Need.ORGANISE, subject=_load_letter)
def keep_name(event: Event, letter: Certificate) -> ResponseReturnValue:
    with acting() as act:
        issuing.keep_name(letter)
        act.say(gettext("De naam blijft zoals hij is."))
    return _back(event)


@organisers.post(f"{_LETTER}/withdraw", needs=Need.ORGANISE, subject=_load_letter)
def withdraw_letter(event: Event, letter: Certificate) -> ResponseReturnValue:
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _render_letter(event, letter, withdrawing=form), 422
    with acting() as act:
        invitation = attendance_letters.invitation_of_letter(letter)
        if issuing.withdraw_certificate(letter, WithdrawnBecause(form.because.data)) and invitation:
            letter_mails.mail_withdrawal(letter, invitation)
    if not act.refused:
        message = gettext("Het bewijs van %(name)s is ingetrokken.", name=letter.newest.name)
        back = url_for("certificates.show_letters", slug=event.slug)
        undo.offer_undo("certificate", "", {"id": letter.id}, back, message, place=event)
    return _back(event)


@organisers.post(f"{_LETTER}/restore", needs=Need.ORGANISE, subject=_load_letter)
def restore_letter(event: Event, letter: Certificate) -> ResponseReturnValue:
    with acting() as act:
        if _restore(letter):
            act.say(gettext("Het bewijs van %(name)s geldt weer.", name=letter.newest.name))
    return _back(event)


@undo.restorer("certificate", needs=Need.ORGANISE)
def _undo_withdrawal(event: Event, kept: dict[str, Any]) -> None:
    letter = attendance_letters.find_letter(event, kept["id"])
    if letter:
        _restore(letter)


def _restore(letter: Certificate) -> bool:
    """Who may have been told that it was withdrawn is mailed it again."""
    restored = issuing.restore_certificate(letter)
    invitation = attendance_letters.invitation_of_letter(letter)
    if restored and invitation and not letter_mails.take_withdrawal_back(letter):
        letter_mails.mail_letter(letter, invitation)
    return restored


def _render_letter(
    event: Event, letter: Certificate, form: LetterNameForm | None = None, withdrawing: WithdrawForm | None = None
) -> str:
    name = letter.asked_name or letter.newest.name
    return render_template(
        "certificates/letter.html",
        event=event,
        letter=letter,
        closed=closing.closing_of(event),
        duration=letter_papers.format_duration(letter.newest.minutes),
        form=form or LetterNameForm(formdata=None, data={"name": name}),
        withdrawing=withdrawing or WithdrawForm(formdata=None),
    )


def _say_mailed(act: Any, letter: Certificate, *, mailed: bool) -> None:
    name = letter.newest.name
    act.say(
        gettext("Het bewijs van %(name)s is gemaakt en gaat naar het mailadres.", name=name)
        if mailed
        else gettext(
            "Het bewijs van %(name)s is gemaakt. Er is geen mailadres: druk het af en geef het mee.", name=name
        )
    )


def _back(event: Event) -> ResponseReturnValue:
    return redirect(url_for("certificates.show_letters", slug=event.slug), 303)
