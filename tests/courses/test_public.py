"""The public page of a course: what everybody reads of it, and what nobody does."""

import pytest

from app.courses import editions
from app.registration import enrolments
from tests import factories
from tests.courses import planned


@pytest.fixture
def edition(app):
    return planned.published(factories.network(name="Weerbaar Brabant"), seats=2)


def _page(edition) -> str:
    return f"/courses/{edition.course.slug}"


def _enrol(edition) -> None:
    enrolments.enrol(factories.invitation(edition.meetings[0].event), {})


def test_the_page_tells_days_hours_rule_and_how_to_enrol(client, edition):
    page = client.get(_page(edition)).text
    first = edition.meetings[0].event
    assert "samen 9 uur" in page
    assert "3 bijeenkomsten" in page
    assert "Wie alle bijeenkomsten volgde" in page
    assert "er is plek" in page
    assert f'href="/events/{first.slug}/register"' in page
    assert all(f'href="/events/{each.event.slug}"' in page for each in edition.meetings)


def test_full_is_said_once_its_places_are_taken_or_somebody_waits(client, edition):
    _enrol(edition)
    assert "er is plek" in client.get(_page(edition)).text
    _enrol(edition)
    assert "vol, met wachtlijst" in client.get(_page(edition)).text


def test_a_draft_or_a_confidential_day_shows_nothing(client, edition):
    network = edition.course.network
    draft = planned.edition(network, "Najaar")
    assert "Najaar" not in client.get(_page(edition)).text
    edition.meetings[1].event.confidential = True
    assert client.get(_page(edition)).status_code == 404
    assert edition.course.title not in client.get(f"/networks/{network.slug}").text.partition("Meedoen")[2]
    editions.publish_edition(draft)
    page = client.get(_page(edition)).text
    assert "Najaar" in page
    assert "Voorjaar" not in page


def test_a_network_that_is_not_listed_keeps_its_courses(client, edition):
    edition.course.network.listed = False
    assert client.get(_page(edition)).status_code == 404


def test_the_network_and_each_day_lead_to_the_course(client, edition):
    link = f'href="{_page(edition)}"'
    assert link in client.get(f"/networks/{edition.course.network.slug}").text
    assert link in client.get(f"/events/{edition.meetings[2].event.slug}").text


def test_an_edition_that_is_over_stands_with_its_report(client, edition):
    for meeting in edition.meetings:
        factories.move(meeting.event, hours=-24 * (10 - meeting.place))
    report = factories.impression(edition.meetings[1].event)
    page = client.get(_page(edition)).text
    assert "Eerder gehouden" in page
    assert f'href="/impressions/{report.slug}"' in page
    assert "Schrijf je in" not in page


def test_a_cancelled_edition_says_why(client, edition):
    editions.cancel_edition(edition, "De spreker is ziek.")
    page = client.get(_page(edition)).text
    assert "De spreker is ziek." in page
    assert "Schrijf je in" not in page
