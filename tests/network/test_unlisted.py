"""A network that is not listed is known to nobody but who organises it and who came by a link of their own."""

import re
from contextlib import suppress

import icalendar
import pytest
import sqlalchemy as sa
from flask import current_app, url_for

from app import urls
from app.database import db
from app.digests import digest_letters, digest_selection
from app.elsewhere.models import OutsideCalendar, OutsideEvent
from app.events import date_clashes
from app.events.models import Event
from app.feeds import personal_feed
from app.invitations import invitation_links
from app.lessons.board import boards, cards
from app.lessons.impressions import impressions
from app.network import visits
from app.network.models import Joining
from app.outbox.models import Message
from app.tokens import Purpose
from app.web import doors
from tests import factories
from tests.helpers import mails, parsed, post, sign_in, sign_in_person, work

pytestmark = pytest.mark.usefixtures("app")
CANARY = "Kanarieberaad"
HIDDEN = (
    "/networks/{n}",
    "/networks/{n}/join",
    "/networks/{n}/calendar.ics",
    "/calendars/network/{n}.ics",
    "/subscribe/network/{n}",
    "/events/{e}",
    "/events/{e}.ics",
    "/events/{e}/register",
    "/impressions/{i}",
    "/impressions/{i}.pdf",
    "/library/{x}",
)
"""Addresses of what the network has, as somebody might guess them."""


@pytest.fixture
def hidden(app) -> dict:
    """A network with all that could show somewhere, and one that is listed."""
    network = factories.network(slug="kanarie", name=CANARY, listed=False, joining=Joining.INVITED)
    network.summary = f"Wat het {CANARY} doet"
    coming = factories.event(network, title=f"Sessie van het {CANARY}")
    past = factories.event(network, title=f"Vorige van het {CANARY}")
    factories.move(past, hours=-30)
    impression = factories.impression(past)
    impression.insights[0].title = f"{CANARY} leert van elkaar"
    impression.themes = [factories.theme(f"{CANARY}thema", unsettled=True)]
    impressions.published.send(impression, again=True)
    calendar = OutsideCalendar(network=network, name=f"Partner van {CANARY}")
    db.session.add(calendar)
    db.session.flush()
    db.session.add(
        OutsideEvent(
            calendar=calendar, uid="1", title=f"Elders met {CANARY}", starts_at=coming.starts_at, ends_at=coming.ends_at
        )
    )
    listed = factories.event(factories.network(slug="open", name="Open netwerk"), title="Open sessie")
    factories.move(factories.event(listed.network, title="Oud"), hours=-60)
    db.session.commit()
    return {
        "n": network.slug, "e": coming.slug, "i": impression.slug, "x": impression.insights[0].id,
        "network": network, "coming": coming, "listed": listed,
    }  # fmt: skip


def _public_addresses(hidden: dict) -> list[str]:
    """Every address under a public door, filled with what the network and the listed one have."""
    values = [
        {"slug": hidden["n"], "kind": "network", "key": "kanarie", "number": hidden["x"], "code": "x", "token": "x"},
        {"slug": hidden["e"], "kind": "all", "key": "all", "number": 1, "code": "x", "token": "x"},
        {"slug": hidden["i"], "kind": "format", "key": "session", "number": 1, "code": "x", "token": "x"},
        {"slug": hidden["listed"].slug, "kind": "pdf", "key": "x", "number": 1, "code": "x", "token": "x"},
        {"slug": "open", "kind": "docx", "key": "x", "number": 1, "code": "x", "token": "x"},
    ]
    found = set()
    with current_app.test_request_context():
        for rule in current_app.url_map.iter_rules():
            page = doors.page_of(rule.endpoint)
            private = page is not None and not isinstance(page.door, doors.PublicPages)
            if private or "GET" not in rule.methods or rule.endpoint.startswith("mailbox."):
                continue
            for each in values:
                if rule.arguments <= each.keys():
                    with suppress(ValueError):
                        found.add(url_for(rule.endpoint, **{name: each[name] for name in rule.arguments}))
    month = f"{hidden['coming'].starts_at:%Y-%m}"
    found |= {"/?network=kanarie", f"/?month={month}", f"/?month={month}&network=kanarie", "/?format=session"}
    found |= {"/library?q=elkaar", "/library?network=kanarie"}
    return sorted(address.removeprefix("http://leerkring.test") for address in found)


def test_no_public_address_tells_a_visitor_its_name(client, hidden):
    addresses = _public_addresses(hidden)
    assert len(addresses) > 30

    assert [each for each in addresses if CANARY in client.get(each).text] == []
    assert "Open sessie" in client.get("/").text


