"""How to subscribe to a calendar: a page per feed, with a button per program and a code for a telephone."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext

from app import qr
from app.accounts import rights
from app.accounts.rights import signed_in
from app.database import db
from app.feeds import organiser_feed, personal_feed, public_feed
from app.tokens import Purpose

blueprint = Blueprint("subscribe", __name__)


@blueprint.get("/subscribe")
def index():
    """Every public calendar."""
    return render_template("feeds/index.html", selections=list(public_feed.selections()))


@blueprint.get("/subscribe/<kind>/<key>")
def public(kind: str, key: str):
    selection = public_feed.find(kind, key) or abort(404)
    return render_template(
        "feeds/feed.html",
        name=selection.name,
        selection=selection,
        feed=selection.address,
        code=_code(selection.address),
    )


@blueprint.get("/calendar/<token>")
def personal(token: str):
    """The page of somebody's own calendar."""
    person, kind = personal_feed.find(token) or abort(404)
    feed = personal_feed.address(person, kind)
    return render_template(
        "feeds/personal.html", person=person, all=kind == Purpose.FEED_ALL, feed=feed, code=_code(feed)
    )


@blueprint.post("/calendar/<token>")
def renew(token: str):
    """Give the person's calendars new addresses; the old ones stop working."""
    person, kind = personal_feed.find(token) or abort(404)
    personal_feed.renew(person)
    db.session.commit()
    flash(gettext("Je agenda’s hebben een nieuw adres. De oude adressen werken niet meer."), "ok")
    return redirect(personal_feed.address(person, kind).removesuffix(".ics"), 303)


@blueprint.get("/organise/calendar")
@signed_in
def organiser():
    """The calendar of everything that one organises."""
    feed = organiser_feed.address(rights.demand_organiser())
    return render_template("feeds/organiser.html", feed=feed, code=_code(feed))


@blueprint.post("/organise/calendar")
@signed_in
def renew_organiser():
    organiser_feed.renew(rights.demand_organiser())
    db.session.commit()
    flash(gettext("Je agenda heeft een nieuw adres. Het oude adres werkt niet meer."), "ok")
    return redirect(url_for("subscribe.organiser"), 303)


def _code(feed: str) -> str:
    """Opens the calendar program of a telephone."""
    return qr.drawing(feed.replace("https://", "webcal://").replace("http://", "webcal://"))
