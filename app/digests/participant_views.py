"""The preference page by personal link, and stopping the digest by one click. GET never acts.

After the first change the address carries no token any more: the session knows who it is.
"""

from typing import Any

from flask import flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from app.database import db
from app.digests import digest_preferences
from app.digests.forms import PreferencesForm, preferences_form
from app.network import memberships, unsubscribing
from app.network.people.models import DigestFrequency, Language, Person
from app.web.doors import PersonalPages
from app.web.personal import PREFERENCES, Proof, head_alone

personal = PersonalPages("preferences", __name__, link=PREFERENCES)


@personal.get("/preferences/mine", needs=Proof.LINK)
@personal.get("/preferences/<token>", needs=Proof.LINK)
@personal.get("/preferences/<token>/stop", endpoint="confirm_stop", needs=Proof.LINK)
def show_preferences(person: Person) -> ResponseReturnValue:
    return head_alone() or _render_preferences(person)


@personal.post("/preferences/mine", needs=Proof.LINK)
@personal.post("/preferences/<token>", needs=Proof.LINK)
def change_preferences(person: Person) -> ResponseReturnValue:
    form = preferences_form(person)
    if not form.validate_on_submit():
        return _render_preferences(person, form)
    frequency, language = DigestFrequency(form.digest.data), Language(form.language.data)
    digest_preferences.change_preferences(person, frequency, language, form.mails_a_week.data, form.networks())
    return _redirect_saved(person, _l("Opgeslagen. Zo doen we het vanaf nu."))


@personal.post("/preferences/<token>/stop", needs=Proof.LINK, one_click=True)
def stop_digest(person: Person) -> ResponseReturnValue:
    """Works without cookie and CSRF token, as mail programs need it; answers 200 without redirect (RFC 8058)."""
    unsubscribing.stop_digest(person)
    db.session.commit()
    return _render_preferences(person)


@personal.get("/preferences/mine/leave")
@personal.get("/preferences/<token>/leave")
def show_leaving(person: Person) -> str:
    return render_template("digests/leave.html", person=person)


@personal.post("/preferences/mine/leave")
@personal.post("/preferences/<token>/leave")
def leave_everything(person: Person) -> ResponseReturnValue:
    """Leave everything; the page that follows has a button to come back."""
    session["left_everything"] = [person.id, memberships.leave_all_networks(person)]
    return _redirect_saved(person, _l("Je bent uit alle netwerken en krijgt geen mailings meer."))


@personal.post("/preferences/mine/return", needs=Proof.LINK)
def rejoin_networks(person: Person) -> ResponseReturnValue:
    """Only in the browser that left everything, which has what is brought back."""
    if left := _left(person):
        memberships.rejoin_networks(person, left)
        session.pop("left_everything")
    return _redirect_saved(person, _l("Welkom terug. Alles staat weer zoals het was."))


def _render_preferences(person: Person, form: PreferencesForm | None = None) -> ResponseReturnValue:
    return render_template(
        "digests/preferences.html", person=person, form=form or preferences_form(person), left=_left(person)
    ), 422 if form else 200


def _left(person: Person) -> list[dict[str, Any]] | None:
    """What this person, and no other of whom this browser has the link, left just now."""
    person_id, left = session.get("left_everything") or (0, None)
    return left if person_id == person.id else None


def _redirect_saved(person: Person, message: str) -> ResponseReturnValue:
    db.session.commit()
    PREFERENCES.remember(person)
    g.reader_language = person.language
    refresh()
    flash(str(message), "ok")
    return redirect(url_for("preferences.show_preferences"), 303)
