"""Calendar files over HTTP: strong ETag, Last-Modified, 304 for both; no redirect, no cookie, no negotiation."""

from flask import Blueprint, Response, abort

from app.feeds import event_file, organiser_feed, personal_feed, public_feed
from app.feeds.cache import Feed
from app.web.caching import calendar_file

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/events/<slug>.ics")
def event(slug: str) -> Response:
    return _answer(event_file.of(slug) or abort(404), f"{slug}.ics", private=False)


@blueprint.get("/networks/<slug>/calendar.ics")
def network(slug: str) -> Response:
    return public("network", slug)


@blueprint.get("/calendars/<kind>/<key>.ics")
def public(kind: str, key: str) -> Response:
    selection = public_feed.find(kind, key) or abort(404)
    return _answer(public_feed.of(selection), f"{key}.ics", private=False)


@blueprint.get("/calendar/<token>.ics")
def personal(token: str) -> Response:
    """Of a participant or an organiser, whose secret the address holds."""
    response = _answer(_personal_feed(token) or abort(404), "leerkring.ics", private=True)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _personal_feed(token: str) -> Feed | None:
    if found := personal_feed.find(token):
        return personal_feed.of(*found)
    account = organiser_feed.find(token)
    return organiser_feed.of(account) if account else None


def _answer(feed: Feed, name: str, *, private: bool) -> Response:
    return calendar_file(feed.body, feed.etag, feed.changed_at, name, private=private)
