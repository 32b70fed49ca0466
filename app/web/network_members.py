"""The door of the members' part of a network: for people who are signed in on their own pages and are members of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, redirect, url_for

from app.directory import listings
from app.network import network_queries
from app.network.models import Network
from app.network.people.models import Person
from app.web.member_doors import MemberPages


class NetworkMemberPages(MemberPages):
    """The view gets who looks, and the network of `<slug>` in the address instead of that word."""

    def _view(self, rule: str, view: Callable[..., Any] | None) -> Callable[..., Any]:
        shown = super()._view(rule, view)

        @wraps(shown)
        def for_member(person: Person, slug: str, **values: Any) -> Any:
            return shown(person, _network_of_member(person, slug), **values)

        return for_member


def _network_of_member(person: Person, slug: str) -> Network:
    """Who is no member is led to how to join; of a network that is not listed nobody else learns that it is there."""
    network = network_queries.find_network(slug) or abort(404)
    if not listings.is_member(person, network):
        abort(redirect(url_for("members_door.show_door", slug=slug), 303) if network.listed else 404)
    return network
