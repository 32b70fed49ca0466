"""Stopping the mail of a network: one click from the mail program, or a button on the page."""

from flask import Blueprint, abort, g, render_template, request

from app.database import db
from app.extensions import csrf
from app.network import memberships

blueprint = Blueprint("memberships", __name__)


@blueprint.get("/unsubscribe/<token>")
def confirm(token: str):
    return _page(_membership(token))


@blueprint.post("/unsubscribe/<token>")
@csrf.exempt
def unsubscribe(token: str):
    """Works without cookie and CSRF token, as mail programs need it; answers 200 without redirect (RFC 8058)."""
    membership = _membership(token)
    if request.form.get("undo"):
        csrf.protect()
        memberships.resubscribe(membership)
    else:
        memberships.unsubscribe(membership)
    db.session.commit()
    return _page(membership)


def _membership(token: str):
    membership = memberships.by_unsubscribe_token(token)
    if membership is None:
        abort(404)
    return membership


def _page(membership):
    g.reader_language = membership.person.language
    return render_template("network/unsubscribe.html", membership=membership, network=membership.network)
