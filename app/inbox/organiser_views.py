"""The review list: mails that came in and that the program could not settle by itself."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import rights, sessions
from app.accounts.rights import Need
from app.database import db
from app.inbox import calendar_replies, inbox_queries, mail_parsing, mail_review, mailbox_reading
from app.inbox.models import IncomingMail, Outcome
from app.network import network_queries
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages, demand

organisers = OrganiserPages("inbox", __name__, url_prefix="/organise/inbox")


def _mail(incoming_mail_id: int) -> IncomingMail | None:
    """A mail of a network that this account organises; of no network, when it is an administrator."""
    return inbox_queries.find_incoming_mail(sessions.account(), incoming_mail_id)


@organisers.get("", needs=Need.ORGANISER)
def list_mails_to_review() -> str:
    account = sessions.account()
    return render_template(
        "inbox/review.html", page=inbox_queries.page_to_review(account), status=mailbox_reading.mailbox_status()
    )


@organisers.get("/<int:incoming_mail_id>", needs=Need.ORGANISER, subject=_mail)
def show_incoming_mail(mail: IncomingMail) -> str:
    message = mail_parsing.parse_mail(mail.content or b"")
    return render_template(
        "inbox/mail.html",
        mail=mail,
        text=mail_parsing.written_text(message)[:20_000],
        sender=mail_parsing.sender_of(message),
        answer=calendar_replies.read_reply(mail),
        networks=list(db.session.scalars(rights.networks_of_account(sessions.account()))),
    )


@organisers.post("/<int:incoming_mail_id>/settle", needs=Need.ORGANISER, subject=_mail)
def settle_mail(mail: IncomingMail) -> ResponseReturnValue:
    mail_review.settle_mail(mail, sessions.account())
    return _redirect_settled(mail, gettext("Afgehandeld."))


@organisers.post("/<int:incoming_mail_id>/take-over", needs=Need.ORGANISER, subject=_mail)
def take_answer_over(mail: IncomingMail) -> ResponseReturnValue:
    """Let the calendar's answer count."""
    with acting() as act:
        mail_review.take_answer_over(mail, sessions.account())
        name = mail.person.name if mail.person else mail.sender
        act.say(gettext("Het antwoord is overgenomen. %(name)s krijgt er bericht van.", name=name))
    if act.refused:
        return redirect(url_for("inbox.show_incoming_mail", incoming_mail_id=mail.id), 303)
    return redirect(url_for("inbox.list_mails_to_review"), 303)


@organisers.post("/<int:incoming_mail_id>/stop", needs=Need.ORGANISER, subject=_mail)
def stop_mailing_sender(mail: IncomingMail) -> ResponseReturnValue:
    """Nothing goes to that address any more."""
    mail_review.stop_mailing_sender(mail, sessions.account())
    return _redirect_settled(mail, gettext("Naar dit adres gaat geen mail meer."))


@organisers.post("/<int:incoming_mail_id>/forward", needs=Need.ORGANISER, subject=_mail)
def forward_to_organisers(mail: IncomingMail) -> ResponseReturnValue:
    network = network_queries.find_network(request.form.get("network", "")) or abort(404)
    demand(Need.ORGANISE, network)
    mail_review.forward_to_organisers(mail, network, sessions.account())
    return _redirect_settled(mail, gettext("Doorgestuurd naar %(name)s.", name=network.contact_name))


def _redirect_settled(mail: IncomingMail, message: str) -> ResponseReturnValue:
    db.session.commit()
    undo.offer_undo("incoming_mail", "", {"mail": mail.id}, url_for("inbox.list_mails_to_review"), message)
    return redirect(url_for("inbox.list_mails_to_review"), 303)


@undo.restorer("incoming_mail", needs=Need.ORGANISER)
def _reopen_settled(kept: dict[str, Any]) -> None:
    mail = _mail(kept["mail"])
    if mail is not None and mail.outcome == Outcome.SETTLED:
        mail_review.reopen_mail(mail)
