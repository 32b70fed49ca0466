"""What somebody wants to hear, and leaving everything, on their own pages; and stopping the digest by the link in it.

GET never acts.
"""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from app.database import db
from app.digests import digest_preferences
from app.digests.forms import PreferencesForm, preferences_form
from app.me import leaving
from app.network import unsubscribing
from app.network.people.models import DigestFrequency, Language, Person
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.member_doors import MemberPages
from app.web.personal import PREFERENCES, head_alone

members = MemberPages("preferences", __name__)
personal = PersonalPages("preferences", __name__, link=PREFERENCES)


@members.get("/me/mail")
def show_preferences(person: Person) -> ResponseReturnValue:
    return _render_preferences(person)


@members.post("/me/mail")
def change_preferences(person: Person) -> ResponseReturnValue:
    form = preferences_form(person)
    if not form.validate_on_submit():
        return _render_preferences(person, form)
    frequency, language = DigestFrequency(form.digest.data), Language(form.language.data)
    digest_preferences.change_preferences(person, frequency, language, form.mails_a_week.data, form.networks())
    return _redirect_saved(person, _l("Opgeslagen. Zo doen we het vanaf nu."))


@personal.get("/preferences/<token>/stop")
def confirm_stop(person: Person) -> ResponseReturnValue:
    return head_alone() or render_template("digests/stop.html", stopped=not unsubscribing.gets_digest(person))


@personal.post("/preferences/<token>/stop", one_click=True)
def stop_digest(person: Person) -> ResponseReturnValue:
    """Works without cookie and CSRF token, as mail programs need it; answers 200 without redirect (RFC 8058)."""
    unsubscribing.stop_digest(person)
    db.session.commit()
    return render_template("digests/stop.html", stopped=True)


@members.get("/me/leave", fresh=True)
def show_leaving(person: Person) -> str:
    return render_template("digests/leave.html", person=person)


@members.post("/me/leave", fresh=True)
def leave_everything(person: Person) -> ResponseReturnValue:
    """Leave everything; the page that follows has a button to come back, and so has the mail that tells it."""
    leaving.leave_everything(person)
    return _redirect_saved(person, _l("Je bent uit alle netwerken en krijgt geen mailings meer."))


@members.post("/me/come-back")
def rejoin_networks(person: Person) -> ResponseReturnValue:
    if departure := leaving.latest_departure(person):
        with acting():
            leaving.come_back(departure)
    return _redirect_saved(person, _l("Welkom terug. Alles staat weer zoals het was."))


def _render_preferences(person: Person, form: PreferencesForm | None = None) -> ResponseReturnValue:
    return render_template(
        "digests/preferences.html",
        person=person,
        form=form or preferences_form(person),
        left=leaving.latest_departure(person),
    ), 422 if form else 200


def _redirect_saved(person: Person, message: str) -> ResponseReturnValue:
    db.session.commit()
    g.reader_language = person.language
    refresh()
    flash(str(message), "ok")
    return redirect(url_for("preferences.show_preferences"), 303)
