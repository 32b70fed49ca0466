"""The page of a series: what is public of its sessions, what they came to, its calendar; its words on the form."""

import icalendar
import lxml.html
import pytest

from app.database import db
from app.events import event_series
from app.events.models import Mode
from tests import factories
from tests.helpers import sign_in

PAGE = "/series/werksessies-water"


@pytest.fixture
def network(app):
    return factories.network(name="Klimaatkring", slug="klimaat")


@pytest.fixture
def series(network):
    return factories.series(network, "Werksessies water", summary="In drie plaatsen aan het werk.")


def _session(series, title: str, *, days_ago: int = 0, **values):
    event = factories.held(series.network, title=title, days_ago=days_ago, **values) if days_ago else None
    event = event or factories.event(series.network, title=title, **values)
    event.series = series
    db.session.commit()
    return event


def _names(client, address: str) -> list[str]:
    return [str(each["SUMMARY"]) for each in icalendar.Calendar.from_ical(client.get(address).data).walk("VEVENT")]


def test_a_page_shows_what_is_public_of_a_series(client, series):
    _session(series, "Straks in Oss")
    past = _session(series, "Toen in Best", days_ago=9)
    report = factories.impression(past, "Water stroomt")
    report.title = "Verslag uit Best"
    series.themes = [factories.theme("Waterstand")]
    _session(series, "Verborgen overleg", confidential=True)
    _session(series, "Verborgen toen", confidential=True, days_ago=4)
    _session(series, "Verborgen concept", published=False)
    factories.event(series.network, title="Buiten de reeks")
    db.session.commit()
    page = client.get(PAGE).text
    for said in (
        "Werksessies water", "In drie plaatsen aan het werk.", "Klimaatkring", "Waterstand", "Straks in Oss",
        "Toen in Best", "Verslag uit Best", "/subscribe/series/werksessies-water",
    ):  # fmt: skip
        assert said in page
    assert "Verborgen" not in page
    assert "Buiten de reeks" not in page


def test_totals_count_each_person_once_and_leave_out_what_points_at_people(client, series):
    sessions = [_session(series, f"Sessie {number}", days_ago=number + 3, online=True) for number in range(2)]
    people = [factories.person(at=town) for town in ("Oss", "Best", "Breda", "Breda", "Oss", "Oss")]
    for session in sessions:
        for person in people:
            factories.attendance(session, person)
    factories.attendance(sessions[0], factories.person(at="Tilburg"), mode=Mode.ONLINE)
    secret = _session(series, "Besloten", confidential=True, days_ago=1)
    factories.attendance(secret, factories.person(at="Vught"))
    db.session.commit()
    page = client.get(PAGE).text
    assert "In 2 sessies, iedereen één keer geteld:" in page
    assert "<strong>6</strong> <span>deelnemers op locatie" in page
    assert "<strong>4</strong> <span>gemeenten" in page
    assert "deelnemer online" not in page


@pytest.mark.parametrize("hidden", [{"confidential": True}, {"published": False}, None])
def test_a_series_of_which_nothing_is_public_has_no_page(client, series, hidden):
    if hidden is not None:
        _session(series, "Niet te zien", **hidden)
    db.session.commit()
    for address in (PAGE, "/calendars/series/werksessies-water.ics", "/subscribe/series/werksessies-water"):
        assert client.get(address).status_code == 404
    assert "Werksessies water" not in client.get("/subscribe").text
    assert "Werksessies water" not in client.get("/networks/klimaat").text


def test_who_may_not_know_of_a_network_finds_none_of_its_series(client, app, series):
    series.network.listed = False
    event = _session(series, "Besloten kring")
    for address in (PAGE, "/calendars/series/werksessies-water.ics", f"/events/{event.slug}"):
        assert client.get(address).status_code == 404
    assert "Werksessies water" not in client.get("/subscribe").text
    sign_in(client, factories.account(series.network))
    page = client.get(PAGE)
    assert "Besloten kring" in page.text
    assert "/calendars/series/" not in page.text
    assert PAGE in client.get(f"/events/{event.slug}").text
    assert app.test_client().get(PAGE).status_code == 404


def test_one_calendar_holds_the_sessions_of_a_series_and_no_other(client, series):
    _session(series, "Straks in Oss")
    _session(series, "Verborgen overleg", confidential=True)
    factories.event(series.network, title="Buiten de reeks")
    db.session.commit()
    assert _names(client, "/calendars/series/werksessies-water.ics") == ["Straks in Oss"]
    assert "Werksessies water" in client.get("/subscribe").text


def test_session_and_network_lead_to_the_series(client, series):
    event = _session(series, "Straks in Oss")
    assert f'href="{PAGE}"' in client.get(f"/events/{event.slug}").text
    assert f'href="{PAGE}"' in client.get("/networks/klimaat").text


def test_two_series_of_one_title_have_pages_of_their_own(app, series):
    other = factories.series(factories.network(), "Werksessies water")
    assert (series.slug, other.slug) == ("werksessies-water", "werksessies-water-2")
    assert factories.series(series.network, "!!").slug == "reeks"


def test_words_stay_until_somebody_writes_others(app, series):
    first, second = (factories.event(series.network) for _ in range(2))
    event_series.put_in_series(first, series.title)
    assert series.summary == "In drie plaatsen aan het werk."
    event_series.put_in_series(second, series.title, summary="Nu in vier.")
    assert series.summary == "Nu in vier."
    event_series.put_in_series(second, series.title, summary="")
    assert series.summary == ""


def test_who_moves_to_another_series_takes_no_words_along(app, series):
    event = factories.event(series.network)
    event_series.put_in_series(event, series.title, summary=series.summary)
    event_series.put_in_series(event, "Een andere reeks", summary=series.summary)
    assert (event.series.title, event.series.summary) == ("Een andere reeks", "")
    event_series.put_in_series(event, series.title, summary="Toch weer deze.")
    assert series.summary == "Toch weer deze."


def test_an_organiser_writes_about_the_series_and_sees_its_page(client, series):
    event = _session(series, "Straks in Oss")
    address = f"/organise/events/{event.slug}/edit"
    sign_in(client, factories.account(series.network))
    assert f'href="{PAGE}"' in client.get(address).text
    form = lxml.html.fromstring(client.get(address).text).forms[-1]
    client.post(address, data=dict(form.form_values()) | {"series_summary": "Aan de slag in drie plaatsen."})
    assert "Aan de slag in drie plaatsen." in client.get(PAGE).text
    event.confidential = True
    db.session.commit()
    assert f'href="{PAGE}"' not in client.get(address).text
