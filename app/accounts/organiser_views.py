"""Who may organise: colleagues of a network, all accounts, what everybody did."""

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.accounts import accounts, sessions
from app.accounts.forms import AccountForm, ColleagueForm
from app.accounts.models import Account, AuditEntry, Grant, NetworkRole
from app.accounts.rights import admin_only, signed_in
from app.database import db
from app.web.organise import changeable_network

blueprint = Blueprint("team", __name__, url_prefix="/organise")
PER_PAGE = 50


@blueprint.route("/networks/<slug>/team", methods=["GET", "POST"])
@signed_in
def colleagues(slug: str):
    network = changeable_network(slug)
    form = ColleagueForm()
    if form.validate_on_submit():
        account = accounts.create(form.address.data, form.name.data)
        accounts.grant(account, network, NetworkRole(form.role.data))
        db.session.commit()
        flash(
            gettext(
                "%(name)s heeft toegang en kan inloggen met %(address)s.", name=account.name, address=account.email
            ),
            "ok",
        )
        return redirect(url_for("team.colleagues", slug=slug), 303)
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


@blueprint.post("/networks/<slug>/team/<int:number>/remove")
@signed_in
def remove_colleague(slug: str, number: int):
    network = changeable_network(slug)
    grant = db.session.get(Grant, number)
    if grant is None or grant.network_id != network.id:
        abort(404)
    if grant.account_id == sessions.current().id and not sessions.current().is_admin:
        flash(gettext("Je kunt je eigen toegang niet weghalen. Vraag een collega."), "error")
    else:
        db.session.delete(grant)
        db.session.commit()
        flash(gettext("%(name)s heeft geen toegang meer tot dit netwerk.", name=grant.account.name), "ok")
    return redirect(url_for("team.colleagues", slug=slug), 303)


@blueprint.get("/networks/<slug>/log")
@signed_in
def log(slug: str):
    network = changeable_network(slug)
    return _log(sa.select(AuditEntry).where(AuditEntry.network_id == network.id), network)


@blueprint.get("/log")
@admin_only
def whole_log():
    return _log(sa.select(AuditEntry), None)


def _log(wanted: sa.Select, network):
    wanted = wanted.order_by(AuditEntry.id.desc()).options(joinedload(AuditEntry.account))
    return render_template(
        "accounts/log.html", network=network, page=db.paginate(wanted, per_page=PER_PAGE, error_out=False)
    )


@blueprint.route("/accounts", methods=["GET", "POST"])
@admin_only
def all_accounts():
    form = AccountForm()
    if form.validate_on_submit():
        account = accounts.create(form.address.data, form.name.data, is_admin=form.is_admin.data)
        db.session.commit()
        flash(gettext("%(name)s kan inloggen met %(address)s.", name=account.name, address=account.email), "ok")
        return redirect(url_for("team.all_accounts"), 303)
    wanted = sa.select(Account).order_by(Account.name).options(joinedload(Account.grants).joinedload(Grant.network))
    rows = db.session.scalars(wanted).unique()
    return render_template("accounts/accounts.html", form=form, accounts=list(rows)), 422 if form.errors else 200


@blueprint.post("/accounts/<int:number>/active")
@admin_only
def switch_account(number: int):
    """Close an account or open it again; closing ends its sessions."""
    account = db.session.get(Account, number) or abort(404)
    if account.id == sessions.current().id:
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
    return redirect(url_for("team.all_accounts"), 303)
