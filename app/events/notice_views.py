"""The mail about a change waits a minute: hold it back, send it after all, or not at all."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts import sessions
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.registration import change_notices
from app.web.doors import OrganiserPages

organisers = OrganiserPages("planning", __name__, url_prefix="/organise/events/<slug>/notice")


@organisers.post("/<any(hold, send, drop):act>", needs=Need.ORGANISE)
def steer_notice(event: Event, act: str) -> ResponseReturnValue:
    acts = {"hold": change_notices.hold_back, "send": change_notices.send_after_all, "drop": change_notices.drop}
    count = acts[act](event, sessions.account().id)
    db.session.commit()
    if not count:
        flash(gettext("De mail is al weg."), "warning")
    elif act == "hold":
        flash(gettext("De mail is tegengehouden. De wijziging zelf blijft staan."), "ok")
    elif act == "send":
        flash(ngettext("%(num)d mail gaat nu weg.", "%(num)d mails gaan nu weg.", count), "ok")
    else:
        flash(gettext("Er gaat geen mail over deze wijziging weg."), "ok")
    return redirect(url_for("cockpit.show_cockpit", slug=event.slug), 303)
