"""The preference page by personal link, and stopping the digest by one click. GET never acts."""

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask_babel import gettext, refresh

from app.database import db
from app.digests import preferences
from app.digests.forms import PreferencesForm
from app.extensions import csrf
from app.network.models import DigestFrequency, Language, Person

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/preferences/<token>")
@blueprint.get("/preferences/<token>/stop", endpoint="confirm_stop")
def page(token: str):
    return _page(preferences.find(token))


@blueprint.post("/preferences/<token>")
def change(token: str):
    return _change(preferences.find(token))


@blueprint.post("/preferences/<token>/stop")
@csrf.exempt
def stop(token: str):
    """Works without cookie and CSRF token, as mail programs need it; answers 200 without redirect (RFC 8058)."""
    person = preferences.find(token)
    if person is not None:
        preferences.stop(person)
        db.session.commit()
    return _page(person)


@blueprint.get("/preferences/mine")
def mine():
    return _page(_remembered())


@blueprint.post("/preferences/mine")
def change_mine():
    return _change(_remembered())


def _remembered() -> Person | None:
    return preferences.load(*session.get("preferences", (0, 0)))


def _page(person: Person | None, form: PreferencesForm | None = None):
    if person is None:
        return render_template("web/unknown_link.html"), 404
    g.reader_language = person.language
    return render_template(
        "digests/preferences.html", person=person, form=form or PreferencesForm(person)
    ), 422 if form else 200


def _change(person: Person | None):
    if person is None:
        return _page(None)
    g.reader_language = person.language
    form = PreferencesForm(person)
    if not form.validate_on_submit():
        return _page(person, form)
    preferences.change(
        person,
        DigestFrequency(form.digest.data),
        Language(form.language.data),
        {int(number) for number in form.mail.data or ()},
        {int(number) for number in form.news.data or ()},
    )
    db.session.commit()
    session["preferences"] = [person.id, person.preferences_version]
    g.reader_language = person.language
    refresh()
    flash(gettext("Opgeslagen. Zo doen we het vanaf nu."), "ok")
    return redirect(url_for("preferences.mine"), 303)
