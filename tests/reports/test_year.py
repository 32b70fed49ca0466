"""The year of a network: what happened, whom it reached, and an audience from the gap."""

import io
from datetime import date, time

import pytest
from openpyxl import load_workbook

from app import clock
from app.database import db
from app.events.models import Mode
from app.lessons.insights import commitments
from app.lessons.insights.models import CommitmentState
from app.network.audiences import audiences
from app.network.audiences.models import Audience
from app.network.seeing import CLOCKWORK
from app.reports import network_year
from tests import factories
from tests.helpers import post, sign_in

THIS_YEAR = clock.today().year


@pytest.fixture
def network(app):
    """Two sessions this year and one last year; members in Oss, Best and Deurne, of which Deurne never came."""
    network = factories.network(name="Digitaal")
    oss, best = factories.person("An Ros", at="Oss", of=network), factories.person("Ben Bos", at="Best", of=network)
    factories.person("Dik Dam", at="Deurne", of=network)
    january = clock.utc_moment(date(THIS_YEAR, 1, 1), time(12))
    ago = (clock.now() - january).total_seconds() / 86400
    first = factories.held(network, days_ago=ago * 0.6, title="Eerste")
    second = factories.held(network, days_ago=ago * 0.3, title="Tweede")
    last_year = factories.held(network, days_ago=ago + 60)
    for event, person, mode in (
        (first, oss, Mode.ON_SITE),
        (second, oss, Mode.ON_SITE),
        (second, factories.person("Oskar", at="Oss"), Mode.ONLINE),
        (last_year, best, Mode.ON_SITE),
    ):
        event.online = event.online or mode == Mode.ONLINE
        factories.attendance(event, person, mode)
    factories.impression(first, "Een", "Twee")
    done = factories.commitment(first, oss, days=1)
    commitments.settle_commitment(done, CommitmentState.DONE, "")
    open_ = factories.commitment(first, oss, days=1)
    done.due_on = open_.due_on = date(THIS_YEAR, 6, 1)
    db.session.flush()
    return network


def test_people_and_organisations_count_once(network):
    year = network_year.load_network_year(network, THIS_YEAR, CLOCKWORK)

    assert [(each.event.title, each.on_site, each.online, each.organisations) for each in year.sessions] == [
        ("Eerste", 1, 0, 1),
        ("Tweede", 1, 1, 1),
    ]
    assert (year.people, year.organisations, year.attendances) == (2, 1, 3)
    assert (year.insights, year.promised, year.kept) == (2, 2, 1)


def test_reach_and_the_gap(network):
    year = network_year.load_network_year(network, THIS_YEAR, CLOCKWORK)

    assert [(tile.organisation.name, tile.attendances, tile.sessions) for tile in year.reached] == [("Oss", 3, 2)]
    assert [tile.organisation.name for tile in year.unreached] == ["Best", "Deurne"]


def test_other_networks_and_drafts_do_not_count(network):
    factories.attendance(factories.held(days_ago=1), factories.person(at="Deurne"))

    assert [
        tile.organisation.name for tile in network_year.load_network_year(network, THIS_YEAR, CLOCKWORK).reached
    ] == ["Oss"]


def test_the_gap_is_an_audience_with_one_press_and_empties_itself(client, network):
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/year"

    answer = post(client, f"{page}/{THIS_YEAR}/audience", page=page)
    form = client.get(answer.location).text
    assert f"Gemeenten die we in {THIS_YEAR} nog niet zagen" in form
    assert "2 mensen" in form
    assert post(client, f"{page}/{THIS_YEAR}/audience", page=page).location == answer.location

    factories.attendance(factories.held(network, days_ago=0.2), factories.person(at="Best"))
    gap = db.session.query(Audience).one()
    assert audiences.count_reach(gap.rule, network.id, CLOCKWORK).people == 1


def test_page_and_excel_say_the_same(client, network):
    sign_in(client, factories.account(network, "reader"))
    page = f"/organise/networks/{network.slug}/year"

    text = client.get(page).text
    assert "<strong>2</strong> <span>sessies" in text
    assert "Van 2 gemeenten met leden kwam nog niemand." in text
    book = load_workbook(io.BytesIO(client.get(f"{page}/{THIS_YEAR}.xlsx").data))
    figures = dict(row for row in book["Cijfers"].iter_rows(values_only=True))
    assert (figures["Sessies"], figures["Mensen"], figures["Afspraken gedaan"]) == (2, 2, 1)
    assert next(row for row in book["Gemeenten"].iter_rows(values_only=True) if row[0] == "Oss")[2:] == (3, 2, 1)
    assert [row[0] for row in book["Sessies"].iter_rows(values_only=True)] == ["Sessie", "Eerste", "Tweede"]


def test_a_year_without_sessions_and_a_year_that_is_none(client, network):
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/year"

    assert "In 2001 was er nog geen sessie." in client.get(f"{page}/2001").text
    assert client.get(f"{page}/1").status_code == 404


def test_the_page_takes_a_fixed_number_of_queries(client, network, queries):
    sign_in(client, factories.account(network))
    page, counts = f"/organise/networks/{network.slug}/year", []
    for size in (0, 6):
        for _ in range(size):
            factories.attendance(factories.held(network, days_ago=0.2), factories.person(at="Breda"))
        db.session.commit()
        with queries() as seen:
            client.get(page)
        counts.append(len(seen))
    assert counts[0] == counts[1]
