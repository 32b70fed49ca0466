"""Calendar files over HTTP: strong ETag, Last-Modified, 304 for both; no redirect, no cookie, no negotiation."""

from flask import Blueprint, Response, abort

from app.feeds import event_file, network_feed, personal_feed
from app.feeds.cache import Feed
from app.network import queries as networks
from app.web.caching import calendar_file

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/events/<slug>.ics")
def event(slug: str) -> Response:
    return _answer(event_file.of(slug) or abort(404), f"{slug}.ics", private=False)


@blueprint.get("/networks/<slug>/calendar.ics")
def network(slug: str) -> Response:
    return _answer(network_feed.of(networks.by_slug(slug) or abort(404)), f"{slug}.ics", private=False)


@blueprint.get("/calendar/<token>.ics")
def personal(token: str) -> Response:
    person, kind = personal_feed.find(token) or abort(404)
    response = _answer(personal_feed.of(person, kind), "leerkring.ics", private=True)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(feed: Feed, name: str, *, private: bool) -> Response:
    return calendar_file(feed.body, feed.etag, feed.changed_at, name, private=private)
