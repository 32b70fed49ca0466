"""'Let me know of the next one': every door by which somebody asks, is told, stops or goes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock, jobs
from app.courses import courses, editions, interest_letters, interests
from app.courses.models import CourseInterest
from app.database import db
from app.inbox import mail_parsing, mail_shapes
from app.inbox.models import Shape
from app.invitations import invitation_links
from app.network import memberships, unsubscribing
from app.network.imports import merges
from app.network.people import mail_addresses, own_data, people
from app.network.seeing import Viewer
from app.outbox.models import Message
from app.registration import enrolments
from tests import factories
from tests.courses import planned
from tests.helpers import csrf, links_in, mail_to, mails, parsed, post, sign_in, text_of, work

ADDRESS = "nieuw@oss.example"


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    """The quiet hours are a matter of their own test."""
    monkeypatch.setattr(clock, "next_sending_moment", lambda wanted: wanted)


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Weerbaar Brabant")


@pytest.fixture
def edition(network):
    return planned.published(network, seats=2)


def _page(edition) -> str:
    return f"/courses/{edition.course.slug}/next"


def _rows() -> list[CourseInterest]:
    db.session.commit()
    return list(db.session.scalars(sa.select(CourseInterest).order_by(CourseInterest.id)))


def _ask(client, edition, address: str = ADDRESS):
    answer = post(client, _page(edition), address=address)
    work()
    return answer


def _mails(kind: str) -> list[Message]:
    return mails(Message.kind == kind)


def _link(kind: str = "next_asked") -> str:
    found = links_in(parsed(_mails(kind)[-1].body))
    return next(link for link in found if link.startswith("/next-edition/"))


def _confirmed(client, edition, address: str = ADDRESS) -> str:
    _ask(client, edition, address)
    assert post(client, _link(), confirm="yes").status_code == 200
    return _link()


def _publish(edition, title: str = "Najaar", *, minutes: int = 11):
    """Another edition of the course, published so many minutes ago."""
    made = planned.edition(edition.course.network, title)
    for row in _rows():
        row.asked_at = row.asked_at - timedelta(minutes=minutes + 1)
    editions.publish_edition(made)
    made.published_at = clock.now() - timedelta(minutes=minutes)
    db.session.commit()
    return made


def _tell() -> int:
    done = interest_letters.tell_of_editions()
    db.session.commit()
    work()
    return done


def _pressed(edition, person) -> None:
    interests.press(edition.course, person)
    db.session.commit()


class TestThePublicForm:
    def test_an_address_is_nothing_until_its_link_is_pressed(self, client, edition):
        assert _page(edition) in client.get(f"/courses/{edition.course.slug}").text
        assert ADDRESS in _ask(client, edition).text
        assert interests.count_interested(edition.course) == 0
        link = _link()
        assert "Wil je de volgende weten?" in client.get(link).text
        assert interests.count_interested(edition.course) == 0

        pressed = {"csrf_token": csrf(client, link), "confirm": "yes"}
        assert "Je hoort het van ons" in client.post(link, data=pressed).text

        assert interests.count_interested(edition.course) == 1
        assert "Je hoort het van ons" in client.post(link, data=pressed).text
        assert (len(_rows()), _rows()[0].address, _rows()[0].person_id) == (1, ADDRESS, None)

    def test_a_stranger_learns_nothing_by_pressing_again(self, client, edition):
        known = factories.person("Sanne de Vries", address="sanne@oss.example")
        _pressed(edition, known)
        _confirmed(client, edition)

        def told(address: str) -> str:
            return _ask(client, edition, address).text.replace(address, "…")

        assert told(ADDRESS) == told("sanne@oss.example") == told("niemand@oss.example")
        assert "Dat staat al genoteerd" in text_of(parsed(mails(Message.recipient == ADDRESS)[-1].body))
        assert [row.waits for row in _rows()] == [True, True, False, False]

    def test_one_address_is_mailed_so_often_a_day(self, client, edition):
        for _ in range(5):
            _ask(client, edition)
        assert len(_mails("next_asked")) == interest_letters.MOST_A_DAY
        assert len(_rows()) == 1

    def test_what_is_not_confirmed_goes_by_itself(self, client, edition):
        _ask(client, edition)
        link = _link()
        _rows()[0].asked_at = clock.now() - timedelta(days=8)
        db.session.commit()
        assert client.get(link).status_code == 404
        assert interests.forget_old_interests() == 1
        assert _rows() == []

    def test_who_waits_and_who_was_told_go_in_the_end(self, client, edition):
        link = _confirmed(client, edition)
        row = _rows()[0]
        row.asked_at = clock.now() - timedelta(days=729)
        db.session.commit()
        assert interests.forget_old_interests() == 0
        row.told_at = clock.now() - timedelta(days=29)
        db.session.commit()
        assert interests.forget_old_interests() == 0
        assert client.get(link).status_code == 200
        row.told_at = clock.now() - timedelta(days=31)
        db.session.commit()
        assert client.get(link).status_code == 404
        assert jobs.tidy_up() >= 1
        assert _rows() == []

    def test_it_stands_there_also_when_all_is_over_or_off(self, client, edition):
        editions.cancel_edition(edition, "Ziek")
        db.session.commit()
        assert "Laat me de volgende weten" in client.get(f"/courses/{edition.course.slug}").text
        assert client.get(_page(edition)).status_code == 200

    def test_what_is_no_address_is_refused(self, client, edition):
        assert post(client, _page(edition), address="geen adres").status_code == 422
        assert _rows() == []

    def test_a_network_at_its_end_has_no_next_one(self, client, network, edition):
        link = _confirmed(client, edition)
        network.archived_at = clock.now()
        db.session.commit()
        assert client.get(_page(edition)).status_code == 404
        assert "Laat me de volgende weten" not in client.get(f"/courses/{edition.course.slug}").text
        assert "Er komt geen volgende keer" in client.get(link).text
        with pytest.raises(interests.NothingNext):
            interests.ask(edition.course, "b@oss.example", "nl")

    def test_strangers_get_no_mail_of_a_network_that_is_not_listed(self, client, network, edition):
        network.listed = False
        assert client.get(_page(edition)).status_code == 404
        factories.person(address="lid@oss.example", of=network)
        for address in (ADDRESS, "lid@oss.example"):
            interests.ask(edition.course, address, "nl")
        work()
        assert [each.recipient for each in _mails("next_asked")] == ["lid@oss.example"]
        post(client, _link(), confirm="yes")
        _publish(edition)
        assert _tell() == 1
        visit = next(link for link in links_in(parsed(_mails("next_edition")[0].body)) if link.startswith("/visit/"))
        assert edition.course.title in client.get(client.get(visit).location).text

    def test_a_known_owner_of_the_address_is_who_asks(self, client, edition):
        owner = factories.person("Sanne de Vries", address=ADDRESS)
        _pressed(edition, owner)
        _confirmed(client, edition)
        assert [(row.person_id, row.address, row.waits) for row in _rows()] == [(owner.id, None, True)]

    def test_a_mailbox_of_an_office_is_nobody(self, client, edition):
        factories.person("Griffier", address="griffie@oss.example")
        _confirmed(client, edition, "griffie@oss.example")
        assert _rows()[0].person_id is None


class TestThePersonalPage:
    def test_who_is_known_presses_once(self, client, edition):
        invitation = factories.invitation(edition.meetings[0].event)
        db.session.commit()
        link = invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")
        assert "Laat me de volgende weten" in client.get(link).text
        token = csrf(client, link)
        answer = client.post(f"{link}/next-edition", data={"csrf_token": token, "next": "yes"})
        page = client.get(answer.location).text
        assert "Je krijgt één mail zodra er een nieuwe uitvoering is." in page
        assert "Ik hoef het niet meer te weten" in page
        assert [(row.person_id, row.waits) for row in _rows()] == [(invitation.person_id, True)]
        client.post(f"{link}/next-edition", data={"csrf_token": token, "next": "yes"})
        assert len(_rows()) == 1
        assert _mails("next_asked") == []

        client.post(f"{link}/next-edition", data={"csrf_token": token, "next": "no"})
        assert _rows() == []

    def test_it_is_not_offered_to_who_takes_part(self, client, edition):
        invitation = factories.invitation(edition.meetings[0].event)
        enrolments.enrol(invitation, {})
        db.session.commit()
        link = invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")
        assert "Laat me de volgende weten" not in client.get(link).text
        client.post(f"{link}/next-edition", data={"csrf_token": csrf(client, link), "next": "yes"})
        assert _rows() == []


class TestTheMail:
    def test_it_says_what_when_where_and_how_to_stop(self, client, edition):
        _confirmed(client, edition)
        made = _publish(edition)
        assert _tell() == 1
        mail = parsed(_mails("next_edition")[0].body)
        text = text_of(mail)
        assert mail["To"] == ADDRESS
        assert "Nieuwe uitvoering: Vergroting weerbaarheid" in mail["Subject"]
        assert "Najaar" in text
        assert text.count("Stadhuis") + text.count("Tilburg") >= 3
        assert "Inschrijven kan tot" in text
        assert "één keer" in text
        assert f"/courses/{made.course.slug}" in links_in(mail)
        assert _link("next_edition") in mail["List-Unsubscribe"]
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "Geen bericht meer over deze leergang" in text

    def test_it_comes_once_also_of_two_editions_and_a_second_time_when_asked_anew(self, client, edition):
        _confirmed(client, edition)
        _publish(edition)
        editions.publish_edition(planned.edition(edition.course.network, "Winter"))
        assert _tell() == 1
        assert _tell() == 0
        text = text_of(parsed(_mails("next_edition")[0].body))
        assert "Najaar" in text
        assert "Winter" in text
        spring = _publish(edition, "Lente")
        assert _tell() == 0
        assert interests.count_interested(edition.course) == 0

        assert "keer daarna" in client.get(_link("next_edition")).text
        post(client, _link("next_edition"), confirm="yes")
        assert _tell() == 0
        spring.published_at -= timedelta(hours=1)
        _publish(edition, "Zomer")
        assert _tell() == 1
        assert "Lente" not in text_of(parsed(_mails("next_edition")[-1].body))

    def test_what_was_there_when_they_asked_is_no_news(self, client, edition):
        edition.published_at = clock.now() - timedelta(days=1)
        _confirmed(client, edition)
        assert _tell() == 0

    def test_it_waits_some_minutes_and_a_press_that_is_taken_back_tells_nobody(self, client, edition):
        _confirmed(client, edition)
        made = _publish(edition, minutes=9)
        assert _tell() == 0
        editions.withdraw_edition(made)
        db.session.commit()
        assert made.published_at is None
        editions.publish_edition(made)
        assert _tell() == 0
        assert interest_letters.tell_of_editions(clock.now() + timedelta(minutes=10)) == 1

    @pytest.mark.parametrize("why", ["confidential", "closed", "cancelled", "draft"])
    def test_nobody_hears_of_what_they_cannot_enrol_in(self, client, edition, why):
        _confirmed(client, edition)
        made = planned.edition(edition.course.network, "Najaar") if why == "draft" else _publish(edition)
        if why == "confidential":
            made.meetings[1].event.confidential = True
        if why == "closed":
            made.closes_at = clock.now() - timedelta(minutes=1)
        if why == "cancelled":
            editions.cancel_edition(made, "Ziek")
        assert _tell() == 0
        assert _rows()[0].waits

    def test_a_copy_is_as_much_news_as_what_was_planned(self, client, edition):
        _confirmed(client, edition)
        starts = {each.id: each.event.starts_at + timedelta(weeks=20) for each in edition.meetings}
        twin = editions.copy_edition(edition, "Kopie", starts)
        assert twin.published_at is None
        for row in _rows():
            row.asked_at -= timedelta(hours=1)
        editions.publish_edition(twin)
        twin.published_at -= timedelta(minutes=11)
        assert _tell() == 1

    def test_a_person_is_mailed_by_name_and_it_counts_for_no_weekly_limit(self, edition):
        person = factories.person("Sanne de Vries")
        _pressed(edition, person)
        _publish(edition)
        assert _tell() == 1
        assert "Dag Sanne," in text_of(mail_to(person, "next_edition"))
        assert not _mails("next_edition")[0].counts

    @pytest.mark.parametrize("why", ["bounced", "stopped", "restricted", "no address"])
    def test_whom_no_mail_may_reach_is_not_told(self, network, edition, why):
        person = factories.person("Sanne de Vries", of=network)
        _pressed(edition, person)
        if why == "bounced":
            person.addresses[0].bounced_at = clock.now()
        if why == "restricted":
            memberships.restrict_use(person)
        if why == "no address":
            mail_addresses.drop_address(person.addresses[0])
        _publish(edition)
        if why == "stopped":
            unsubscribing.stop_mail(person.memberships[0])
        assert _tell() == 0
        assert (_rows(), _mails("next_edition")) == ([], [])

    def test_who_stopped_mail_and_then_asked_is_told(self, network, edition):
        person = factories.person("Sanne de Vries", of=network)
        unsubscribing.stop_mail(person.memberships[0])
        person.memberships[0].unsubscribed_at -= timedelta(days=1)
        _pressed(edition, person)
        _publish(edition)
        assert _tell() == 1

    def test_it_keeps_the_quiet_hours_of_the_network(self, client, network, edition, monkeypatch):
        _confirmed(client, edition)
        _publish(edition)
        monkeypatch.setattr(clock, "next_sending_moment", lambda wanted: wanted + timedelta(hours=9))
        network.quiet_hours = True
        assert _tell() == 0
        network.quiet_hours = False
        assert _tell() == 1


class TestWhatEndsIt:
    @pytest.mark.parametrize("full", [False, True])
    def test_who_enrols_or_waits_needs_no_mail(self, client, edition, full):
        person = factories.person("Sanne de Vries", address="sanne@oss.example")
        _pressed(edition, person)
        interests.ask(edition.course, "sanne@oss.example", "nl")
        if full:
            for _ in range(2):
                enrolments.enrol(factories.invitation(edition.meetings[0].event), {})
        enrolments.enrol(factories.invitation(edition.meetings[0].event, person), {})
        assert _rows() == []

    @pytest.mark.parametrize("kind", ["next_asked", "next_edition"])
    def test_one_click_stops_it_without_cookie_or_token(self, app, client, edition, kind):
        _confirmed(client, edition)
        if kind == "next_edition":
            _publish(edition)
            _tell()
        answer = app.test_client().post(_link(kind), data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, _rows()) == (200, [])
        assert client.get(_link(kind)).status_code == 404

    def test_confirming_needs_the_token_of_the_page(self, app, client, edition):
        _ask(client, edition)
        assert app.test_client().post(_link(), data={"confirm": "yes"}).status_code == 400
        assert not _rows()[0].waits

    def test_a_mail_to_the_address_of_the_header_stops_it(self, client, edition):
        _confirmed(client, edition)
        _publish(edition)
        _tell()
        header = parsed(_mails("next_edition")[0].body)["List-Unsubscribe"]
        to = header.partition("mailto:")[2].partition("?")[0]
        token = mail_parsing.read_address_token(to)
        assert token is not None
        assert token.text == _link("next_edition").rpartition("/")[2]
        raw = f"From: {ADDRESS}\r\nTo: {to}\r\nSubject: unsubscribe\r\n\r\n".encode()
        assert mail_shapes.shape_of(mail_parsing.parse_mail(raw), token) == Shape.UNSUBSCRIBE

    def test_erasing_takes_it_along_with_the_mails(self, client, edition):
        person = factories.person("Sanne de Vries", address=ADDRESS)
        _ask(client, edition)
        _pressed(edition, person)
        _ask(client, edition)
        assert own_data.copy_own_data(person)["course_interests"]
        people.erase_person(person)
        assert _rows() == []
        assert {each.recipient for each in _mails("next_asked")} == {""}

    def test_leaving_the_network_ends_it(self, network, edition):
        person = factories.person("Sanne de Vries", of=network)
        _pressed(edition, person)
        memberships.leave_network(person.memberships[0])
        assert _rows() == []

    def test_two_who_become_one_are_told_once(self, edition):
        kept, gone, other = factories.person("Sanne"), factories.person("Sanne V"), factories.person("Jan")
        third = factories.person("J")
        for person in (kept, gone, third):
            _pressed(edition, person)
        merges.merge_people(kept, gone)
        merges.merge_people(other, third)
        _publish(edition)
        _tell()
        assert sorted(each.person_id for each in _mails("next_edition")) == [kept.id, other.id]

    def test_a_course_that_goes_takes_it_along(self, client, network, edition):
        _confirmed(client, edition)
        editions.withdraw_edition(edition)
        editions.delete_edition(edition)
        db.session.expire_all()
        courses.remove_course(courses.list_courses(network)[0])
        assert _rows() == []


class TestOrganisers:
    def test_they_see_how_many_and_who_and_readers_how_many(self, client, network, edition):
        _pressed(edition, factories.person("Sanne de Vries"))
        _confirmed(client, edition)
        page = f"/organise/networks/{network.slug}/courses/{edition.course_id}"
        reader = Viewer(frozenset(), frozenset({network.id}))
        assert interests.list_interested(edition.course, reader) == []
        sign_in(client, factories.account(network))
        text = client.get(page).text
        assert "2 mensen willen de volgende uitvoering weten." in text
        assert "Sanne de Vries" in text
        assert ADDRESS in text
        draft = planned.edition(network, "Najaar")
        db.session.commit()
        told = client.get(f"/organise/networks/{network.slug}/courses/editions/{draft.id}").text
        assert "krijgen elk één mail: op zijn vroegst tien minuten na het publiceren." in told
