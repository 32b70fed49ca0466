"""Joining a network, and stopping its mail: by a button on the page, or one click from the mail program."""

from operator import attrgetter

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from app.database import db
from app.extensions import csrf
from app.network import joining, memberships, organisations, people
from app.network import queries as networks
from app.network.forms import ConfirmJoinForm, JoinForm
from app.network.models import JoinRequest, Language, Membership
from app.web import languages
from app.web.doors import PersonalPages, PublicPages
from app.web.personal import PREFERENCES, Link

public = PublicPages("memberships", __name__)
personal = PersonalPages("memberships", __name__)
_JOIN = Link(joining.find, language=attrgetter("language"))
_UNSUBSCRIBE = Link(memberships.by_unsubscribe_token, language=attrgetter("person.language"), unknown=None)


@public.route("/networks/<slug>/join", methods=["GET", "POST"], limit="20/hour")
def join(slug: str):
    """Ask to become a member; the answer is the same for every address."""
    network = networks.by_slug(slug) or abort(404)
    form = JoinForm()
    if form.validate_on_submit():
        joining.ask(network, form.name.data, form.address.data, Language(languages.choose()))
        db.session.commit()
        return render_template("network/join_asked.html", network=network, address=form.address.data)
    return render_template("network/join.html", network=network, form=form), 422 if form.errors else 200


@personal.get("/join/<token>", link=_JOIN)
def confirm_join(asked: JoinRequest):
    return _confirm_join(asked)


@personal.post("/join/<token>", link=_JOIN)
def joined(asked: JoinRequest):
    form = ConfirmJoinForm()
    if not form.validate():
        return _confirm_join(asked, form)
    chosen = organisations.get(int(form.organisation.data)) if form.organisation.data else None
    person = joining.confirm(asked, chosen)
    db.session.commit()
    PREFERENCES.remember(person)
    g.reader_language = person.language
    refresh()
    flash(str(_l("Je bent lid van %(network)s. Kies hier wat je wilt horen.", network=asked.network.name)), "ok")
    return redirect(url_for("preferences.page"), 303)


def _confirm_join(asked: JoinRequest, form: ConfirmJoinForm | None = None):
    """The page with the button; it proposes the organisation that the address points to."""
    known = people.by_address(asked.address)
    likely = organisations.of_domain(asked.address.rpartition("@")[2])
    return render_template(
        "network/join_confirm.html",
        asked=asked,
        network=asked.network,
        asks_organisation=known is None or not known.positions,
        form=form or ConfirmJoinForm(data={"organisation": str(likely.id) if likely else ""}),
    ), 422 if form else 200


@personal.get("/unsubscribe/<token>", link=_UNSUBSCRIBE)
def confirm(membership: Membership):
    return _page(membership)


@personal.post("/unsubscribe/<token>", link=_UNSUBSCRIBE, one_click=True)
def unsubscribe(membership: Membership):
    """Works without cookie and CSRF token, as mail programs need it; answers 200 without redirect (RFC 8058)."""
    if request.form.get("undo"):
        csrf.protect()
        memberships.resubscribe(membership)
    else:
        memberships.unsubscribe(membership)
    db.session.commit()
    return _page(membership)


def _page(membership: Membership):
    return render_template("network/unsubscribe.html", membership=membership, network=membership.network)
