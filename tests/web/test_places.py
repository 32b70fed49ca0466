"""Every page of a network and of a session stands in one place, and no tab leads where its reader may not go."""

import re

import pytest
from flask import Flask

from app.accounts.models import NetworkRole
from app.database import db
from app.web import places
from tests import factories
from tests.helpers import sign_in

pytestmark = pytest.mark.one_database

_UNDER = {"/organise/networks/<slug>": places.NETWORK, "/organise/events/<slug>": places.SESSION}


def _pages(app: Flask) -> list[tuple[str, tuple[places.Tab, ...]]]:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [
        (rule.endpoint, tabs)
        for rule in rules
        for prefix, tabs in _UNDER.items()
        if rule.rule == prefix or rule.rule.startswith(prefix + "/")
    ]


def test_every_page_of_a_network_or_session_stands_somewhere(app):
    assert [endpoint for endpoint, tabs in _pages(app) if places.place_of(tabs, endpoint) is None] == []


def test_every_place_is_a_page(app):
    pages = {endpoint for endpoint, _ in _pages(app)}
    named = {place.endpoint for tabs in (places.NETWORK, places.SESSION) for tab in tabs for place in tab.places}
    assert named - pages == set()


@pytest.mark.parametrize("role", [NetworkRole.READER, NetworkRole.ORGANISER])
@pytest.mark.parametrize("confidential", [True, False])
def test_no_tab_leads_where_its_reader_may_not_go(client, role, confidential):
    event = factories.event(confidential=confidential)
    sign_in(client, factories.account(event.network, role))
    db.session.commit()
    seen = _tabs_below(client, f"/organise/networks/{event.network.slug}")
    seen |= _tabs_below(client, f"/organise/events/{event.slug}")
    assert {address: client.get(address).status_code for address in seen} == dict.fromkeys(seen, 200)


def _tabs_below(client, address: str) -> set[str]:
    """The tabs of a page and of each page they lead to."""
    first = _links(client, address)
    return first.union(*(_links(client, each) for each in first))


def _links(client, address: str) -> set[str]:
    bar = re.search(r'<ul class="tabs">.*?</nav>', client.get(address).text, re.DOTALL)
    return set(re.findall(r'href="([^"]+)"', bar.group() if bar else ""))


def test_a_page_says_where_it_stands(client):
    event = factories.event()
    sign_in(client, factories.account(event.network, NetworkRole.ORGANISER))
    db.session.commit()
    page = client.get(f"/organise/networks/{event.network.slug}/people/new").text
    assert re.findall(r'aria-current="(\w+)">([^<]+)<', page) == [("true", "Mensen"), ("true", "Leden")]
