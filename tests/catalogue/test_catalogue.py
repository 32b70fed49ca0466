"""The home and the catalogue: what stands in them, in which order, how it is narrowed down, and what nobody finds there."""

import json
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as xml

import pytest

from app import clock
from app.catalogue import catalogue, items
from app.catalogue.catalogue import CatalogueFilter
from app.catalogue.models import ItemKind
from app.courses import courses, editions
from app.courses.courses import CourseDetails
from app.database import db
from app.events import planning
from app.events.models import EventFormat
from app.materials.models import Scan
from app.network import network_queries
from tests import factories
from tests.catalogue import made
from tests.courses import planned

SECRET = "Vertrouwelijk"
"""In every title that nobody may find."""


@pytest.fixture
def network(app):
    return factories.network(name="Brabant Academie", summary="Leren met raden en colleges.")


def titles(**narrowed) -> list[str]:
    return [card.title for card in catalogue.page_of_catalogue(CatalogueFilter(**narrowed)).cards]


@pytest.fixture
def offer(network):
    """A session in three weeks, a course in thirty days, a course that is not planned, a podcast and a guide."""
    theme = factories.theme("Water")
    roles = {role.code: role for role in network_queries.list_roles()}
    event = factories.event(network, title="Sessie", town="Tilburg", themes=[theme], roles=[roles["griffier"]])
    planned.published(network)
    waits = CourseDetails("Nog te plannen", "Voor raden", offered=True, in_company=True, themes=[theme])
    courses.create_course(network, waits)
    made.item(network, "Podcast", kind=ItemKind.PODCAST, minutes=75, roles=[roles["bestuurder"]])
    made.item(network, "Handreiking", themes=[theme])
    db.session.commit()
    return {"event": event, "theme": theme}


def test_what_has_a_date_comes_first_then_what_waits_for_one_then_the_newest(offer):
    assert titles() == ["Sessie", planned.TITLE, "Nog te plannen", "Handreiking", "Podcast"]
    cards = catalogue.page_of_catalogue(CatalogueFilter()).cards
    assert [card.when.split(" ")[0] for card in cards[1:3]] == ["begint", "nog"]
    assert [card.when for card in cards[3:]] == ["", "1 uur en 15 minuten"]


def test_each_way_to_narrow_it_down(offer):
    assert titles(role="griffier") == ["Sessie", planned.TITLE, "Nog te plannen", "Handreiking"]
    assert titles(theme=offer["theme"]) == ["Sessie", "Nog te plannen", "Handreiking"]
    assert titles(form="session") == ["Sessie"]
    assert titles(form="course") == [planned.TITLE]
    assert titles(form="in-company") == ["Nog te plannen"]
    assert titles(form="podcast") == ["Podcast"]
    assert titles(when=catalogue.UNDATED) == ["Nog te plannen", "Handreiking", "Podcast"]
    assert titles(region=db.session.merge(factories.organisation("Tilburg")).region) == ["Sessie", planned.TITLE]
    month = clock.to_local(offer["event"].starts_at).strftime("%Y-%m")
    assert "Sessie" in titles(when=month)
    assert titles(when="2040-01") == []


def test_under_a_month_a_course_shows_the_edition_of_that_month(network):
    planned.published(network)
    later = planned.edition(network, "Najaar")
    for number, meeting in enumerate(later.meetings):
        begin = clock.now() + timedelta(days=120 + number)
        meeting.event.starts_at, meeting.event.ends_at = begin, begin + timedelta(hours=2)
        meeting.event.closes_at = begin
    editions.publish_edition(later)
    db.session.commit()
    first = later.meetings[0].event.starts_at
    (card,) = catalogue.page_of_catalogue(CatalogueFilter(when=clock.to_local(first).strftime("%Y-%m"))).cards
    assert card.starts_at == first
    (card,) = catalogue.page_of_catalogue(CatalogueFilter()).cards
    assert card.starts_at < first


def _hide_everything(network):
    """All that is on offer to nobody, each with SECRET in its title."""
    factories.event(network, title=f"{SECRET} besloten", confidential=True)
    factories.event(network, title=f"{SECRET} concept", published=False)
    planning.cancel_event(factories.event(network, title=f"{SECRET} afgelast"), "")
    factories.held(network, title=f"{SECRET} geweest")
    courses.create_course(network, CourseDetails(f"{SECRET} niet aangeboden"))
    items.set_published(made.item(network, f"{SECRET} verborgen"), False)
    items.remove_item(made.item(network, f"{SECRET} weg"))
    made.item(network, f"{SECRET} virus", content=b"%PDF").scan = Scan.INFECTED
    hidden = factories.network(name=f"{SECRET} netwerk", slug="besloten", listed=False)
    factories.event(hidden, title=f"{SECRET} elders")
    made.item(hidden, f"{SECRET} stuk")
    courses.create_course(hidden, CourseDetails(f"{SECRET} leergang", offered=True))
    db.session.commit()


def test_what_is_for_nobody_is_found_nowhere(client, network, offer):
    _hide_everything(network)
    pages = ["/", "/catalogue", "/catalogue?when=undated", "/catalogue.rss"]
    assert [SECRET in client.get(page).text for page in pages] == [False] * len(pages)
    assert "besloten" not in client.get("/sitemap.xml").text
    assert catalogue.count_by_role(["griffier"]) == {"griffier": 4}


def test_addresses_of_what_nobody_sees_do_not_exist(client, network):
    _hide_everything(network)
    slugs = ("vertrouwelijk-verborgen", "vertrouwelijk-weg", "vertrouwelijk-virus", "vertrouwelijk-stuk")
    for slug in slugs:
        assert client.get(f"/catalogue/{slug}").status_code == client.get(f"/catalogue/{slug}/file").status_code == 404


