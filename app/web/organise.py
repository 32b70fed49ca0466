"""What organisers' pages share: the network or event in the address, if this account may see or change it."""

from flask import abort

from app.accounts import rights
from app.events import queries as events
from app.events.models import Event
from app.network import queries as networks
from app.network.models import Network


def readable_network(slug: str) -> Network:
    """The network, for who may at least read it; 404 otherwise, as if there were none."""
    network = networks.by_slug(slug) or abort(404)
    rights.demand_read(network.id)
    return network


def changeable_network(slug: str) -> Network:
    network = networks.by_slug(slug) or abort(404)
    rights.demand_organise(network.id)
    return network


def readable_event(slug: str) -> Event:
    """The event, for who may at least read its network; 404 otherwise."""
    event = events.by_slug(slug) or abort(404)
    rights.demand_read(event.network_id)
    return event


def changeable_event(slug: str) -> Event:
    event = events.by_slug(slug) or abort(404)
    rights.demand_organise(event.network_id)
    return event


def event_with_people(slug: str) -> Event:
    """The event, for who may see who comes: readers not at a confidential one."""
    event = readable_event(slug)
    if not rights.may_see_people(rights.demand_read(event.network_id), event):
        abort(403)
    return event