def test_it_shows_as_soon_as_it_is_listed(client, hidden):
    hidden["network"].listed = True
    db.session.commit()
    told = [each for each in _public_addresses(hidden) if CANARY in client.get(each).text]
    named = {"/", "/library", "/library?q=elkaar", "/networks/kanarie", "/subscribe", "/calendars/all/all.ics"}
    assert named <= set(told)


@pytest.mark.parametrize("address", HIDDEN)
def test_its_addresses_are_those_of_nothing(client, hidden, address):
    mine = client.get(address.format(**hidden))
    nothing = client.get(address.format(n="bestaatniet", e="bestaatniet", i="bestaatniet", x=987654))
    assert (mine.status_code, nothing.status_code) == (404, 404)
    same = [
        re.sub(
            r"bestaatniet|987654|kanarie|nonce-\S+|\b\d+\b",
            "",
            each.text.replace(str(hidden["e"]), "").replace(hidden["i"], ""),
        )
        for each in (mine, nothing)
    ]
    assert same[0] == same[1]
    assert {name for name, _ in mine.headers} == {name for name, _ in nothing.headers}
    assert mine.headers.get("Cache-Control") == nothing.headers.get("Cache-Control")


def test_nobody_asks_to_join_it(client, hidden):
    hidden["network"].joining = Joining.OPEN
    db.session.commit()
    answer = post(client, "/networks/kanarie/join", page="/sign-in", name="X", address="x@oss.example")
    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["/networks/{n}", "/events/{e}", "/impressions/{i}", "/events/{e}.ics"])
def test_its_organiser_sees_its_pages_and_no_cache_keeps_them(client, hidden, address):
    sign_in(client, factories.account(hidden["network"]))
    page = client.get(address.format(**hidden))
    assert CANARY in page.text
    assert "no-store" in page.headers["Cache-Control"] or "private" in page.headers["Cache-Control"]
    assert CANARY in client.get("/organise/networks/kanarie").text
    assert CANARY not in client.get("/").text


def test_an_organiser_of_another_network_does_not(client, hidden):
    sign_in(client, factories.account(hidden["listed"].network))
    assert client.get("/networks/kanarie").status_code == 404


class TestMembers:
    def test_a_member_who_is_signed_in_sees_it(self, client, hidden):
        member = factories.person("Lid", of=hidden["network"])
        db.session.commit()
        sign_in_person(client, member)
        page = client.get("/networks/kanarie")
        assert CANARY in page.text
        assert page.headers["Cache-Control"] == "no-store"
        member.memberships[0].standing = "left"
        db.session.commit()
        assert client.get("/networks/kanarie").status_code == 404

    def test_a_member_of_another_network_does_not(self, client, hidden):
        member = factories.person("Lid", of=hidden["listed"].network)
        db.session.commit()
        sign_in_person(client, member)
        assert client.get("/networks/kanarie").status_code == 404


def test_an_invitation_opens_its_own_session_and_nothing_else_of_the_network(client, hidden):
    invitation = factories.invitation(hidden["coming"])
    db.session.commit()
    link = invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")
    mine = post(client, link, answer="on_site").location
    opened = {each for each in HIDDEN if client.get(each.format(**hidden)).status_code == 200}
    assert opened == {"/events/{e}", "/events/{e}.ics", "/events/{e}/register"}
    page = client.get(mine).text
    assert (CANARY in page, 'href="/networks/kanarie"' in page) == (True, False)


