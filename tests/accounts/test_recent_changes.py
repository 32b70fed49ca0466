"""What changed since somebody was here stands on the overview of a network and a session."""

from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.accounts.models import NetworkRole
from app.database import db
from app.registration import answers
from tests import factories
from tests.helpers import post, sign_in

HEADING = "Sinds je hier was"


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


@pytest.fixture
def event(network):
    return factories.event(network, title="Data in de praktijk")


def _later(**much):
    db.session.commit()
    return time_machine.travel(clock.now() + timedelta(**much), tick=False)


def _colleague_acts(client_of, network) -> None:
    other = client_of()
    sign_in(other, factories.account(network, name="Karin Colleague"))
    _leave(other, network)


def _leave(browser, network) -> None:
    """Somebody leaves the network by the hand of who is signed in here."""
    page = f"/organise/networks/netwerk/people/{factories.person('Sanne de Vries', of=network).id}"
    assert post(browser, f"{page}/leave", page=page).status_code == 303


@pytest.fixture
def client_of(app):
    return app.test_client


def test_what_others_did_is_said_when_one_comes_back(client, client_of, network):
    sign_in(client, factories.account(network))
    assert HEADING not in client.get("/organise/networks/netwerk").text
    with _later(hours=2):
        _colleague_acts(client_of, network)
    with _later(hours=3):
        for _ in range(2):
            page = client.get("/organise/networks/netwerk").text
            assert HEADING in page, "also when the page is opened once more"
            assert "Karin Colleague: " in page
    with _later(hours=5):
        assert HEADING not in client.get("/organise/networks/netwerk").text


def test_what_one_did_oneself_is_no_news(client, network):
    sign_in(client, factories.account(network))
    client.get("/organise/networks/netwerk")
    with _later(hours=2):
        _leave(client, network)
        assert HEADING not in client.get("/organise/networks/netwerk").text


def test_answers_to_a_session_are_counted(client, network, event):
    sign_in(client, factories.account(network))
    page = f"/organise/events/{event.slug}"
    client.get(page)
    with _later(hours=2):
        factories.registration(event)
        answers.decline_invitation(factories.invitation(event))
    with _later(hours=3):
        text = client.get(page).text
        assert "<li>Aangemeld: 1</li><li>Afgezegd: 1</li>" in text


def test_readers_are_told_nothing_of_the_log(client, client_of, network):
    sign_in(client, factories.account(network, NetworkRole.READER))
    client.get("/organise/networks/netwerk")
    with _later(hours=2):
        _colleague_acts(client_of, network)
    with _later(hours=3):
        assert HEADING not in client.get("/organise/networks/netwerk").text
