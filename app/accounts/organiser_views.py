"""Who may organise: colleagues of a network, all accounts, what everybody did."""

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.accounts import access_letters, access_log, accounts, rights, sessions, shared_changes
from app.accounts.forms import AccountForm, ColleagueForm
from app.accounts.models import Account, Action, AuditEntry, Grant, LogKind, NetworkRole, audit_networks
from app.accounts.rights import Need
from app.database import db
from app.network import network_queries
from app.network.models import Network
from app.network.people import name_reading
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("team", __name__, url_prefix="/organise")
PER_PAGE = 50


@organisers.route("/networks/<slug>/team", methods=["GET", "POST"], needs=Need.ORGANISE)
def list_colleagues(network: Network) -> ResponseReturnValue:
    form = ColleagueForm()
    if form.validate_on_submit():
        with acting(form) as act:
            account = accounts.ensure_account(form.address.data, form.name.data)
            role = NetworkRole(form.role.data)
            if accounts.grant_role(account, network, role):
                access_letters.plan_access_mail(account, network, role, sessions.account())
            act.say(
                gettext(
                    "%(name)s heeft toegang en kan inloggen met %(address)s.", name=account.name, address=account.email
                )
            )
        if not act.refused:
            return redirect(url_for("team.list_colleagues", slug=network.slug), 303)
    grants = sa.select(Grant).join(Account).where(Grant.network_id == network.id).options(joinedload(Grant.account))
    listed = sorted(db.session.scalars(grants), key=lambda grant: name_reading.read_name(grant.account.name).sort_key)
    return render_template(
        "accounts/colleagues.html", network=network, form=form, grants=listed
    ), 422 if form.errors else 200


@organisers.post("/networks/<slug>/team/<int:grant_id>/remove", needs=Need.ORGANISE, subject=row_of(Grant))
def remove_colleague(network: Network, grant: Grant) -> ResponseReturnValue:
    if grant.account_id == sessions.account().id and not sessions.account().is_admin:
        flash(gettext("Je kunt je eigen toegang niet weghalen. Vraag een collega."), "error")
    else:
        db.session.delete(grant)
        db.session.commit()
        flash(gettext("%(name)s heeft geen toegang meer tot dit netwerk.", name=grant.account.name), "ok")
    return redirect(url_for("team.list_colleagues", slug=network.slug), 303)


@organisers.get("/networks/<slug>/log", needs=Need.ORGANISE)
def list_network_log(network: Network) -> str:
    """What changed in the network, and in what it shares with others."""
    touching = sa.select(audit_networks.c.entry_id).where(audit_networks.c.network_id == network.id)
    of_network = sa.or_(AuditEntry.network_id == network.id, AuditEntry.id.in_(touching))
    of_access = [action for action in Action if action.of_access]
    wanted = sa.select(AuditEntry).where(of_network, AuditEntry.action.not_in(of_access))
    return _render_log(wanted, network)


@organisers.get("/log", needs=Need.ADMIN)
def list_whole_log() -> str:
    """Everything, or one kind of it: also who signed in, was refused, read people or took them out."""
    asked = request.args.get("kind", "")
    kind = next((each for each in LogKind if each == asked), None)
    wanted = sa.select(AuditEntry)
    if kind:
        wanted = wanted.where(AuditEntry.action.in_(kind.actions))
    return _render_log(wanted, None, kind)


def _render_log(wanted: sa.Select[AuditEntry], network: Network | None, kind: LogKind | None = None) -> str:
    account = sessions.account()
    page = db.paginate(
        wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).options(joinedload(AuditEntry.account)),
        per_page=PER_PAGE,
        error_out=False,
    )
    return render_template(
        "accounts/log.html",
        network=network,
        page=page,
        kinds=LogKind,
        kind=kind,
        undoable={entry.id for entry in shared_changes.undoable_of(account, page.items)},
    )


@organisers.post("/log/<int:audit_entry_id>/undo", needs=Need.ORGANISER)
def undo_shared_change(audit_entry_id: int) -> ResponseReturnValue:
    """Make what is shared what it was before a change in the log."""
    change = shared_changes.find_undoable(sessions.account(), audit_entry_id) or abort(404)
    with acting() as act:
        shared_changes.undo_change(change)
        act.say(gettext("Teruggezet."))
    return redirect(_log_that_was_read(), 303)


def _log_that_was_read() -> str:
    """The log page from which something was undone."""
    network = network_queries.find_network(request.form.get("network", ""))
    account = sessions.account()
    if network is not None and rights.may_organise(account, network.id):
        return url_for("team.list_network_log", slug=network.slug)
    return url_for("team.list_whole_log") if account.is_admin else url_for("organise.show_start")


@organisers.route("/accounts", methods=["GET", "POST"], needs=Need.ADMIN)
def list_accounts() -> ResponseReturnValue:
    form = AccountForm()
    if form.validate_on_submit():
        with acting(form) as act:
            account = accounts.ensure_account(form.address.data, form.name.data, is_admin=form.is_admin.data)
            act.say(gettext("%(name)s kan inloggen met %(address)s.", name=account.name, address=account.email))
        if not act.refused:
            return redirect(url_for("team.list_accounts"), 303)
    wanted = sa.select(Account).options(joinedload(Account.grants).joinedload(Grant.network))
    rows = sorted(
        db.session.scalars(wanted).unique(), key=lambda account: name_reading.read_name(account.name).sort_key
    )
    return render_template("accounts/accounts.html", form=form, accounts=list(rows)), 422 if form.errors else 200


@organisers.post("/accounts/<int:account_id>/active", needs=Need.ADMIN)
def switch_account(account_id: int) -> ResponseReturnValue:
    """Close an account or open it again; closing ends its sessions."""
    account = db.session.get(Account, account_id) or abort(404)
    if account.id == sessions.account().id:
        flash(gettext("Je kunt je eigen account niet afsluiten."), "error")
    else:
        account.active = request.form.get("active") == "1"
        if sessions.end_sessions(account):
            access_log.remember_sign_out(account, sessions.account())
        db.session.commit()
        flash(
            gettext("%(name)s kan weer inloggen.", name=account.name)
            if account.active
            else gettext("%(name)s kan niet meer inloggen.", name=account.name),
            "ok",
        )
    return redirect(url_for("team.list_accounts"), 303)
