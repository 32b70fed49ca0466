"""The review list: mails that came in and that the program could not settle by itself."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts import rights, sessions
from app.accounts.rights import signed_in
from app.database import db
from app.inbox import mails, queries, reading, replies, reviewing
from app.inbox.models import IncomingMail, Outcome
from app.network import queries as networks
from app.web import undo

blueprint = Blueprint("inbox", __name__, url_prefix="/organise/inbox")


@blueprint.get("")
@signed_in
def index():
    account = rights.demand_organiser()
    return render_template("inbox/review.html", page=queries.to_review(account), status=reading.status())


@blueprint.get("/<int:number>")
@signed_in
def show(number: int):
    account = rights.demand_organiser()
    mail = queries.find(account, number) or abort(404)
    message = mails.parse(mail.content or b"")
    return render_template(
        "inbox/mail.html",
        mail=mail,
        text=mails.text(message)[:20_000],
        sender=mails.sender(message),
        answer=replies.reading(mail),
        networks=list(db.session.scalars(rights.networks(account))),
    )


@blueprint.post("/<int:number>/settle")
@signed_in
def settle(number: int):
    mail, account = _waiting(number)
    reviewing.settle(mail, account)
    return _settled(mail, gettext("Afgehandeld."))


@blueprint.post("/<int:number>/take-over")
@signed_in
def take_over(number: int):
    """Let the calendar's answer count."""
    mail, account = _waiting(number)
    if refused := reviewing.take_over(mail, account):
        db.session.rollback()
        flash(str(refused.words), "warning")
        return redirect(url_for("inbox.show", number=number), 303)
    db.session.commit()
    flash(gettext("Het antwoord is overgenomen. %(name)s krijgt er bericht van.", name=mail.person.name), "ok")
    return redirect(url_for("inbox.index"), 303)


@blueprint.post("/<int:number>/stop")
@signed_in
def stop(number: int):
    """Nothing goes to that address any more."""
    mail, account = _waiting(number)
    reviewing.stop_mailing(mail, account)
    return _settled(mail, gettext("Naar dit adres gaat geen mail meer."))


@blueprint.post("/<int:number>/forward")
@signed_in
def forward(number: int):
    mail, account = _waiting(number)
    network = networks.by_slug(request.form.get("network", "")) or abort(404)
    rights.demand_organise(network.id)
    reviewing.forward(mail, network, account)
    return _settled(mail, gettext("Doorgestuurd naar %(name)s.", name=network.contact_name))


def _waiting(number: int) -> tuple[IncomingMail, object]:
    account = rights.demand_organiser()
    mail = queries.find(account, number)
    if mail is None:
        abort(404)
    return mail, account


def _settled(mail: IncomingMail, message: str):
    db.session.commit()
    undo.offer("incoming_mail", "", {"mail": mail.id}, url_for("inbox.index"), message)
    return redirect(url_for("inbox.index"), 303)


@undo.restorer("incoming_mail")
def _reopen(kept: dict) -> None:
    mail = queries.find(sessions.current(), kept["mail"])
    if mail is not None and mail.outcome == Outcome.SETTLED:
        reviewing.reopen(mail)
