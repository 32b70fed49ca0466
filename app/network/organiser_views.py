"""Organisers' pages of a network: its home, people and settings."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import accounts, recent_changes, rights, sessions
from app.accounts.models import Account, NetworkRole
from app.accounts.rights import Need
from app.database import db
from app.directory import contacts
from app.events import session_list
from app.events.models import EventFormat
from app.events.session_list import SessionOrder, SessionsWanted
from app.events.session_list_forms import read_session_filter
from app.network import archiving, controllers, join_answers, network_queries
from app.network.audiences import audiences
from app.network.forms import NetworkForm, NewNetworkForm
from app.network.models import Joining, Network, NetworkColour
from app.network.organisations import organisations
from app.outbox import message_queue
from app.questions import questions
from app.reports import first_steps
from app.themes import themes
from app.web import choosing, last_look, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("network", __name__, url_prefix="/organise")
_PLAIN = (
    "name",
    "letters",
    "own_colour",
    "summary",
    "description",
    "contact_name",
    "contact_address",
    "controller",
    "privacy_address",
    "privacy_officer",
    "joint_controllers",
    "signatory_name",
    "signatory_function",
    "quiet_hours",
    "paced",
    "four_eyes_from",
    "listed",
)


@organisers.get("/networks/<slug>", needs=Need.READ)
def show_network(network: Network) -> str:
    sought, account = read_session_filter(), sessions.account()
    organises = rights.may_organise(account, network.id)
    since = last_look.note_look(network) if organises else None
    page = session_list.page_of_sessions(network, sought)
    return render_template(
        "network/home.html",
        network=network,
        begin=first_steps.look_at_begin(network, account) if organises else None,
        sought=sought,
        page=page,
        shown=choosing.show_list(page, [event.id for event in page.items], *choosing.OF_SESSIONS),
        turnouts=session_list.count_turnouts(page.items, rights.current_viewer()),
        wanted=list(SessionsWanted),
        formats=list(EventFormat),
        years=session_list.list_years(network),
        orders=list(SessionOrder),
        figures=network_queries.count_network_figures(network),
        waiting=join_answers.count_waiting(network.id) if organises else 0,
        asked=questions.count_waiting(network.id) if organises else 0,
        reported=contacts.count_reported(network.id) if organises else 0,
        since=since,
        news=recent_changes.list_changes_of_network(network, since, account) if since else [],
    )


@organisers.route("/networks/new", methods=["GET", "POST"], needs=Need.ADMIN)
def create_network() -> ResponseReturnValue:
    form = NewNetworkForm(_proposed_by(sessions.account()))
    if form.validate_on_submit():
        if network_queries.find_network(form.slug.data):
            form.reject("slug", gettext("Dit webadres is al van een ander netwerk."))
        elif network_queries.find_network_by_name(form.name.data):
            form.reject("name", gettext("Er is al een netwerk met deze naam."))
        else:
            network = Network(slug=form.slug.data)
            _fill_network(network, form)
            db.session.add(network)
            db.session.flush()
            audiences.everybody_in(network)
            accounts.grant_role(sessions.account(), network, NetworkRole.ORGANISER)
            db.session.commit()
            flash(gettext("Het netwerk is er. Hieronder staat wat er nu handig is."), "ok")
            return redirect(url_for("network.show_network", slug=network.slug), 303)
    asks_owner = not controllers.is_controller_named()
    page = render_template("network/settings.html", form=form, network=None, asks_owner=asks_owner)
    return page, 422 if form.errors else 200


@organisers.route("/networks/<slug>/settings", methods=["GET", "POST"], needs=Need.ORGANISE)
def edit_network_settings(network: Network) -> ResponseReturnValue:
    form = NetworkForm(obj=network).of(network)
    if form.validate_on_submit():
        other = network_queries.find_network_by_name(form.name.data)
        if other and other.id != network.id:
            form.reject("name", gettext("Er is al een netwerk met deze naam."))
        else:
            _fill_network(network, form)
            db.session.commit()
            flash(gettext("Opgeslagen."), "ok")
            return redirect(url_for("network.show_network", slug=network.slug), 303)
    return render_template("network/settings.html", form=form, network=network), 422 if form.errors else 200


@organisers.post("/networks/<slug>/archive", needs=Need.ORGANISE)
def archive_network(network: Network) -> ResponseReturnValue:
    back = url_for("network.show_network", slug=network.slug)
    with acting() as act:
        archiving.archive_network(network)
    if not act.refused:
        message = gettext("Het netwerk is gearchiveerd. Alles blijft te lezen.")
        undo.offer_undo("archive", "", {}, back, message, place=network)
    return redirect(back, 303)


@organisers.post("/networks/<slug>/reopen", needs=Need.ORGANISE)
def reopen_network(network: Network) -> ResponseReturnValue:
    archiving.reopen_network(network)
    db.session.commit()
    flash(gettext("Het netwerk is weer open."), "ok")
    return redirect(url_for("network.show_network", slug=network.slug), 303)


@undo.restorer("archive", needs=Need.ORGANISE)
def _take_out_of_archive(network: Network, kept: dict[str, Any]) -> None:
    archiving.reopen_network(network)


def _proposed_by(account: Account) -> dict[str, str]:
    """What a new network probably says of who answers questions: whoever makes it."""
    return {"contact_name": account.name, "contact_address": account.email}


def _fill_network(network: Network, form: NetworkForm) -> None:
    if network.quiet_hours and not form.quiet_hours.data:
        message_queue.end_quiet_hours(network.id)
    for name in _PLAIN:
        setattr(network, name, form[name].data)
    network.colour, network.joining = NetworkColour(form.colour.data), Joining(form.joining.data)
    network.themes = themes.load_themes(form.named_themes.data or [])
    network.joining_domains = form.domains()
    network.joining_organisations = organisations.load_organisations(
        [int(organisation_id) for organisation_id in form.named_organisations.data or []]
    )
