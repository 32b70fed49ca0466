"""Signing in and out."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext

from app.accounts import sessions
from app.accounts import sign_in as signing_in
from app.accounts.forms import CodeForm, SignInForm
from app.accounts.models import SignIn
from app.database import db
from app.web.doors import PersonalPages, PublicPages
from app.web.personal import Link

public = PublicPages("accounts", __name__, private=True)
personal = PersonalPages("accounts", __name__, link=Link(signing_in.find, unknown="accounts/expired.html"))


@public.get("/sign-in")
def sign_in():
    if sessions.current():
        return redirect(url_for("organise.start"))
    return render_template(
        "accounts/sign_in.html", form=SignInForm(formdata=None), back=_inside(request.args.get("next"))
    )


@public.post("/sign-in", limit="30/hour")
def ask():
    """Mail a link; the page after it is the same for every address."""
    form = SignInForm()
    back = _inside(request.form.get("next"))
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, back=back), 422
    asked = signing_in.ask(form.address.data)
    db.session.commit()
    session["sign_in"] = {
        "number": asked.number,
        "secret": asked.browser_secret,
        "next": back,
        "address": form.address.data,
    }
    return redirect(url_for("accounts.asked"), 303)


@public.get("/sign-in/code")
def asked():
    if "sign_in" not in session:
        return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/asked.html", form=CodeForm(formdata=None), address=session["sign_in"]["address"])


@public.post("/sign-in/code", limit="60/hour")
def by_code():
    if "sign_in" not in session:
        return redirect(url_for("accounts.sign_in"), 303)
    form = CodeForm()
    account = signing_in.by_code(session["sign_in"]["number"], form.code.data or "") if form.validate() else None
    db.session.commit()
    if account:
        return _enter(account)
    if not form.errors:
        form.reject(
            "code", gettext("Deze code klopt niet of werkt niet meer. Vraag een nieuwe mail aan als het niet lukt.")
        )
    return render_template("accounts/asked.html", form=form, address=session["sign_in"]["address"]), 422


@personal.get("/sign-in/<token>")
def link(found: SignIn):
    """Shows a button; a mail scanner that opens the link changes nothing."""
    return render_template("accounts/link.html", here=signing_in.same_browser(found, _secret()))


@personal.post("/sign-in/<token>")
def by_link(found: SignIn):
    if found.account_id is None:
        return render_template("accounts/expired.html"), 404
    if not signing_in.same_browser(found, _secret()):
        return render_template("accounts/link.html", here=False), 403
    return _enter(found.account)


@public.post("/sign-out", limit="60/hour")
def sign_out():
    sessions.end()
    flash(gettext("Je bent uitgelogd."), "ok")
    return redirect(url_for("events.agenda"), 303)


def _enter(account):
    back = session.get("sign_in", {}).get("next")
    sessions.start(account)
    return redirect(back or url_for("organise.start"), 303)


def _secret() -> str:
    return str(session.get("sign_in", {}).get("secret", ""))


def _inside(address: str | None) -> str | None:
    """Where to go on after signing in: an address on this site, or nothing."""
    parts = urlsplit(address or "")
    return (
        address
        if address and address.startswith("/") and not parts.netloc and not address.startswith(("//", "/\\"))
        else None
    )
