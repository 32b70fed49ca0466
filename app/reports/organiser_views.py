"""The organisers' start page, and undoing what was removed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import rights, sessions
from app.accounts.models import Account
from app.accounts.rights import Need
from app.database import db
from app.network.models import Network
from app.reports import first_steps, needs
from app.reports.first_steps import Begin
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("organise", __name__, url_prefix="/organise")


@organisers.get("", strict_slashes=False, needs=Need.SIGNED_IN)
def show_start() -> str:
    account = sessions.account()
    networks = list(db.session.scalars(rights.networks_of_account(account)))
    organised = [network.id for network in networks if rights.may_organise(account, network.id)]
    visible = [network.id for network in networks]
    return render_template(
        "organise/start.html",
        networks=networks,
        needs=needs.list_needs(organised, account),
        coming=needs.coming_events_of_networks(visible),
        begin=_begin_of(networks, account),
    )


def _begin_of(networks: list[Network], account: Account) -> Begin | None:
    """The first steps of a site without networks, for who can make one, or of one's only network."""
    if not networks:
        return Begin() if account.is_admin else None
    only = networks[0]
    shows = len(networks) == 1 and rights.may_organise(account, only.id)
    return first_steps.look_at_begin(only, account) if shows else None


@organisers.post("/undo", needs=Need.SIGNED_IN)
def undo_removal() -> ResponseReturnValue:
    back = undo.page_of_last_removal()
    if back is None:
        flash(gettext("Er is niets om terug te zetten."), "warning")
        return redirect(url_for("organise.show_start"), 303)
    with acting() as act:
        undo.undo_last_removal()
        act.say(gettext("Teruggezet."))
    return redirect(back, 303)
