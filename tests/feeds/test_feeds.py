"""Calendars to subscribe to: what they hold, validators, secrecy."""

import re
from datetime import date, time, timedelta

import icalendar
import pytest
import time_machine

from app import clock, tokens
from app.database import db
from app.events import planning
from app.events.models import EventFormat, Mode
from app.feeds import feed_writing, organiser_feed, personal_feed
from app.registration import answers
from app.tokens import Purpose
from tests import factories
from tests.calendars.independent import times_by_ical_js
from tests.helpers import post, sign_in, work


def _titles(client, address: str) -> list[str]:
    calendar = icalendar.Calendar.from_ical(client.get(address.removeprefix("http://leerkring.test")).data)
    return [str(event["summary"]) for event in calendar.walk("VEVENT")]


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Digitale Transformatie")


FEED = "/networks/netwerk/calendar.ics"


class TestNetworkFeed:
    def test_holds_public_events_in_order_with_the_name_of_the_network(self, client, network):
        for title, days, values in (
            ("Later", 30, {}),
            ("Eerder", 10, {}),
            ("Concept", 5, {"published": False}),
            ("Geheim", 5, {"confidential": True}),
            ("Lang geleden", -400, {}),
        ):
            factories.event(network, title=title, starts_at=factories.start(days=days), **values)
        factories.event(title="Ander netwerk")
        assert _titles(client, FEED) == ["Eerder", "Later"]
        body = client.get(FEED).text
        assert ("X-WR-CALNAME:Digitale Transformatie" in body, "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in body) == (
            True,
            True,
        )
        assert [word for word in ("METHOD", "ORGANIZER", "ATTENDEE", "VALARM", "RDATE") if word in body] == []

    def test_cancelled_event_stays_until_the_day_after(self, client, network):
        event = factories.event(network, title="Sessie", starts_at=factories.start(days=10))
        planning.cancel_event(event, "")
        assert _titles(client, FEED) == ["Geannuleerd: Sessie"]
        with time_machine.travel(event.ends_at + timedelta(hours=20)):
            assert _titles(client, FEED) == ["Geannuleerd: Sessie"]
        with time_machine.travel(event.ends_at + timedelta(days=2)):
            assert _titles(client, FEED) == []

    def test_bytes_and_etag_stay_until_something_changes(self, client, network):
        event = factories.event(network)
        first, second = client.get(FEED), client.get(FEED)
        assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])
        assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert client.get(FEED, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
        with time_machine.travel(clock.now() + timedelta(seconds=3)):
            planning.withdraw_event(event)
            gone = client.get(
                FEED,
                headers={"If-None-Match": first.headers["ETag"], "If-Modified-Since": first.headers["Last-Modified"]},
            )
        assert gone.status_code == 200
        assert gone.headers["Last-Modified"] != first.headers["Last-Modified"]

    def test_head_and_headers(self, client, network):
        response = client.head(FEED)
        assert (response.status_code, response.data) == (200, b"")
        assert {
            name: response.headers.get(name)
            for name in ("Content-Type", "Cache-Control", "Content-Disposition", "Set-Cookie", "Content-Encoding")
        } == {
            "Content-Type": "text/calendar; charset=utf-8",
            "Cache-Control": "public, no-cache",
            "Content-Disposition": 'inline; filename="netwerk.ics"',
            "Set-Cookie": None,
            "Content-Encoding": None,
        }

    def test_never_asks_what_the_client_accepts(self, client, network):
        assert client.get(FEED, headers={"Accept": "image/png"}).status_code == 200

    def test_independent_reader_gets_the_times_right(self, client, network):
        days = [date(2027, 3, 26) + timedelta(days=number) for number in range(5)]
        events = []
        for day in days:
            starts_at = clock.utc_moment(day, time(20))
            events.append(factories.event(network, starts_at=starts_at, ends_at=starts_at + timedelta(hours=13)))
        assert times_by_ical_js(client.get(FEED).data) == {
            event.uid: (event.starts_at, event.ends_at) for event in events
        }

    def test_takes_a_fixed_number_of_queries_and_none_when_nothing_changed(self, client, network, queries):
        counts = []
        for size in (1, 30):
            for _ in range(size):
                factories.event(network)
            db.session.commit()
            for _ in range(2):
                with queries() as seen:
                    client.get(FEED)
                counts.append(len(seen))
        assert counts == [5, 0, 5, 0]


class TestPersonalFeed:
    def _feeds(self, person) -> tuple[str, str]:
        return personal_feed.link_to_personal_feed(person, Purpose.FEED), personal_feed.link_to_personal_feed(
            person, Purpose.FEED_ALL
        )

    def test_all_holds_what_one_registered_for_with_what_holds(self, client, network):
        person = factories.person(of=network)
        event, full = factories.hybrid(network, title="Zeker"), factories.event(network, title="Vol", seats_on_site=1)
        factories.registration(full)
        factories.registration(event, person, Mode.ONLINE)
        factories.registration(full, person)
        _, everything = self._feeds(person)
        assert sorted(_titles(client, everything)) == ["Wachtlijst: Vol", "Zeker"]
        assert b"https://vergaderen.example/kamer" in client.get(everything.removeprefix("http://leerkring.test")).data

    def test_what_one_cancelled_disappears(self, client, network):
        person = factories.person(of=network)
        registration = factories.registration(factories.event(network), person)
        _, everything = self._feeds(person)
        assert len(_titles(client, everything)) == 1
        answers.decline_invitation(registration.invitation)
        assert _titles(client, everything) == []

    def test_default_leaves_out_what_a_mail_put_in_the_calendar(self, client, network):
        person = factories.person(of=network)
        factories.wave(factories.event(network, title="Per mail"), to=factories.audience(network))
        work()
        factories.event(network, title="Nog niet uitgenodigd")
        factories.event(title="Ander netwerk")
        default, _ = self._feeds(person)
        assert _titles(client, default) == ["Nog niet uitgenodigd"]

    def test_is_private_and_renewable(self, client, network):
        person = factories.person(of=network)
        old = self._feeds(person)[0].removeprefix("http://leerkring.test")
        headers = client.get(old).headers
        assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("private, no-cache", "noindex, nofollow")
        personal_feed.renew_personal_feeds(person)
        assert client.get(old).status_code == 404
        assert client.get(self._feeds(person)[0].removeprefix("http://leerkring.test")).status_code == 200

    def test_tokens_of_other_purposes_open_nothing(self, client, network):
        person = factories.person(of=network)
        for purpose in set(Purpose) - {Purpose.FEED, Purpose.FEED_ALL}:
            assert client.get(f"/calendar/{tokens.make_token(purpose, person.id)}.ics").status_code == 404

    def test_confidential_event_is_in_there_without_title_or_names(self, client, network):
        person = factories.person(of=network)
        factories.registration(factories.event(network, title="Over iemand", confidential=True), person)
        body = client.get(self._feeds(person)[1].removeprefix("http://leerkring.test")).text
        assert ("Over iemand" in body, "Besloten bijeenkomst Digitale Transformatie" in body) == (False, True)


class TestPublicFeeds:
    """By kind of session, by region, and of everything; each with a page that explains it."""

    def test_hold_what_their_name_says(self, client, network):
        for title, values in (
            ("Expeditie", {"format": EventFormat.EXPEDITION, "town": "Breda"}),
            ("Sessie", {"town": "Oss"}),
            ("Geheim", {"confidential": True}),
        ):
            factories.event(network, title=title, **values)
        factories.event(title="Ander netwerk", town="Oss")
        assert sorted(_titles(client, "/calendars/all/all.ics")) == ["Ander netwerk", "Expeditie", "Sessie"]
        assert _titles(client, "/calendars/format/expedition.ics") == ["Expeditie"]
        assert sorted(_titles(client, "/calendars/region/noordoost-brabant.ics")) == ["Ander netwerk", "Sessie"]

    @pytest.mark.parametrize("key", ["all/x", "format/x", "region/x", "network/x", "x/x"])
    def test_what_does_not_exist(self, client, app, key):
        assert client.get(f"/calendars/{key}.ics").status_code == client.get(f"/subscribe/{key}").status_code == 404

    def test_an_empty_one_is_a_calendar_too(self, client, app):
        response = client.get("/calendars/format/training.ics")
        assert icalendar.Calendar.from_ical(response.data).walk("VEVENT") == []
        assert (
            client.get(
                "/calendars/format/training.ics", headers={"If-None-Match": response.headers["ETag"]}
            ).status_code
            == 304
        )

    def test_every_one_has_a_page_with_buttons_and_a_code(self, client, network):
        pages = set(re.findall(r'href="(/subscribe/[^"]+)"', client.get("/subscribe").text))
        assert {
            "/subscribe/all/all",
            "/subscribe/network/netwerk",
            "/subscribe/format/expedition",
            "/subscribe/region/west-brabant",
        } <= pages
        for page in pages:
            text = client.get(page).text
            assert [word in text for word in ("outlook.office.com", "calendar.google.com", "webcal://", "<svg")] == [
                True
            ] * 4

    def test_only_what_changed_is_written_again(self, client, network):
        events = [factories.event(network) for _ in range(5)]
        client.get(FEED)
        before = len(feed_writing._pieces)
        planning.note_calendar_change(events[2])
        client.get(FEED)
        assert len(feed_writing._pieces) == before + 1

    def test_forty_dates_around_both_clock_changes(self, client, network):
        """By an independent reader: around both changes, as many days as the promise names."""
        wanted = {}
        for year, month, day in ((2027, 3, 28), (2027, 10, 31)):
            for number in range(-10, 10):
                begin = clock.utc_moment(date(year, month, day) + timedelta(days=number), time(9))
                event = factories.event(network, starts_at=begin, ends_at=begin + timedelta(hours=2))
                wanted[event.uid] = (begin, event.ends_at)
        assert len(wanted) == 40
        assert times_by_ical_js(client.get(FEED).data) == wanted


class TestOrganiserFeed:
    @pytest.fixture
    def account(self, network):
        return factories.account(network)

    def _feed(self, account) -> str:
        return organiser_feed.link_to_organiser_feed(account).removeprefix("http://leerkring.test")

    def test_holds_drafts_and_counts_of_own_networks(self, client, network, account):
        event = factories.event(network, title="Sessie", seats_on_site=1)
        factories.event(network, title="Concept", published=False, starts_at=factories.start(40))
        factories.event(title="Van een ander")
        factories.registration(event)
        factories.registration(event)
        factories.invitation(event)
        calendar = icalendar.Calendar.from_ical(client.get(self._feed(account)).data)
        found = {str(each["summary"]): str(each["description"]) for each in calendar.walk("VEVENT")}
        assert sorted(found) == ["Concept: Concept", "Sessie"]
        assert found["Sessie"].startswith("3 uitgenodigd, 1 komt, 1 wacht")

    def test_follows_answers_and_is_the_same_until_then(self, client, network, account):
        event = factories.event(network)
        first = client.get(self._feed(account)).headers["ETag"]
        assert client.get(self._feed(account), headers={"If-None-Match": first}).status_code == 304
        factories.registration(event)
        assert client.get(self._feed(account)).headers["ETag"] != first

    def test_is_private_renewable_and_ends_with_the_account(self, client, account):
        old = self._feed(account)
        assert client.get(old).headers["Cache-Control"] == "private, no-cache"
        sign_in(client, account)
        assert post(client, "/organise/calendar").status_code == 303
        db.session.refresh(account)
        assert (client.get(old).status_code, client.get(self._feed(account)).status_code) == (404, 200)
        account.active = False
        assert client.get(self._feed(account)).status_code == 404


@pytest.mark.parametrize("path", ["/events/{slug}.ics", FEED, "/calendars/all/all.ics"])
def test_a_session_that_is_withdrawn_is_gone_at_the_next_request_whatever_stands_in_between(client, network, path):
    event = factories.event(network, title="Toch niet")
    db.session.commit()
    path = path.format(slug=event.slug)
    first = client.get(path)
    assert (first.headers["Cache-Control"], "Toch niet" in first.text) == ("public, no-cache", True)
    with time_machine.travel(clock.now() + timedelta(seconds=3)):
        planning.withdraw_event(event)
        db.session.commit()
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code in {200, 404}, "Toch niet" in again.text) == (True, False)


def test_the_page_of_ones_own_calendar_renews_it(client, network):
    person = factories.person(of=network)
    page = (
        personal_feed.link_to_personal_feed(person, Purpose.FEED_ALL)
        .removeprefix("http://leerkring.test")
        .removesuffix(".ics")
    )
    shown = client.get(page)
    assert ("<svg" in shown.text, shown.headers["Cache-Control"]) == (True, "no-store")
    renewed = post(client, page)
    assert (renewed.status_code, client.get(page).status_code, client.get(renewed.headers["Location"]).status_code) == (
        303,
        404,
        200,
    )
