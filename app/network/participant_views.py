"""Joining a network, and stopping its mail: by a button on the page, or one click from the mail program."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from app.database import db
from app.extensions import csrf, limiter
from app.network import joining, memberships, organisations, people
from app.network import queries as networks
from app.network.forms import ConfirmJoinForm, JoinForm
from app.network.models import JoinRequest, Language
from app.web import languages, personal_session

blueprint = Blueprint("memberships", __name__)


@blueprint.route("/networks/<slug>/join", methods=["GET", "POST"])
@limiter.limit("20/hour", methods=["POST"])
def join(slug: str):
    """Ask to become a member; the answer is the same for every address."""
    network = networks.by_slug(slug) or abort(404)
    form = JoinForm()
    if form.validate_on_submit():
        joining.ask(network, form.name.data, form.address.data, Language(languages.choose()))
        db.session.commit()
        return render_template("network/join_asked.html", network=network, address=form.address.data)
    return render_template("network/join.html", network=network, form=form), 422 if form.errors else 200


@blueprint.get("/join/<token>")
def confirm_join(token: str):
    asked = joining.find(token)
    if asked is None:
        return render_template("web/unknown_link.html"), 404
    return _confirm_join(asked)


@blueprint.post("/join/<token>")
def joined(token: str):
    asked = joining.find(token)
    if asked is None:
        return render_template("web/unknown_link.html"), 404
    g.reader_language = asked.language
    form = ConfirmJoinForm()
    if not form.validate():
        return _confirm_join(asked, form)
    chosen = organisations.get(int(form.organisation.data)) if form.organisation.data else None
    person = joining.confirm(asked, chosen)
    db.session.commit()
    personal_session.remember(person)
    g.reader_language = person.language
    refresh()
    flash(str(_l("Je bent lid van %(network)s. Kies hier wat je wilt horen.", network=asked.network.name)), "ok")
    return redirect(url_for("preferences.page"), 303)


def _confirm_join(asked: JoinRequest, form: ConfirmJoinForm | None = None):
    """The page with the button; it proposes the organisation that the address points to."""
    g.reader_language = asked.language
    known = people.by_address(asked.address)
    likely = organisations.of_domain(asked.address.rpartition("@")[2])
    return render_template(
        "network/join_confirm.html",
        asked=asked,
        network=asked.network,
        asks_organisation=known is None or not known.positions,
        form=form or ConfirmJoinForm(data={"organisation": str(likely.id) if likely else ""}),
    ), 422 if form else 200


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
