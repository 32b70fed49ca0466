"""The list of a network's sessions: narrowed, ordered, and with how many come."""

import re

import pytest

from app.accounts.models import NetworkRole
from app.registration import answers
from tests import factories
from tests.helpers import sign_in

PAGE = "/organise/networks/netwerk"


@pytest.fixture
def network(app):
    network = factories.network(slug="netwerk")
    factories.event(network, title="Zonnepanelen", published=False)
    factories.event(network, title="Archief op orde", starts_at=factories.start(days=40))
    factories.held(network, title="Data in de praktijk")
    return network


def _titles(client, query: str = "") -> list[str]:
    return re.findall(
        r'<a href="/organise/events/[^"]+">([^<]+)</a> <span class="badge', client.get(f"{PAGE}{query}").text
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Archief op orde", "Zonnepanelen", "Data in de praktijk"]),
        ("?sort=earliest", ["Data in de praktijk", "Zonnepanelen", "Archief op orde"]),
        ("?sort=title", ["Archief op orde", "Data in de praktijk", "Zonnepanelen"]),
        ("?state=coming", ["Archief op orde"]),
        ("?state=past", ["Data in de praktijk"]),
        ("?state=draft", ["Zonnepanelen"]),
        ("?q=PRAKTIJK", ["Data in de praktijk"]),
        ("?q=%25", []),
        ("?state=onzin&sort=onzin", ["Archief op orde", "Zonnepanelen", "Data in de praktijk"]),
    ],
)
def test_sessions_are_narrowed_and_ordered(client, network, query, expected):
    sign_in(client, factories.account(network))
    assert _titles(client, query) == expected


def test_how_many_of_whom_was_invited_come(client, network):
    event = factories.event(network, title="Geteld")
    factories.registration(event)
    answers.decline_invitation(factories.invitation(event))
    sign_in(client, factories.account(network))
    assert "1 van de 2 komt" in client.get(PAGE).text


def test_of_a_confidential_session_a_reader_gets_no_count(client, network):
    factories.registration(factories.event(network, title="Besloten", confidential=True))
    sign_in(client, factories.account(network, NetworkRole.READER))
    page = client.get(PAGE).text
    assert ("Besloten" in page, "1 van de 1" in page) == (True, False)