class TestByMail:
    """Links in mails to its pages let a member in, and whoever has the mail to that one page alone."""

    @pytest.fixture
    def member(self, hidden):
        made = factories.person("Lid", of=hidden["network"])
        made.digest = "weekly"
        db.session.commit()
        return made

    def _links(self, member) -> list[str]:
        (digest,) = digest_selection.gather_digests([member]).values()
        letter = digest_letters.write_digest(digest).letter
        return sorted(set(re.findall(r"http://leerkring\.test(/visit/[^\s\"<)]+)", letter.text)))

    def test_the_links_of_a_digest_open_in_a_browser_that_opened_nothing_before(self, app, hidden, member):
        impression = urls.impression_url(hidden["i"])
        links = [*self._links(member), visits.link_to_page(member, hidden["network"], impression)]
        assert len(links) > 1
        for link in links:
            browser = app.test_client()
            page = browser.get(browser.get(link.removeprefix("http://leerkring.test")).location)
            assert (page.status_code, CANARY in page.text) == (200, True)
            assert page.headers["Cache-Control"] == "no-store"

    def test_they_open_what_hangs_under_that_page_and_nothing_else_of_the_network(self, client, hidden, member):
        link = next(each for each in self._links(member) if each.endswith(f"/events/{hidden['e']}"))
        client.get(link)
        opened = {each for each in HIDDEN if client.get(each.format(**hidden)).status_code == 200}
        assert opened == {"/events/{e}", "/events/{e}.ics", "/events/{e}/register"}
        other = factories.event(hidden["network"], title="Nog een")
        db.session.commit()
        assert client.get(link.replace(hidden["e"], other.slug)).status_code == 404
        assert client.get(f"/events/{other.slug}").status_code == 404

    def test_they_end_when_the_member_leaves(self, client, hidden, member):
        link = next(each for each in self._links(member) if each.endswith(f"/events/{hidden['e']}"))
        client.get(link)
        member.memberships[0].standing = "left"
        db.session.commit()
        assert (client.get(link).status_code, client.get(f"/events/{hidden['e']}").status_code) == (404, 404)

    def test_no_reader_of_a_batch_gets_the_link_of_another(self, hidden, member):
        other = factories.person("Ander", of=hidden["network"])
        other.digest = "weekly"
        db.session.commit()
        known = {}
        digests = digest_selection.gather_digests([member, other]).values()
        texts = [digest_letters.write_digest(each, known).letter.text for each in digests]
        one, two = (set(re.findall(r"/visit/(\w+)/", text)) for text in texts)
        assert (len(one), len(two), one & two) == (1, 1, set())

    def test_in_calendars_the_link_of_a_session_lets_its_reader_in_and_nobody_else(self, app, client, hidden, member):
        event = db.session.scalars(sa.select(Event).filter_by(slug=hidden["e"])).one()
        other = factories.event(hidden["network"], title="Nog een")
        work()
        before = _vevents(client.get(_feed_of(member)).data)
        registration = factories.registration(event, member)
        work()
        work()
        mailed = next(each for each in mails(Message.person_id == member.id) if b"text/calendar" in each.body)
        (part,) = [each for each in parsed(mailed.body).walk() if each.get_content_type() == "text/calendar"]
        feeds = _vevents(client.get(_feed_of(member, Purpose.FEED_ALL)).data)
        for uid, vevent in [(event.uid, before), (other.uid, before), (event.uid, feeds), (event.uid, _vevents(part))]:
            link, text = vevent[uid]
            assert (link in text, "/visit/" in link) == (True, True)
            browser = app.test_client()
            path = link.removeprefix("http://leerkring.test")
            assert browser.get(browser.get(path).location).status_code == 200
            assert app.test_client().get("/" + path.split("/", 3)[3]).status_code == 404
        assert registration

    def test_a_feed_follows_whether_its_network_is_listed(self, client, hidden, member):
        seen = []
        for listed in (False, True):
            hidden["network"].listed = listed
            db.session.commit()
            seen.append({"/visit/" in link for link, _ in _vevents(client.get(_feed_of(member)).data).values()})
        assert seen == [{True}, {False}]

    def test_a_listed_network_is_linked_to_as_everybody_knows_it(self, hidden):
        page = f"http://leerkring.test/events/{hidden['listed'].slug}"
        reader = factories.person("Lid", of=hidden["listed"].network)
        assert visits.link_to_page(reader, hidden["listed"].network, page) == page


def _feed_of(person, kind=Purpose.FEED) -> str:
    return personal_feed.link_to_personal_feed(person, kind).removeprefix("http://leerkring.test")


def _vevents(calendar) -> dict[str, tuple[str, str]]:
    """Of each VEVENT its link and its description, by UID."""
    content = calendar if isinstance(calendar, bytes) else calendar.get_payload(decode=True)
    found = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return {str(each["uid"]): (str(each["url"]), str(each["description"])) for each in found}


@pytest.mark.parametrize("page", ["/k/{code}", "/k/{code}/screen", "/k/{code}/live"])
def test_the_code_on_the_wall_opens_its_session_and_names_no_network(client, hidden, page):
    """Who is in the room may send a card, known to the network or not."""
    hidden["coming"].title = "Wat neem je mee"
    board = boards.open_board(hidden["coming"])
    cards.catch_card(board, "Begin klein")
    db.session.commit()
    shown = client.get(page.format(code=board.code))
    assert (shown.status_code, CANARY in shown.text, "Begin klein" in shown.text) == (200, False, True)
    assert "kanarie" not in shown.text
    assert client.get("/networks/kanarie").status_code == 404


def test_organisers_of_other_networks_read_no_name_among_the_clashes(client, hidden):
    day = hidden["coming"].starts_at.date()
    with current_app.test_request_context():
        words = " ".join(each.words for each in date_clashes.find_clashes(hidden["listed"].network, day, day))
    assert "besloten netwerk" in words
    assert CANARY not in words
