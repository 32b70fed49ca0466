"""How to subscribe to a calendar: a page per feed, with a button per program and a code for a telephone."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import qr
from app.accounts import sessions
from app.accounts.rights import Need
from app.database import db
from app.feeds import organiser_feed, personal_feed, public_feed
from app.network.people.models import Person
from app.tokens import Purpose
from app.web.doors import OrganiserPages, PersonalPages, PublicPages
from app.web.personal import Link

pages = PublicPages("subscribe", __name__)
personal_pages = PersonalPages("subscribe", __name__, link=Link(personal_feed.person_of_feed_link, unknown=None))
organisers = OrganiserPages("subscribe", __name__)


@pages.get("/subscribe", kept=())
def list_calendars() -> str:
    """Every public calendar."""
    return render_template("feeds/index.html", selections=list(public_feed.list_public_calendars()))


@pages.get("/subscribe/<kind>/<key>", kept=())
def show_public_calendar(kind: str, key: str) -> str:
    selection = public_feed.find_public_calendar(kind, key) or abort(404)
    return render_template(
        "feeds/feed.html",
        name=selection.name,
        selection=selection,
        feed=selection.address,
        code=_code(selection.address),
    )


@personal_pages.get("/calendar/<token>")
def show_personal_calendar(found: tuple[Person, Purpose]) -> str:
    """The page of somebody's own calendar."""
    person, kind = found
    feed = personal_feed.link_to_personal_feed(person, kind)
    return render_template(
        "feeds/personal.html", person=person, all=kind == Purpose.FEED_ALL, feed=feed, code=_code(feed)
    )


@personal_pages.post("/calendar/<token>")
def renew_personal_calendar(found: tuple[Person, Purpose]) -> ResponseReturnValue:
    """Give the person's calendars new addresses; the old ones stop working."""
    person, kind = found
    personal_feed.renew_personal_feeds(person)
    db.session.commit()
    flash(gettext("Je agenda’s hebben een nieuw adres. De oude adressen werken niet meer."), "ok")
    return redirect(personal_feed.link_to_personal_feed(person, kind).removesuffix(".ics"), 303)


@organisers.get("/organise/calendar", needs=Need.ORGANISER)
def show_organiser_calendar() -> str:
    """The calendar of everything that one organises."""
    feed = organiser_feed.link_to_organiser_feed(sessions.account())
    return render_template("feeds/organiser.html", feed=feed, code=_code(feed))


@organisers.post("/organise/calendar", needs=Need.ORGANISER)
def renew_organiser_calendar() -> ResponseReturnValue:
    organiser_feed.renew_organiser_feed(sessions.account())
    db.session.commit()
    flash(gettext("Je agenda heeft een nieuw adres. Het oude adres werkt niet meer."), "ok")
    return redirect(url_for("subscribe.show_organiser_calendar"), 303)


def _code(feed: str) -> str:
    """Opens the calendar program of a telephone."""
    return qr.draw_code_svg(feed.replace("https://", "webcal://").replace("http://", "webcal://"))
