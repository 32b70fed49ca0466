"""What a network's sessions left, on one page, for who may know it."""

import re

import pytest

from app.accounts.models import NetworkRole
from app.database import db
from app.lessons.impressions.models import ImpressionState
from app.network.seeing import CLOCKWORK
from app.reports import outcomes
from tests import factories
from tests.helpers import sign_in


@pytest.fixture
def held(app):
    return factories.held(title="Samen slimmer")


def test_what_runs_stands_with_the_soonest_first_and_sessions_with_what_they_left(held):
    factories.impression(held, "Samen inkopen", "Klein beginnen")
    factories.commitment(held, factories.person(), "Later", days=40)
    factories.commitment(held, factories.person(), "Te laat", days=-3)
    found = outcomes.load_outcomes(held.network, CLOCKWORK)

    assert [each.what for each in found.running] == ["Te laat", "Later"]
    assert [(each.event, each.impression, each.insights, each.commitments, each.done) for each in found.sessions] == [
        (held, ImpressionState.PUBLISHED, 2, 2, 0)
    ]


def test_a_session_in_a_series_that_has_an_own_report_stands_once(held):
    series = factories.series(held.network, "Werksessies", one_impression=True)
    second = factories.held(held.network, title="Nog slimmer")
    factories.impression(held, "Van deze sessie")
    held.series, second.series = series, series
    factories.impression(second, "Van de reeks", "Nog een")
    db.session.flush()
    found = outcomes.load_outcomes(held.network, CLOCKWORK)

    assert sorted((each.event.title, each.insights) for each in found.sessions) == [
        ("Nog slimmer", 2),
        ("Samen slimmer", 1),
    ]


def test_what_a_confidential_session_left_is_for_who_organises(client, held):
    held.confidential = True
    factories.commitment(held, factories.person(), "Onder ons")
    seen = {}
    for role in (NetworkRole.ORGANISER, NetworkRole.READER):
        sign_in(client, factories.account(held.network, role))
        db.session.commit()
        page = client.get(f"/organise/networks/{held.network.slug}/outcomes").text
        seen[role] = re.findall(r"Samen slimmer|Onder ons", page)
    assert seen == {NetworkRole.ORGANISER: ["Samen slimmer", "Onder ons"], NetworkRole.READER: []}


def test_the_page_asks_as_much_of_the_database_for_many_as_for_one(client, held, queries):
    sign_in(client, factories.account(held.network))
    counts = []
    for size in (1, 4):
        for number in range(size):
            event = factories.held(held.network, title=f"Sessie {number} {size}")
            factories.impression(event)
            factories.commitment(event, factories.person())
        db.session.commit()
        with queries() as seen:
            assert client.get(f"/organise/networks/{held.network.slug}/outcomes").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_empty_network_says_what_comes(client):
    network = factories.network()
    sign_in(client, factories.account(network))
    db.session.commit()
    page = client.get(f"/organise/networks/{network.slug}/outcomes").text
    assert re.findall(r'class="empty">([^<]+?)[.<]', page) == [
        "Er is nog geen sessie geweest",
        "Er loopt geen afspraak",
    ]
