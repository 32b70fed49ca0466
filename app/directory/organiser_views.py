"""What members reported to the organisers of their network, and whom these let write no more."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.directory import contacts
from app.directory.models import Contact, WritingStop
from app.network.models import Network
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("reported", __name__, url_prefix="/organise")
_PAGE = "/networks/<slug>/reported"


@organisers.get(_PAGE, needs=Need.ORGANISE, shows=Shows.PEOPLE)
def list_reported(network: Network) -> ResponseReturnValue:
    return render_template(
        "directory/reported.html",
        network=network,
        reported=contacts.list_reported(network),
        stops=contacts.list_stops(network),
    )


@organisers.post(
    f"{_PAGE}/<int:contact_id>/<any(stop, nothing):verdict>", needs=Need.ORGANISE, subject=contacts.find_reported
)
def settle_report(network: Network, contact: Contact, verdict: str) -> ResponseReturnValue:
    """Nobody is told by mail; letting write again is on the same page."""
    name = contact.sender.name
    with acting() as act:
        if verdict == "stop":
            contacts.stop_writing(contact, sessions.account())
            act.say(gettext("%(name)s kan in dit netwerk geen berichten meer sturen.", name=name))
        else:
            contacts.settle(contact)
            act.say(gettext("De melding is weg. %(name)s kan blijven schrijven.", name=name))
    return redirect(url_for("reported.list_reported", slug=network.slug), 303)


@organisers.post(f"{_PAGE}/stops/<int:writing_stop_id>/lift", needs=Need.ORGANISE, subject=row_of(WritingStop))
def lift_stop(network: Network, stop: WritingStop) -> ResponseReturnValue:
    with acting() as act:
        name = stop.person.name
        contacts.lift_stop(stop)
        act.say(gettext("%(name)s kan weer berichten sturen.", name=name))
    return redirect(url_for("reported.list_reported", slug=network.slug), 303)
