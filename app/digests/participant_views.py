"""The preference page by personal link, and stopping the digest by one click. GET never acts.

After the first change the address carries no token any more: the session knows who it is.
"""

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from app.database import db
from app.digests import preferences
from app.digests.forms import PreferencesForm, preferences_form
from app.extensions import csrf
from app.network import memberships, personal_links
from app.network.models import DigestFrequency, Language, Person
from app.web import personal_session

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/preferences/mine")
@blueprint.get("/preferences/<token>")
@blueprint.get("/preferences/<token>/stop", endpoint="confirm_stop")
def page(token: str | None = None):
    return _page(personal_session.person(token))


@blueprint.post("/preferences/mine")
@blueprint.post("/preferences/<token>")
def change(token: str | None = None):
    person = personal_session.person(token)
    if person is None:
        return _page(None)
    g.reader_language = person.language
    form = preferences_form(person)
    if not form.validate_on_submit():
        return _page(person, form)
    frequency, language = DigestFrequency(form.digest.data), Language(form.language.data)
    preferences.change(person, frequency, language, form.mails_a_week.data, form.networks())
    return _saved(person, _l("Opgeslagen. Zo doen we het vanaf nu."))


@blueprint.post("/preferences/<token>/stop")
@csrf.exempt
def stop(token: str):
    """Works without cookie and CSRF token, as mail programs need it; answers 200 without redirect (RFC 8058)."""
    person = personal_links.find(token)
    if person is not None:
        preferences.stop(person)
        db.session.commit()
    return _page(person)


@blueprint.post("/preferences/mine/leave")
@blueprint.post("/preferences/<token>/leave")
def leave(token: str | None = None):
    """Leave everything; the page that follows has a button to come back."""
    person = personal_session.person(token)
    if person is None:
        return _page(None)
    session["left"] = memberships.leave_all(person)
    return _saved(person, _l("Je bent uit alle netwerken en krijgt geen mailings meer."))


@blueprint.post("/preferences/mine/return")
def come_back():
    person = personal_session.person()
    if person is None:
        return _page(None)
    memberships.come_back(person, session.pop("left", []))
    return _saved(person, _l("Welkom terug. Alles staat weer zoals het was."))


def _page(person: Person | None, form: PreferencesForm | None = None):
    if person is None:
        return render_template("web/unknown_link.html"), 404
    g.reader_language = person.language
    return render_template(
        "digests/preferences.html", person=person, form=form or preferences_form(person), left=session.get("left")
    ), 422 if form else 200


def _saved(person: Person, message):
    db.session.commit()
    personal_session.remember(person)
    g.reader_language = person.language
    refresh()
    flash(str(message), "ok")
    return redirect(url_for("preferences.page"), 303)