def test_a_day_of_a_course_stands_there_as_the_course(network):
    planned.published(network)
    db.session.commit()
    assert titles() == [planned.TITLE]
    assert titles(form=EventFormat.COURSE_MEETING.value) == []


def test_the_home_says_for_whom_what_is_soon_and_what_was_learned(client, network, offer):
    report = factories.impression(factories.held(network, title="Geweest"), "Begin klein")
    db.session.commit()
    page = client.get("/").text
    doors = re.findall(r'href="/catalogue\?audience=(\w+)"><strong>([^<]+)</strong><span>([^<]+)<', page)
    assert doors == [
        ("bestuurder", "Bestuurder", "4 in het aanbod"),
        ("volksvertegenwoordiger", "Volksvertegenwoordiger", "3 in het aanbod"),
        ("ambtenaar", "Ambtenaar", "3 in het aanbod"),
    ]
    assert f'/events/{offer["event"].slug}"' in page
    assert f'href="/impressions/{report.slug}"' in page
    assert "Leren met raden en colleges." in page
    assert "Sessie" in client.get("/agenda").text


def test_an_old_address_of_the_agenda_still_shows_it(client, network, offer):
    factories.event(network, title="Webinar", format=EventFormat.ONLINE)
    db.session.commit()
    page = client.get("/?format=online").text
    assert "Webinar" in page
    assert "Sessie</a>" not in page
    assert "Maand" in page


def test_the_catalogue_shows_what_was_chosen_and_the_way_back(client, offer):
    page = client.get("/catalogue?form=podcast&audience=bestuurder").text
    assert re.findall(r"<h2[^>]*><a[^>]*>([^<]+)", page) == ["Podcast"]
    assert '<option value="podcast" selected>' in page
    assert "Toon alles" in page
    assert "Er is nu niets dat hierbij past." in client.get("/catalogue?when=2040-01").text
    assert client.get("/catalogue?form=<script>&page=-5&when=9999-99&theme=x&region=x&audience=x").status_code == 200


def test_the_number_of_queries_stays_the_same(network, offer, queries):
    with queries() as few:
        catalogue.page_of_catalogue(CatalogueFilter())
    for number in range(30):
        factories.event(network, title=f"Sessie {number}")
        made.item(network, f"Podcast {number}", kind=ItemKind.PODCAST)
    db.session.commit()
    with queries() as many:
        page = catalogue.page_of_catalogue(CatalogueFilter(), 2)
    assert len(page.cards) == catalogue.PER_PAGE
    assert (page.total, page.pages) == (65, 3)
    assert len(many) <= len(few) == 11


def test_a_feed_reader_gets_the_newest_first(client, network, offer):
    root = xml.fromstring(client.get("/catalogue.rss?audience=griffier").data)
    found = root.findall("channel/item")
    assert {each.findtext("title") for each in found} == {"Sessie", planned.TITLE, "Nog te plannen", "Handreiking"}
    moments = [parsedate_to_datetime(each.findtext("pubDate")) for each in found]
    assert moments == sorted(moments, reverse=True)
    assert all(each.findtext("guid") == each.findtext("link") for each in found)
    link = root.find("channel/{http://www.w3.org/2005/Atom}link")
    assert link.get("href").endswith("/catalogue.rss?audience=griffier")


def test_the_sitemap_names_pages_that_are_there(client, network, offer):
    root = xml.fromstring(client.get("/sitemap.xml").data)
    paths = [each.text.partition("//")[2].partition("/")[2] for each in root.findall(".//{*}loc")]
    assert {f"events/{offer['event'].slug}", "catalogue/podcast", "courses/nog-te-plannen", "agenda"} < set(paths)
    assert {client.get(f"/{path}").status_code for path in paths} == {200}
    assert "Sitemap: " in client.get("/robots.txt").text


def _read_data(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


def test_search_engines_read_sessions_courses_and_items(client, network):
    event = factories.hybrid(network, title="Sessie </script>", join_url="https://geheim.example/42")
    edition = planned.published(network)
    made.item(network, "Podcast", kind=ItemKind.PODCAST, minutes=75)
    db.session.commit()
    page = client.get(f"/events/{event.slug}").text
    told = _read_data(page)
    assert (told["@type"], told["name"]) == ("Event", "Sessie </script>")
    assert told["startDate"] == clock.to_local(event.starts_at).isoformat()
    assert [place["@type"] for place in told["location"]] == ["Place", "VirtualLocation"]
    assert "geheim" not in page
    told = _read_data(client.get(f"/courses/{edition.course.slug}").text)
    assert [each["startDate"] for each in told["hasCourseInstance"]] == [
        clock.to_local(edition.meetings[0].event.starts_at).isoformat()
    ]
    assert _read_data(client.get("/catalogue/podcast").text)["timeRequired"] == "PT75M"
    planning.cancel_event(event, "De spreker is ziek.")
    db.session.commit()
    told = _read_data(client.get(f"/events/{event.slug}").text)
    assert (told["eventStatus"], told["startDate"]) == (
        "https://schema.org/EventCancelled",
        clock.to_local(event.starts_at).isoformat(),
    )


def test_a_course_that_nothing_is_planned_of_has_a_page_where_one_can_wait(client, network, offer):
    page = client.get("/courses/nog-te-plannen").text
    assert "Er staan nu geen dagen gepland." in page
    assert 'href="/courses/nog-te-plannen/next"' in page
    assert "Kan ook bij jouw organisatie." in page
    assert "@type" in page
    assert client.get("/courses/nog-te-plannen/next").status_code == 200
