"""Joining a network, and stopping its mail: by a button on the page, or one click from the mail program."""

from operator import attrgetter

from flask import abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import refresh

from app.database import db
from app.extensions import csrf
from app.network import correspondence, joining, memberships, unsubscribing
from app.network.forms import ConfirmJoinForm, JoinForm
from app.network.models import JoinRequest, Membership, Verdict
from app.network.organisations import organisations
from app.network.people.models import Language
from app.network.visits import Visit
from app.web import languages, visiting
from app.web.acting import acting
from app.web.doors import PersonalPages, PublicPages
from app.web.personal import VISIT, Link

public = PublicPages("memberships", __name__)
personal = PersonalPages("memberships", __name__)
_JOIN = Link(joining.join_request_of_link, language=attrgetter("language"))
_UNSUBSCRIBE = Link(memberships.membership_of_link, language=attrgetter("person.language"), unknown=None)


@public.route("/networks/<slug>/join", methods=["GET", "POST"], limit="20/hour")
def ask_to_join(slug: str) -> ResponseReturnValue:
    """Ask to become a member; the answer is the same for every address."""
    network = visiting.find_visible_network(slug) or abort(404)
    form = JoinForm()
    if form.validate_on_submit():
        with acting(form) as act:
            language = Language(languages.choose_language())
            joining.ask_to_join(network, form.name.data, form.address.data, language, through=form.through.data)
        if not act.refused:
            return render_template("network/join_asked.html", network=network, address=form.address.data)
    return render_template("network/join.html", network=network, form=form), 422 if form.errors else 200


@personal.get("/join/<token>", link=_JOIN)
def show_join_request(asked: JoinRequest) -> ResponseReturnValue:
    return _confirm_join(asked)


@personal.post("/join/<token>", link=_JOIN)
def confirm_join(asked: JoinRequest) -> ResponseReturnValue:
    form = ConfirmJoinForm()
    if not form.validate():
        return _confirm_join(asked, form)
    chosen = organisations.load_organisation(int(form.organisation.data)) if form.organisation.data else None
    with acting() as act:
        person = joining.confirm_join(asked, chosen)
    if act.refused or person is None:
        return _confirm_join(asked)
    g.reader_language = person.language
    refresh()
    return render_template("network/joined.html", asked=asked, network=asked.network)


def _confirm_join(asked: JoinRequest, form: ConfirmJoinForm | None = None) -> ResponseReturnValue:
    """The page with the button; it proposes the organisation that the address points to. Who pressed it may have to wait."""
    if asked.confirmed_at is not None and asked.verdict != Verdict.YES:
        return render_template("network/join_waiting.html", asked=asked, network=asked.network)
    known = joining.find_requester(asked)
    likely = organisations.organisation_of_domain(asked.address.rpartition("@")[2])
    return render_template(
        "network/join_confirm.html",
        asked=asked,
        network=asked.network,
        entry=joining.entry_of(asked).name,
        asks_organisation=known is None or not known.positions,
        form=form or ConfirmJoinForm(data={"organisation": str(likely.id) if likely else ""}),
    ), 422 if form else 200


@personal.get("/visit/<token>/<any(events, impressions, courses):kind>/<slug>", link=VISIT)
def visit_page(visit: Visit) -> ResponseReturnValue:
    """Into one page of a network that is not listed; from there on the browser is remembered."""
    VISIT.remember(visit)
    return redirect(visit.path)


@personal.get("/unsubscribe/<token>", link=_UNSUBSCRIBE)
def show_unsubscribe(membership: Membership) -> str:
    return _render_unsubscribe(membership)


@personal.post("/unsubscribe/<token>", link=_UNSUBSCRIBE, one_click=True)
def unsubscribe_member(membership: Membership) -> str:
    """Works without cookie and CSRF token, as mail programs need it; answers 200 without redirect (RFC 8058)."""
    if request.form.get("undo"):
        csrf.protect()
        memberships.resubscribe_member(membership)
    else:
        unsubscribing.stop_mail(membership)
    db.session.commit()
    return _render_unsubscribe(membership)


def _render_unsubscribe(membership: Membership) -> str:
    return render_template(
        "network/unsubscribe.html",
        membership=membership,
        network=membership.network,
        address=correspondence.preferred_address(membership.person),
    )
