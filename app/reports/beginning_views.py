"""What organisers do on the list of first steps itself."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import audit, sessions
from app.accounts.models import Action
from app.accounts.rights import Need
from app.database import db
from app.invitations.letters import example_mails
from app.network.models import Network
from app.web.doors import OrganiserPages

organisers = OrganiserPages("beginning", __name__, url_prefix="/organise/networks/<slug>")


@organisers.post("/test-mail", needs=Need.ORGANISE)
def mail_example(network: Network) -> ResponseReturnValue:
    """Mail the signed-in organiser an invitation as the network writes it."""
    account = sessions.account()
    example_mails.mail_network_example(network, account)
    audit.note_in_audit_log(Action.TESTED, network)
    db.session.commit()
    flash(
        gettext("Er is een voorbeeld onderweg naar %(address)s. De knoppen daarin doen niets.", address=account.email),
        "ok",
    )
    return redirect(url_for("network.show_network", slug=network.slug), 303)
