"""One's own account, and for administrators anybody's: name, where somebody is signed in, keys of the API."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import access_log, accounts, rights, sessions
from app.accounts.forms import ApiTokenForm, NameForm
from app.accounts.models import Account, AccountSession, ApiToken
from app.accounts.rights import Need
from app.database import db
from app.network.models import Network
from app.rows import read_row_number
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("account", __name__, url_prefix="/organise")


def _own_or_any(account_id: int) -> Account:
    """The account of that id, when it is one's own or one manages all."""
    mine = sessions.account()
    return db.session.get(Account, account_id) or abort(404) if mine.is_admin or mine.id == account_id else abort(404)


@organisers.route("/account", methods=["GET", "POST"], needs=Need.SIGNED_IN)
def show_own_account() -> ResponseReturnValue:
    account, form = sessions.account(), NameForm(obj=sessions.account()).of(sessions.account())
    if form.validate_on_submit():
        with acting(form) as act:
            account.name = form.name.data
            act.say(gettext("Je heet hier nu %(name)s.", name=account.name))
        if not act.refused:
            return redirect(url_for("account.show_own_account"), 303)
    return _render_account(account, form=form)


@organisers.get("/accounts/<int:account_id>", needs=Need.ADMIN)
def show_account(account_id: int) -> ResponseReturnValue:
    return _render_account(_own_or_any(account_id))


@organisers.post("/accounts/<int:account_id>/sessions/end", needs=Need.SIGNED_IN)
def end_sessions(account_id: int) -> ResponseReturnValue:
    """Sign somebody out: in one browser, or everywhere but here."""
    account = _own_or_any(account_id)
    chosen = request.form.get("session")
    if chosen is None:
        sessions.end_sessions(account, but=sessions.current_session_id())
        flash(gettext("%(name)s is op alle andere plekken uitgelogd.", name=account.name), "ok")
    else:
        row = db.session.get(AccountSession, read_row_number(chosen) or 0)
        db.session.delete(row if row and row.account_id == account.id else abort(404))
        flash(gettext("Daar is %(name)s uitgelogd.", name=account.name), "ok")
    db.session.commit()
    access_log.remember_sign_out(account, sessions.account())
    return _back_to(account)


@organisers.post("/account/keys", needs=Need.SIGNED_IN)
def make_key() -> ResponseReturnValue:
    """Make a key and show it, once."""
    account = sessions.account()
    form = ApiTokenForm(_networks(account))
    key = ""
    if form.validate():
        key = accounts.make_api_token(account, form.purpose.data, form.chosen_networks(), int(form.days.data))
        db.session.commit()
        form = ApiTokenForm(_networks(account), formdata=None)
    return _render_account(account, key_form=form, key=key)


@organisers.post("/accounts/<int:account_id>/keys/<int:api_token_id>/revoke", needs=Need.SIGNED_IN)
def revoke_key(account_id: int, api_token_id: int) -> ResponseReturnValue:
    account = _own_or_any(account_id)
    row = db.session.get(ApiToken, api_token_id)
    db.session.delete(row if row and row.account_id == account.id else abort(404))
    db.session.commit()
    flash(gettext("De sleutel werkt niet meer."), "ok")
    return _back_to(account)


def _networks(account: Account) -> list[Network]:
    return list(db.session.scalars(rights.networks_of_account(account)))


def _back_to(account: Account) -> ResponseReturnValue:
    if account.id == sessions.account().id:
        return redirect(url_for("account.show_own_account"), 303)
    return redirect(url_for("account.show_account", account_id=account.id), 303)


def _render_account(
    account: Account, *, form: NameForm | None = None, key_form: ApiTokenForm | None = None, key: str = ""
) -> ResponseReturnValue:
    own = account.id == sessions.account().id
    return render_template(
        "accounts/account.html",
        shown=account,
        own=own,
        form=form or NameForm(formdata=None, obj=account),
        key_form=key_form or ApiTokenForm(_networks(account), formdata=None),
        key=key,
        sessions=sessions.list_sessions(account),
        here=sessions.current_session_id(),
        keys=accounts.list_api_tokens(account),
    ), 422 if (form and form.errors) or (key_form and key_form.errors) else 200
