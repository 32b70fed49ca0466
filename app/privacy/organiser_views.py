"""How long data stays: the terms for administrators, and what a session keeps for an archive."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import sessions
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.privacy import retention
from app.privacy.forms import HoldForm, TermsForm
from app.privacy.models import ArchiveHold, Term
from app.web.doors import OrganiserPages

organisers = OrganiserPages("privacy", __name__, url_prefix="/organise")


@organisers.route("/system/terms", methods=["GET", "POST"], needs=Need.ADMIN)
def change_terms() -> ResponseReturnValue:
    """Other terms are saved only after the page has shown what would go by them."""
    form, chosen = TermsForm.of_terms(retention.load_terms()).of("terms"), None
    if form.validate_on_submit():
        chosen = form.days()
        if request.form.get("then") == "save":
            retention.choose_terms(chosen)
            db.session.commit()
            flash(gettext("De termijnen zijn opgeslagen. Wat erbuiten valt, gaat binnen een uur."), "ok")
            return redirect(url_for("privacy.change_terms"), 303)
    return render_template(
        "privacy/terms.html",
        form=form,
        rows=[(term, form[term.value]) for term in Term],
        counts=retention.count_past(chosen),
        looked=chosen is not None,
        sweeps=retention.list_sweeps(),
        holds=retention.list_holds(),
    ), 422 if form.errors else 200


@organisers.route("/events/<slug>/archive", methods=["GET", "POST"], needs=Need.ORGANISE)
def hold_event(event: Event) -> ResponseReturnValue:
    """Keep all of a session for an archive, or let it go again."""
    hold, form = db.session.get(ArchiveHold, event.id), HoldForm()
    if request.method == "POST" and hold is not None:
        db.session.delete(hold)
        db.session.commit()
        flash(gettext("De sessie wordt niet meer apart bewaard. De gewone termijnen gelden weer."), "ok")
    elif form.validate_on_submit():
        db.session.add(ArchiveHold(event_id=event.id, reason=form.reason.data, account_id=sessions.account().id))
        db.session.commit()
        flash(gettext("Van deze sessie gaat niets meer vanzelf weg."), "ok")
    else:
        return render_template("privacy/hold.html", event=event, form=form, hold=hold), 422 if form.errors else 200
    return redirect(url_for("privacy.hold_event", slug=event.slug), 303)
