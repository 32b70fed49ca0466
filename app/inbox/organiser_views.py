"""The review list: mails that came in and that the program could not settle by itself."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts import rights, sessions
from app.accounts.rights import Need
from app.database import db
from app.inbox import mails, queries, reading, replies, reviewing
from app.inbox.models import IncomingMail, Outcome
from app.network import queries as networks
from app.web import undo
from app.web.doors import OrganiserPages, demand

organisers = OrganiserPages("inbox", __name__, url_prefix="/organise/inbox")


def _mail(number: int) -> IncomingMail | None:
    """A mail to a network that this account organises; what belongs to none is everybody's."""
    return queries.find(sessions.account(), number)


@organisers.get("", needs=Need.ORGANISER)
def index():
    account = sessions.account()
    return render_template("inbox/review.html", page=queries.to_review(account), status=reading.status())


@organisers.get("/<int:number>", needs=Need.ORGANISER, subject=_mail)
def show(mail: IncomingMail):
    message = mails.parse(mail.content or b"")
    return render_template(
        "inbox/mail.html",
        mail=mail,
        text=mails.text(message)[:20_000],
        sender=mails.sender(message),
        answer=replies.reading(mail),
        networks=list(db.session.scalars(rights.networks(sessions.account()))),
    )


@organisers.post("/<int:number>/settle", needs=Need.ORGANISER, subject=_mail)
def settle(mail: IncomingMail):
    reviewing.settle(mail, sessions.account())
    return _settled(mail, gettext("Afgehandeld."))


@organisers.post("/<int:number>/take-over", needs=Need.ORGANISER, subject=_mail)
def take_over(mail: IncomingMail):
    """Let the calendar's answer count."""
    if refused := reviewing.take_over(mail, sessions.account()):
        db.session.rollback()
        flash(str(refused.words), "warning")
        return redirect(url_for("inbox.show", number=mail.id), 303)
    db.session.commit()
    flash(
        gettext(
            "Het antwoord is overgenomen. %(name)s krijgt er bericht van.",
            name=mail.person.name if mail.person else mail.sender,
        ),
        "ok",
    )
    return redirect(url_for("inbox.index"), 303)


@organisers.post("/<int:number>/stop", needs=Need.ORGANISER, subject=_mail)
def stop(mail: IncomingMail):
    """Nothing goes to that address any more."""
    reviewing.stop_mailing(mail, sessions.account())
    return _settled(mail, gettext("Naar dit adres gaat geen mail meer."))


@organisers.post("/<int:number>/forward", needs=Need.ORGANISER, subject=_mail)
def forward(mail: IncomingMail):
    network = networks.by_slug(request.form.get("network", "")) or abort(404)
    demand(Need.ORGANISE, network)
    reviewing.forward(mail, network, sessions.account())
    return _settled(mail, gettext("Doorgestuurd naar %(name)s.", name=network.contact_name))


def _settled(mail: IncomingMail, message: str):
    db.session.commit()
    undo.offer("incoming_mail", "", {"mail": mail.id}, url_for("inbox.index"), message)
    return redirect(url_for("inbox.index"), 303)


@undo.restorer("incoming_mail", needs=Need.ORGANISER)
def _reopen(kept: dict) -> None:
    mail = _mail(kept["mail"])
    if mail is not None and mail.outcome == Outcome.SETTLED:
        reviewing.reopen(mail)
