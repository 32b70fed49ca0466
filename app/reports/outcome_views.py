"""The page of what a network's sessions left."""

from flask import render_template

from app.accounts import rights
from app.accounts.rights import Need
from app.lessons.insights import commitments
from app.network.models import Network
from app.reports import outcomes
from app.web.doors import OrganiserPages

organisers = OrganiserPages("outcomes", __name__, url_prefix="/organise/networks/<slug>/outcomes")


@organisers.get("", needs=Need.READ)
def show_outcomes(network: Network) -> str:
    return render_template(
        "reports/outcomes.html",
        network=network,
        outcomes=outcomes.load_outcomes(network, rights.current_viewer()),
        owner=commitments.owner_in_words,
    )
