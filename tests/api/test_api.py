"""The API: with a token, with the rights of its account, as described."""

import re
from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.network import memberships
from app.network.people import mailboxes, people
from tests import factories
from tests.helpers import post, sign_in


@pytest.fixture
def event(app):
    event = factories.hybrid(factories.network(slug="netwerk", name="Netwerk"), title="Sessie")
    factories.registration(event, factories.person("Jan", at="Oss", of=event.network, address="jan@oss.example"))
    factories.event(factories.network(slug="ander"), title="Elders")
    return event


def _headers(account) -> dict[str, str]:
    token = accounts.make_api_token(account)
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def test_description_is_open_and_valid_json(client, app):
    description = client.get("/api/v1/openapi.json").json
    assert set(description["paths"]) == {
        "/api/v1/networks",
        "/api/v1/events",
        "/api/v1/events/{slug}",
        "/api/v1/events/{slug}/figures",
        "/api/v1/events/{slug}/participants",
        "/api/v1/audiences",
        "/api/v1/audiences/{audience_id}/people",
    }


def test_without_a_valid_token_nothing_is_told(client, event):
    account = factories.account(event.network)
    headers = _headers(account)
    account.active = False
    for wrong in ({}, {"Authorization": "Bearer lk_raden"}, {"Authorization": "Basic x"}, headers):
        assert client.get("/api/v1/networks", headers=wrong).status_code == 401


def test_organiser_reads_own_networks_only(client, event):
    headers = _headers(factories.account(event.network))
    assert [row["slug"] for row in client.get("/api/v1/networks", headers=headers).json] == ["netwerk"]
    assert [row["title"] for row in client.get("/api/v1/events", headers=headers).json] == ["Sessie"]
    assert client.get("/api/v1/events/elders", headers=headers).status_code == 404
    assert client.get(f"/api/v1/events/{event.slug}/figures", headers=headers).json == {
        "invited": 1,
        "answered": 1,
        "coming": 1,
        "waiting": 0,
        "declined": 0,
    }
    assert client.get(f"/api/v1/events/{event.slug}/participants", headers=headers).json == [
        {
            "name": "Jan",
            "address": "jan@oss.example",
            "through": False,
            "organisation": "Oss",
            "standing": "coming",
            "mode": "on_site",
            "present_on": [],
        }
    ]


def test_readers_see_no_people(client, event):
    headers = _headers(factories.account(event.network, NetworkRole.READER))
    assert client.get(f"/api/v1/events/{event.slug}", headers=headers).json["title"] == "Sessie"
    assert client.get(f"/api/v1/events/{event.slug}/participants", headers=headers).status_code == 403


def test_administrator_reads_all(client, event):
    headers = _headers(factories.account(admin=True))
    assert sorted(row["slug"] for row in client.get("/api/v1/networks", headers=headers).json) == ["ander", "netwerk"]
    assert len(client.get("/api/v1/events", headers=headers).json) == 2


def test_lists_come_in_pages_of_a_fixed_number_of_queries(client, event, queries):
    headers = _headers(factories.account(event.network))
    client.get("/api/v1/events", headers=headers)  # the first use of a day is noted
    counts = []
    for size in (1, 20):
        for _ in range(size):
            factories.event(event.network)
        db.session.commit()
        with queries() as seen:
            response = client.get("/api/v1/events?page_size=5", headers=headers)
        counts.append(len(seen))
    assert (len(response.json), counts[0]) == (5, counts[1])


def test_errors_are_json_too(client, event):
    headers = _headers(factories.account(event.network))
    assert client.get("/api/v1/niets", headers=headers).json["code"] == 404
    assert client.get("/api/v1/events?since=gisteren", headers=headers).status_code == 422


def test_audiences_are_for_organisers_of_their_network(client, event):
    audience = factories.audience(event.network)
    path = f"/api/v1/audiences/{audience.id}/people"
    told = {}
    for role, account in (
        ("organiser", factories.account(event.network)),
        ("reader", factories.account(event.network, NetworkRole.READER)),
        ("outsider", factories.account(factories.network())),
    ):
        headers = _headers(account)
        listed = [each["name"] for each in client.get("/api/v1/audiences", headers=headers).json]
        told[role] = (listed, client.get(path, headers=headers).status_code)
    assert told == {"organiser": (["Iedereen"], 200), "reader": (["Iedereen"], 403), "outsider": ([], 404)}


def test_an_address_that_others_read_too_is_told_as_such(client, event):
    people.find_or_add_person("Karin Smulders", "griffie@oss.example")
    karin = mailboxes.who_is_behind("griffie@oss.example").others[0]
    memberships.join_network(karin.id, event.network_id)
    factories.registration(event, karin)
    headers = _headers(factories.account(event.network))
    audience = factories.audience(event.network)
    db.session.commit()
    for path in (f"events/{event.slug}/participants", f"audiences/{audience.id}/people"):
        told = {each["name"]: each["through"] for each in client.get(f"/api/v1/{path}", headers=headers).json}
        assert told.pop("Karin Smulders") is True
        assert set(told.values()) <= {False, None}


def test_people_of_an_audience_come_in_pages_of_a_fixed_number_of_queries(client, event, queries):
    path = f"/api/v1/audiences/{factories.audience(event.network).id}/people?page_size=20"
    headers, counts = _headers(factories.account(event.network)), []
    client.get(path, headers=headers)
    for size in (1, 30):
        factories.crowd(size, at="Oss", of=event.network)
        db.session.commit()
        with queries() as seen:
            page = client.get(path, headers=headers)
        counts.append(len(seen))
    assert (counts[0] == counts[1], len(page.json)) == (True, 20)


def test_a_key_opens_the_networks_it_is_for_until_its_end(client):
    one, other = factories.network(slug="een"), factories.network(slug="twee")
    account = factories.account(one)
    accounts.grant_role(account, other, NetworkRole.ORGANISER)
    events = [factories.event(each) for each in (one, other)]
    key = {"Authorization": f"Bearer {accounts.make_api_token(account, 'Website', [one], days=90)}"}
    db.session.commit()
    slugs = [each["slug"] for each in client.get("/api/v1/networks", headers=key).json]
    found = [client.get(f"/api/v1/events/{each.slug}", headers=key).status_code for each in events]
    asked = client.get("/api/v1/events?network=twee", headers=key).json
    assert (slugs, found, asked) == (["een"], [200, 404], [])
    assert accounts.list_api_tokens(account)[0].used_on == clock.today()
    with time_machine.travel(clock.now() + timedelta(days=91)):
        assert client.get("/api/v1/networks", headers=key).status_code == 401
    (row,) = accounts.list_api_tokens(account)
    row.networks.clear()
    db.session.commit()
    assert client.get("/api/v1/networks", headers=key).json == []


def test_a_key_is_made_shown_once_and_revoked_on_the_page(app, client):
    account = factories.account(factories.network(slug="een"))
    sign_in(client, account)
    page = post(client, "/organise/account/keys", page="/organise/account", purpose="Website", days="365")
    key = re.search(r"lk_[\w-]+", page.text)[0]
    header = {"Authorization": f"Bearer {key}"}
    assert (
        key in client.get("/organise/account").text,
        client.get("/api/v1/networks", headers=header).status_code,
    ) == (
        False,
        200,
    )
    row = accounts.list_api_tokens(account)[0]
    post(client, f"/organise/accounts/{account.id}/keys/{row.id}/revoke", page="/organise/account")
    assert client.get("/api/v1/networks", headers=header).status_code == 401
