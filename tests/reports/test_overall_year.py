"""The year of all networks: everybody once, nothing that gives away what somebody may not see."""

import io
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app import clock
from app.contact_moments import contact_moments
from app.contact_moments.contact_moments import Talk
from app.contact_moments.models import ContactKind
from app.database import db
from app.network.audiences import audiences
from app.network.audiences.models import Audience
from app.network.organisations import lineage
from app.network.seeing import CLOCKWORK, Viewer
from app.reports import overall_year
from app.themes import themes
from app.themes.models import event_themes
from tests import factories
from tests.helpers import post, sign_in

THIS_YEAR = clock.today().year


def held(network, *people, theme=None, **values):
    """A session early this year, about a theme, at which these people were."""
    january = clock.utc_moment(date(THIS_YEAR, 1, 1), time(12))
    event = factories.held(network, days_ago=(clock.now() - january).total_seconds() / 86400 * 0.5, **values)
    if theme:
        db.session.execute(sa.insert(event_themes).values(event_id=event.id, theme_id=theme.id))
    for person in people:
        factories.attendance(event, person)
    return event


def shown(year):
    return {each.words: [cell.shown for cell in each.cells] for each in year.themes}, [
        each.shown for each in year.totals
    ]


@pytest.fixture
def world(app):
    """Two networks about water; An was at sessions of both, and at one without a theme."""
    water = themes.add_theme("Waterveiligheid", "Water safety")
    mine, other = factories.network(), factories.network()
    an, ben = factories.person("An Ros", at="Oss", of=mine), factories.person("Ben Bos", at="Best", of=other)
    held(mine, an, theme=water)
    held(other, an, ben, theme=water)
    held(other, an)
    talk = Talk(ContactKind.TALK, date(THIS_YEAR, 1, 1), [factories.organisation("Deurne")], theme_id=water.id)
    contact_moments.enter_talk(other, talk, None)
    db.session.commit()
    return {"mine": mine, "other": other, "water": water}


def test_who_is_in_several_networks_counts_once(world):
    rows, totals = shown(overall_year.load_overall_year(THIS_YEAR, CLOCKWORK))

    assert rows == {"Waterveiligheid": [2, 2, 2, 1], "Zonder thema": [1, 1, 1, 0]}
    assert totals == [3, 2, 2, 1]


def test_a_session_about_two_themes_counts_in_both_and_once_in_all(world):
    health = themes.add_theme("Gezondheid", "Health")
    event = held(world["mine"], theme=world["water"])
    db.session.execute(sa.insert(event_themes).values(event_id=event.id, theme_id=health.id))

    rows, totals = shown(overall_year.load_overall_year(THIS_YEAR, CLOCKWORK))
    assert (rows["Waterveiligheid"][0], rows["Gezondheid"][0], totals[0]) == (3, 1, 4)


def test_organisations_count_as_what_they_are_today(world):
    lineage.succeed_organisation(factories.organisation("Best"), factories.organisation("Oss"), clock.today())

    assert shown(overall_year.load_overall_year(THIS_YEAR, CLOCKWORK))[1] == [3, 2, 1, 1]


def test_small_numbers_of_other_networks_are_left_out(world):
    year = overall_year.load_overall_year(THIS_YEAR, Viewer(frozenset({world["mine"].id})))

    assert shown(year) == (
        {"Waterveiligheid": ["≥ 1", "≥ 1", "≥ 1", "≥ 0"], "Zonder thema": ["≥ 0", "≥ 0", "≥ 0", 0]},
        ["≥ 1", "≥ 1", "≥ 1", "≥ 0"],
    )
    assert year.leaves_out


def test_many_of_other_networks_are_counted(world):
    held(world["other"], *factories.crowd(9, at="Oss"), theme=world["water"])

    year = overall_year.load_overall_year(THIS_YEAR, Viewer(frozenset({world["mine"].id})))
    assert year.totals[1].shown == 11
    assert shown(year)[0]["Waterveiligheid"][1] == "≥ 1"


def test_the_map_lights_up_by_what_somebody_may_know(world):
    held(world["mine"], factories.person("Stil", at="Deurne"), confidential=True)
    eyes = {
        "organiser": (Viewer(frozenset({world["mine"].id})), ["Deurne", "Oss"]),
        "reader": (Viewer(frozenset(), frozenset({world["mine"].id})), ["Oss"]),
        "all": (CLOCKWORK, ["Best", "Deurne", "Oss"]),
    }
    for viewer, names in eyes.values():
        year = overall_year.load_overall_year(THIS_YEAR, viewer)
        assert [tile.organisation.name for tile in year.seen] == names
        assert year.reached.total == 3
        assert year.reached.hidden == (len(names) < 3)


def test_page_export_and_audience(client, world):
    sign_in(client, factories.account(world["mine"]))
    page = f"/organise/year/{THIS_YEAR}"

    text = client.get(page).text
    assert "≥ 1" in text
    assert "Minstens 1 gemeente was er" in text
    book = load_workbook(io.BytesIO(client.get(f"{page}.xlsx").data))
    assert next(book[str(THIS_YEAR)].iter_rows(min_row=2, values_only=True)) == (
        "Waterveiligheid",
        "≥ 1",
        "≥ 1",
        "≥ 1",
        "≥ 0",
    )
    lines = {row[0]: row[2] for row in book["Gemeenten"].iter_rows(values_only=True)}
    assert (lines["Oss"], lines["Best"]) == (1, 0)
    factories.person("Dik Dam", at="Deurne", of=world["mine"])
    answer = post(client, f"{page}/audience", page=page, network=world["mine"].id)
    assert answer.status_code == 303
    made = db.session.query(Audience).one()
    assert audiences.count_reach(made.rule, world["mine"].id, CLOCKWORK).people == 1
    assert post(client, f"{page}/audience", page=page, network=world["other"].id).status_code == 404


def test_who_sees_no_network_sees_no_year(client, world):
    sign_in(client, factories.account())

    assert client.get("/organise/year").status_code == 403
    assert client.get(f"/organise/year/{THIS_YEAR}.csv").status_code == 403


def test_the_page_takes_a_fixed_number_of_queries(client, world, queries):
    sign_in(client, factories.account(world["mine"]))
    counts = []
    for size in (0, 4):
        for number in range(size):
            theme = themes.add_theme(f"Thema {number}", f"Theme {number}")
            held(factories.network(), factories.person(at="Breda"), theme=theme)
        db.session.commit()
        with queries() as seen:
            client.get(f"/organise/year/{THIS_YEAR}")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_talk_of_last_year_is_of_last_year(world):
    long_ago = Talk(ContactKind.TALK, date(THIS_YEAR, 1, 1) - timedelta(days=1), [factories.organisation("Oss")])
    contact_moments.enter_talk(world["mine"], long_ago, None)

    assert overall_year.load_overall_year(THIS_YEAR, CLOCKWORK).totals[3].total == 1
    assert overall_year.load_overall_year(THIS_YEAR - 1, CLOCKWORK).totals[3].total == 1
