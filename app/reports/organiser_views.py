"""The organisers' start page, and undoing what was removed."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext

from app.accounts import rights, sessions
from app.accounts.rights import signed_in
from app.database import db
from app.reports import needs
from app.web import undo

blueprint = Blueprint("organise", __name__, url_prefix="/organise")


@blueprint.get("", strict_slashes=False)
@signed_in
def start():
    account = sessions.current()
    networks = list(db.session.scalars(rights.networks(account)))
    organised = [network.id for network in networks if rights.may_organise(account, network.id)]
    visible = [network.id for network in networks]
    return render_template(
        "organise/start.html", networks=networks, needs=needs.of(organised, account), coming=needs.coming(visible)
    )


@blueprint.post("/undo")
@signed_in
def undo_removal():
    back = undo.restore()
    db.session.commit()
    flash(gettext("Teruggezet.") if back else gettext("Er is niets om terug te zetten."), "ok" if back else "warning")
    return redirect(back or url_for("organise.start"), 303)
