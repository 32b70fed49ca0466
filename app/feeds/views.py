"""Calendar files over HTTP: strong ETag, Last-Modified, 304 for both; no redirect, no cookie, no negotiation."""

from flask import Response, abort

from app.feeds import event_file, organiser_feed, personal_feed, public_feed
from app.feeds.feed_cache import Feed
from app.web import visiting
from app.web.calendar_responses import calendar_response
from app.web.doors import PersonalPages, PublicPages
from app.web.personal import Link


def _find(token: str) -> Feed | None:
    if found := personal_feed.person_of_feed_link(token):
        return personal_feed.load_personal_feed(*found)
    account = organiser_feed.account_of_link(token)
    return organiser_feed.load_organiser_feed(account) if account else None


pages = PublicPages("feeds", __name__)
personal_pages = PersonalPages("feeds", __name__, link=Link(_find, unknown=None))


@pages.get("/events/<slug>.ics", kept=())
def serve_event_file(slug: str) -> Response:
    event = visiting.find_visible_event(slug) or abort(404)
    feed = event_file.load_event_file(slug) or abort(404)
    return _answer_feed(feed, f"{slug}.ics", private=not event.network.listed)


@pages.get("/networks/<slug>/calendar.ics", kept=())
def serve_network_feed(slug: str) -> Response:
    return serve_public_feed("network", slug)


@pages.get("/calendars/<kind>/<key>.ics", kept=())
def serve_public_feed(kind: str, key: str) -> Response:
    selection = public_feed.find_public_calendar(kind, key) or abort(404)
    return _answer_feed(public_feed.load_public_feed(selection), f"{key}.ics", private=False)


@personal_pages.get("/calendar/<token>.ics")
def serve_personal_feed(feed: Feed) -> Response:
    """Of a participant or an organiser, whose secret the address holds."""
    return _answer_feed(feed, "leerkring.ics", private=True)


def _answer_feed(feed: Feed, name: str, *, private: bool) -> Response:
    return calendar_response(feed.body, feed.etag, feed.changed_at, name, private=private)
