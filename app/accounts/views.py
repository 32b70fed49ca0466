"""Signing in and out."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import access_log, sessions
from app.accounts import sign_in as signing_in
from app.accounts.forms import SignInForm
from app.accounts.models import Account, SignIn
from app.database import db
from app.web.doors import PersonalPages, PublicPages
from app.web.forms import CodeForm
from app.web.personal import Link
from app.web.way_back import address_on_this_site

public = PublicPages("accounts", __name__, private=True)
personal = PersonalPages("accounts", __name__, link=Link(signing_in.sign_in_of_link, unknown="accounts/expired.html"))


@public.get("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    if sessions.current_account():
        return redirect(url_for("organise.show_start"))
    return render_template(
        "accounts/sign_in.html", form=SignInForm(formdata=None), back=address_on_this_site(request.args.get("next"))
    )


@public.post("/sign-in", limit="30/hour")
def request_sign_in() -> ResponseReturnValue:
    """Mail a link; the page after it is the same for every address."""
    form = SignInForm()
    back = address_on_this_site(request.form.get("next"))
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, back=back), 422
    asked = signing_in.ask_sign_in(form.address.data)
    db.session.commit()
    session["sign_in"] = {
        "number": asked.number,
        "secret": asked.browser_secret,
        "next": back,
        "address": form.address.data,
    }
    return redirect(url_for("accounts.show_code_form"), 303)


@public.get("/sign-in/code")
def show_code_form() -> ResponseReturnValue:
    if "sign_in" not in session:
        return redirect(url_for("accounts.show_sign_in"))
    return render_template("accounts/asked.html", form=CodeForm(formdata=None), address=session["sign_in"]["address"])


@public.post("/sign-in/code", limit="60/hour")
def sign_in_by_code() -> ResponseReturnValue:
    if "sign_in" not in session:
        return redirect(url_for("accounts.show_sign_in"), 303)
    form = CodeForm()
    account = (
        signing_in.account_of_code(session["sign_in"]["number"], form.code.data or "") if form.validate() else None
    )
    db.session.commit()
    if account:
        return _enter_site(account)
    if not form.errors:
        form.reject(
            "code", gettext("Deze code klopt niet of werkt niet meer. Vraag een nieuwe mail aan als het niet lukt.")
        )
    return render_template("accounts/asked.html", form=form, address=session["sign_in"]["address"]), 422


@personal.get("/sign-in/<token>")
def show_sign_in_link(found: SignIn) -> str:
    """Shows a button; a mail scanner that opens the link changes nothing."""
    return render_template("accounts/link.html", here=_may_enter(found))


@personal.post("/sign-in/<token>")
def sign_in_by_link(found: SignIn) -> ResponseReturnValue:
    if found.account is None:
        return render_template("accounts/expired.html"), 404
    if not _may_enter(found):
        access_log.remember_failed_sign_in(found.account_id)
        return render_template("accounts/link.html", here=False), 403
    return _enter_site(found.account)


@public.post("/sign-out", limit="60/hour")
def sign_out() -> ResponseReturnValue:
    if account := sessions.current_account():
        access_log.remember_sign_out(account, account)
    had_door = sessions.has_door()
    sessions.end_session()
    db.session.commit()
    flash(gettext("Je bent uitgelogd."), "ok")
    answer = redirect(url_for("home.show_agenda"), 303)
    if had_door:
        answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _enter_site(account: Account) -> ResponseReturnValue:
    back = session.get("sign_in", {}).get("next")
    sessions.start_session(account)
    db.session.commit()
    access_log.remember_sign_in(account)
    return redirect(back or url_for("organise.show_start"), 303)


def _may_enter(found: SignIn) -> bool:
    """Whether this browser asked for the link, or for another one to the same address."""
    asked = session.get("sign_in", {})
    secret = str(asked.get("secret", ""))
    return signing_in.is_same_browser(found, secret) or signing_in.has_asked_too(found, asked.get("number", 0), secret)
