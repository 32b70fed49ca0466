"""Calendar files over HTTP: strong ETag, Last-Modified, 304 for both; no redirect, no cookie, no negotiation."""

from flask import Response, abort

from app.feeds import event_file, organiser_feed, personal_feed, public_feed
from app.feeds.cache import Feed
from app.web.caching import calendar_file
from app.web.doors import PersonalPages, PublicPages
from app.web.personal import Link


def _find(token: str) -> Feed | None:
    if found := personal_feed.find(token):
        return personal_feed.of(*found)
    account = organiser_feed.find(token)
    return organiser_feed.of(account) if account else None


pages = PublicPages("feeds", __name__)
personal_pages = PersonalPages("feeds", __name__, link=Link(_find, unknown=None))


@pages.get("/events/<slug>.ics")
def event(slug: str) -> Response:
    return _answer(event_file.of(slug) or abort(404), f"{slug}.ics", private=False)


@pages.get("/networks/<slug>/calendar.ics")
def network(slug: str) -> Response:
    return public("network", slug)


@pages.get("/calendars/<kind>/<key>.ics")
def public(kind: str, key: str) -> Response:
    selection = public_feed.find(kind, key) or abort(404)
    return _answer(public_feed.of(selection), f"{key}.ics", private=False)


@personal_pages.get("/calendar/<token>.ics")
def personal(feed: Feed) -> Response:
    """Of a participant or an organiser, whose secret the address holds."""
    return _answer(feed, "leerkring.ics", private=True)


def _answer(feed: Feed, name: str, *, private: bool) -> Response:
    return calendar_file(feed.body, feed.etag, feed.changed_at, name, private=private)
