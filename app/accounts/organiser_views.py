"""Who may organise: colleagues of a network, all accounts, what everybody did."""

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.accounts import access_letters, accounts, sessions
from app.accounts.forms import AccountForm, ColleagueForm
from app.accounts.models import Account, AuditEntry, Grant, NetworkRole
from app.accounts.rights import Need
from app.database import db
from app.network.models import Network
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("team", __name__, url_prefix="/organise")
PER_PAGE = 50


@organisers.route("/networks/<slug>/team", methods=["GET", "POST"], needs=Need.ORGANISE)
def list_colleagues(network: Network):
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
    grants = (
        sa.select(Grant)
        .join(Account)
        .where(Grant.network_id == network.id)
        .order_by(Account.name)
        .options(joinedload(Grant.account))
    )
    return render_template(
        "accounts/colleagues.html", network=network, form=form, grants=list(db.session.scalars(grants))
    ), 422 if form.errors else 200


@organisers.post("/networks/<slug>/team/<int:number>/remove", needs=Need.ORGANISE, subject=row_of(Grant))
def remove_colleague(network: Network, grant: Grant):
    if grant.account_id == sessions.account().id and not sessions.account().is_admin:
        flash(gettext("Je kunt je eigen toegang niet weghalen. Vraag een collega."), "error")
    else:
        db.session.delete(grant)
        db.session.commit()
        flash(gettext("%(name)s heeft geen toegang meer tot dit netwerk.", name=grant.account.name), "ok")
    return redirect(url_for("team.list_colleagues", slug=network.slug), 303)


@organisers.get("/networks/<slug>/log", needs=Need.ORGANISE)
def list_network_log(network: Network):
    return _render_log(sa.select(AuditEntry).where(AuditEntry.network_id == network.id), network)


@organisers.get("/log", needs=Need.ADMIN)
def list_whole_log():
    return _render_log(sa.select(AuditEntry), None)


def _render_log(wanted: sa.Select, network: Network | None):
    wanted = wanted.order_by(AuditEntry.id.desc()).options(joinedload(AuditEntry.account))
    return render_template(
        "accounts/log.html", network=network, page=db.paginate(wanted, per_page=PER_PAGE, error_out=False)
    )


@organisers.route("/accounts", methods=["GET", "POST"], needs=Need.ADMIN)
def list_accounts():
    form = AccountForm()
    if form.validate_on_submit():
        with acting(form) as act:
            account = accounts.ensure_account(form.address.data, form.name.data, is_admin=form.is_admin.data)
            act.say(gettext("%(name)s kan inloggen met %(address)s.", name=account.name, address=account.email))
        if not act.refused:
            return redirect(url_for("team.list_accounts"), 303)
    wanted = sa.select(Account).order_by(Account.name).options(joinedload(Account.grants).joinedload(Grant.network))
    rows = db.session.scalars(wanted).unique()
    return render_template("accounts/accounts.html", form=form, accounts=list(rows)), 422 if form.errors else 200


@organisers.post("/accounts/<int:number>/active", needs=Need.ADMIN)
def switch_account(number: int):
    """Close an account or open it again; closing ends its sessions."""
    account = db.session.get(Account, number) or abort(404)
    if account.id == sessions.account().id:
        flash(gettext("Je kunt je eigen account niet afsluiten."), "error")
    else:
        account.active = request.form.get("active") == "1"
        account.session_version += 1
        db.session.commit()
        flash(
            gettext("%(name)s kan weer inloggen.", name=account.name)
            if account.active
            else gettext("%(name)s kan niet meer inloggen.", name=account.name),
            "ok",
        )
    return redirect(url_for("team.list_accounts"), 303)
