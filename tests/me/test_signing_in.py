"""Signing in on one's own pages by mail, what stays closed to a forwarded link, and what ends a session."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, mailed_codes
from app.database import db
from app.me import sessions, sign_ins
from app.network import correspondence
from app.network.imports import merges
from app.network.models import Standing
from app.network.people import mail_addresses, own_data, people
from app.network.people.models import Departure, DigestFrequency, PersonSession, PersonSignIn
from app.outbox.models import Message
from app.web.member_doors import MemberPages
from tests import factories
from tests.helpers import hidden, links_in, mails, parsed, post, sign_in_person, text_of, work
from tests.tables import everything

pytestmark = pytest.mark.usefixtures("app")
FRESH = {
    "preferences.show_leaving",
    "preferences.leave_everything",
    "own_data.show_own_data",
    "own_data.download_own_data",
    "own_data.rename_oneself",
    "own_data.claim_own_address",
    "own_data.prefer_own_address",
    "own_data.remove_own_address",
    "own_data.take_own_position",
    "own_data.end_own_position",
    "own_data.name_oneself",
    "own_data.restrict_own_data",
    "own_data.take_yeses_back",
}
"""What asks for a sign-in of the last ten minutes."""


@pytest.fixture
def person(app):
    return factories.person("Sanne de Vries", at="Oss", of=factories.network(), address="sanne@gemeente.example")


def _page(person) -> str:
    db.session.flush()
    return correspondence.link_to_preferences(person).removeprefix("http://leerkring.test")


def _ask(client, address: str = "sanne@gemeente.example", **values):
    return post(client, "/me/sign-in", address=address, **values)


def _mail() -> str:
    work()
    return text_of(parsed(mails(Message.kind == "own_sign_in")[-1].body))


def _link(text: str) -> str:
    return re.search(r"http://leerkring\.test(/me/sign-in/\w+)", text)[1]


def _code(text: str) -> str:
    return re.search(r"\b(\d{3} \d{3})\b", text)[1]


def _wrong(code: str) -> str:
    return "000 000" if code != "000 000" else "111 111"


def _is_in(client) -> bool:
    return client.get("/me").status_code == 200


def _opens_data(client) -> bool:
    return client.get("/me/data").status_code == 200


def _later(minutes: float):
    return time_machine.travel(clock.now() + timedelta(minutes=minutes))


def _member_pages(app):
    found = {name: getattr(view, "page", None) for name, view in app.view_functions.items()}
    return {name: page for name, page in found.items() if page and isinstance(page.door, MemberPages)}


class TestByMail:
    def test_the_button_signs_in_and_opening_the_link_does_not(self, app, client, person):
        """A scanner opens every link of the mail, twice; the one who reads it presses, in whatever browser."""
        assert client.get("/me/done").location == "/me/sign-in?next=/me/done"
        _ask(client, next="/me/done")
        link, scanner = _link(_mail()), app.test_client()
        before = everything()
        for _ in range(2):
            assert scanner.get(link).status_code == scanner.head(link).status_code == 200
        assert everything() == before
        assert (_is_in(scanner), _is_in(client)) == (False, False)
        phone = app.test_client()
        assert post(phone, link, person=person.id).location == "/me"
        assert post(client, link, person=person.id).location == "/me/done"
        assert (_is_in(phone), _is_in(client), "Dag Sanne" in phone.get("/me").text) == (True, True, True)
        with _later(21):
            assert app.test_client().get(link).status_code == 404

    def test_the_code_is_enough_where_it_was_asked_and_with_the_address_anywhere(self, app, client, person):
        _ask(client)
        code = _code(_mail())
        assert "sanne@gemeente.example" in client.get("/me/sign-in/code").text
        assert post(client, "/me/sign-in/code", code=code, keep="y").location == "/me"
        other = app.test_client()
        assert post(other, "/me/sign-in/code", code=code, address="ander@gemeente.example").status_code == 422
        assert post(other, "/me/sign-in/code", code=code, address="Sanne@Gemeente.example").location == "/me"
        kept = db.session.scalars(sa.select(PersonSession.kept).order_by(PersonSession.id)).all()
        assert ([_is_in(each) for each in (client, other)], kept) == ([True, True], [True, False])

    def test_every_address_gets_the_same_answer_in_the_same_steps(self, client, person, queries):
        mail_addresses.set_address(factories.person("Zwijgt"), "zwijgt@gemeente.example")
        mail_addresses.note_bounced_address("zwijgt@gemeente.example", "550 5.1.1 no such user")
        pages, sent = set(), []
        for name in ("sanne", "vreemd", "zwijgt"):
            token = hidden(client, "/me/sign-in")
            with queries() as seen:
                answer = client.post("/me/sign-in", data={**token, "address": f"{name}@gemeente.example"})
            sent.append([statement.split("VALUES")[0] for statement in seen])
            page = client.get(answer.location).text.replace(name, "x")
            pages.add(re.sub(r'value="[^"]{20,}"|nonce="[^"]*"', "", page))
        assert (len(pages), sent[0] == sent[1] == sent[2] != []) == (1, True)
        work()
        assert [each.recipient for each in mails(Message.kind == "own_sign_in")] == ["sanne@gemeente.example"]

    def test_of_two_who_read_one_mailbox_one_says_who_they_are(self, app, client, person):
        karin = factories.person("Karin Bos", address="griffie@oss.example")
        ben = factories.person("Ben Bakker")
        mail_addresses.set_address(ben, "griffie@oss.example", through=True)
        _ask(client, "griffie@oss.example")
        text = _mail()
        assert ("Dag," in text, "Karin" in text) == (True, False)
        page = client.get(_link(text)).text
        assert ("Karin Bos" in page, "Ben Bakker" in page) == (True, True)
        assert post(client, _link(text), person=person.id).status_code == 404
        asked = post(client, "/me/sign-in/code", code=_code(text))
        assert asked.location.removeprefix("http://leerkring.test") == _link(text)
        assert not _is_in(client)
        for who in (ben, karin):
            browser = app.test_client()
            post(browser, _link(text), person=who.id)
            assert f"Dag {who.call_name}" in browser.get("/me").text

    def test_thousands_of_wrong_codes_find_nothing_and_lock_nobody_out(self, app, client, person):
        looked_at, digest = 0, sign_ins.digest_of_address("sanne@gemeente.example")
        for _ in range(12):
            sign_ins.ask_at("sanne@gemeente.example")
            work()
            asked = db.session.scalars(sa.select(PersonSignIn).order_by(PersonSignIn.id.desc())).first()
            right = mailed_codes.write_code(asked)
            for _ in range(9):
                before = sa.select(sa.func.sum(PersonSignIn.wrong_codes))
                counted = db.session.scalar(before) or 0
                assert sign_ins.request_of_code(digest, _wrong(right)) is None
                looked_at += (db.session.scalar(before) or 0) > counted and counted < sign_ins.MOST_WRONG_A_DAY
            db.session.commit()
        assert looked_at <= sign_ins.MOST_WRONG_A_DAY
        assert len(mails(Message.kind == "own_sign_in")) == sign_ins.MOST_MAILS
        text = text_of(parsed(mails(Message.kind == "own_sign_in")[-1].body))
        assert sign_ins.request_of_code(digest, _code(text)) is None
        assert post(client, _link(text), person=person.id).status_code == 303
        assert _is_in(client)

    def test_neither_link_nor_code_nor_secret_is_stored(self, client, person):
        _ask(client)
        text = _mail()
        post(client, _link(text), person=person.id)
        rows = [*db.session.scalars(sa.select(PersonSignIn)), *db.session.scalars(sa.select(PersonSession))]
        kept = " ".join(str(getattr(row, column.name)) for row in rows for column in row.__table__.c)
        with client.session_transaction() as session:
            secrets = [session["person"], _code(text).replace(" ", ""), _link(text).rpartition("/")[2]]
        assert [each for each in secrets if each in kept] == []


class TestTheForwardedLink:
    def test_it_shows_where_to_sign_in_and_nothing_of_whose_it_is(self, client, person):
        for rest in ("", "/data", "/leave"):
            page = client.get(f"{_page(person)}{rest}").text
            assert ("Ben jij dit?" in page, "S… @gemeente.example" in page) == (True, True)
            for told in ("Sanne", "sanne@", "Oss", person.memberships[0].network.name):
                assert told not in page
        assert _page(person) != (asked := post(client, f"{_page(person)}/data").location)
        assert asked == "/me/sign-in/code"
        assert post(client, asked, code=_code(_mail())).location == "/me/data"
        assert client.get(f"{_page(person)}/leave").location == "/me/leave"

    def test_it_opens_no_page_of_ones_own_and_changes_nothing(self, app, client, person):
        """Every address of every own page, in a browser that opened every link of the mails of somebody."""
        invitation = factories.registration(factories.event(person.memberships[0].network), person).invitation
        work()
        post(client, f"/i/{_token(invitation)}", answer="no")
        client.get(_page(person))
        numbers = {"position_id": person.positions[0].id, "email_address_id": person.addresses[0].id}
        before = (person.name, person.email, [each.ends_on for each in person.positions], person.digest)
        token = hidden(client, "/me/sign-in")
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in _member_pages(app):
                continue
            path = re.sub(r"<int:(\w+)>", lambda part: str(numbers.get(part[1], 1)), rule.rule)
            path = re.sub(r"<any\((\w+).*>", r"\1", path).replace("<slug>", invitation.event.slug)
            if "GET" in rule.methods:
                assert client.get(path).location.startswith("/me/sign-in?next=/"), path
            else:
                values = {**token, "name": "Ander", "address": "ander@elders.example", "organisation": "1"}
                answer = client.post(path, data=values)
                assert (answer.status_code, "sanne@gemeente.example" in answer.text) == (403, False), path
        db.session.expire_all()
        assert (person.name, person.email, [each.ends_on for each in person.positions], person.digest) == before
        assert not mails(Message.kind == "own_address")

    def test_an_invitation_opens_the_calendar_of_nobody(self, client, person):
        invitation = factories.registration(factories.event(person.memberships[0].network), person).invitation
        page = client.get(f"/i/{_token(invitation)}").text
        assert ("/calendar/" in page, "/me/calendar" in page) == (False, True)

    def test_one_click_still_stops_the_digest(self, client, person):
        page = f"{_page(person)}/stop"
        assert "Stop het nieuwsoverzicht" in client.get(page).text
        assert client.post(page, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        db.session.expire_all()
        assert person.digest == DigestFrequency.NEVER


class TestFresh:
    def test_which_pages_ask_for_it(self, app):
        assert {name for name, page in _member_pages(app).items() if page.fresh} == FRESH

    def test_ten_minutes_after_signing_in_data_ask_anew_and_the_rest_does_not(self, client, person):
        sign_in_person(client, person)
        assert _opens_data(client)
        with _later(11):
            assert client.get("/me/data").location == "/me/sign-in?next=/me/data"
            assert (_is_in(client), client.get("/me/leave").status_code) == (True, 303)
            invitation = factories.invitation(factories.event(person.memberships[0].network), person)
            client.get(f"/i/{_token(invitation)}"), client.get(_page(person))
            assert not _opens_data(client)
            anew = client.get("/me/sign-in?next=/me/data").text
            assert ("S… @gemeente.example" in anew, "sanne@" in anew) == (True, False)
            asked = post(client, "/me/sign-in", page="/me/sign-in?next=/me/data", again="y", next="/me/data")
            assert post(client, asked.location, code=_code(_mail())).location == "/me/data"
            assert _opens_data(client)
        assert [each.ended_at is None for each in db.session.scalars(sa.select(PersonSession))] == [False, True]

    def test_without_an_address_that_works_there_is_a_way_out(self, client, person):
        sign_in_person(client, person)
        mail_addresses.note_bounced_address(person.email, "550 5.1.1 no such user")
        with _later(11):
            assert "geen mailadres van je dat werkt" in client.get("/me/sign-in?next=/me/data").text
            assert post(client, "/me/sign-in", page="/sign-in", again="y").status_code == 422


class TestSessions:
    def test_each_is_seen_and_ended_by_itself(self, app, client, person):
        phone, stranger = app.test_client(), app.test_client()
        for browser in (client, phone):
            sign_in_person(browser, person)
        other = factories.person("Ben Bakker", of=person.memberships[0].network)
        sign_in_person(stranger, other)
        rows = db.session.scalars(sa.select(PersonSession).order_by(PersonSession.id)).all()
        assert client.get("/me/devices").text.count("laatst gebruikt") == 2
        assert post(client, f"/me/devices/{rows[2].id}/end", page="/me/devices").status_code == 404
        post(client, f"/me/devices/{rows[1].id}/end", page="/me/devices")
        assert [_is_in(each) for each in (client, phone, stranger)] == [True, False, True]
        sign_in_person(phone, person)
        post(phone, "/me/devices/end", page="/me/devices")
        assert [_is_in(each) for each in (client, phone, stranger)] == [False, True, True]
        post(phone, "/me/sign-out", page="/me")
        assert not _is_in(phone)

    def test_ended_everywhere_a_mail_that_was_asked_for_before_signs_nobody_in_either(self, app, client, person):
        sign_in_person(client, person)
        thief = app.test_client()
        _ask(thief)
        text = _mail()
        post(client, "/me/devices/end", page="/me/devices")
        assert thief.get(_link(text)).status_code == 404
        assert post(thief, "/me/sign-in/code", code=_code(text)).status_code == 422
        assert (_is_in(client), _is_in(thief)) == (True, False)

    def test_they_end_after_a_rest_and_are_forgotten(self, app, client, person):
        kept, brief = app.test_client(), client
        sign_in_person(kept, person, keep=True)
        sign_in_person(brief, person)
        for days in (20, 40):
            with _later(days * 24 * 60):
                assert (_is_in(kept), _is_in(brief)) == (True, False), days
        with _later(71 * 24 * 60):
            assert not _is_in(kept)
            assert sessions.forget_own_sessions() == 2

    def test_what_is_sent_counts_for_whose_page_it_was_on(self, client, person):
        sign_in_person(client, person)
        sent = hidden(client, "/me/mail")
        other = factories.person("Ben Bakker", of=person.memberships[0].network)
        sign_in_person(client, other)
        answer = client.post("/me/mail", data={**sent, "digest": "never", "language": "nl"})
        db.session.expire_all()
        assert (answer.status_code, person.digest, other.digest) == (409, "weekly", "weekly")

    @pytest.mark.parametrize("change", ["claimed", "set by an organiser", "merged away", "merged into", "erased"])
    def test_another_address_a_merge_and_erasing_end_those_elsewhere(self, app, client, person, change):
        browser = app.test_client()
        sign_in_person(client, person)
        _ask(browser)
        link = _link(_mail())
        other = factories.person("S. Vries", address="s.vries@provincie.example")
        match change:
            case "claimed":
                own_data.claim_address(person, "sanne@nieuw.example")
                (mail,) = mails(Message.kind == "own_address")
                post(browser, next(each for each in links_in(parsed(mail.finished.content)) if "/address/" in each))
            case "set by an organiser":
                mail_addresses.set_address(person, "sanne@nieuw.example")
            case "merged away":
                merges.merge_people(other, person)
            case "merged into":
                merges.merge_people(person, other)
            case "erased":
                people.erase_person(person)
        db.session.commit()
        assert not _is_in(client)
        if "merged" in change or change == "erased":
            assert browser.get(link).status_code == 404
        if change == "erased":
            assert not [*db.session.scalars(sa.select(PersonSession)), *db.session.scalars(sa.select(PersonSignIn))]

    def test_who_changes_their_address_stays_signed_in_where_they_do(self, app, client, person):
        elsewhere = app.test_client()
        for browser in (client, elsewhere):
            sign_in_person(browser, person)
        mail_addresses.add_address(person, "sanne@nieuw.example")
        db.session.commit()
        post(client, f"/me/data/addresses/{person.addresses[1].id}/prefer", page="/me/data")
        assert (_is_in(client), _is_in(elsewhere)) == (True, False)


class TestLeaving:
    def test_it_is_told_by_mail_and_comes_back_by_its_link(self, app, client, person):
        sign_in_person(client, person)
        assert "Je bent uit alle netwerken." in client.get(post(client, "/me/leave").location).text
        (told,) = mails(Message.kind == "left_all")
        link = next(each for each in links_in(parsed(told.body)) if "/come-back/" in each)
        owner = app.test_client()
        assert "staat alles weer zoals het was" in owner.get(link).text
        db.session.expire_all()
        assert (person.memberships[0].standing, person.digest) == (Standing.LEFT, DigestFrequency.NEVER)
        for _ in range(2):
            assert "Welkom terug" in post(owner, link, page="/sign-in").text
        db.session.expire_all()
        assert (person.memberships[0].standing, person.digest) == (Standing.MEMBER, DigestFrequency.WEEKLY)
        assert not _is_in(owner)

    def test_it_can_be_taken_back_for_two_weeks(self, client, person):
        sign_in_person(client, person)
        post(client, "/me/leave")
        (told,) = mails(Message.kind == "left_all")
        link = next(each for each in links_in(parsed(told.body)) if "/come-back/" in each)
        with _later(15 * 24 * 60):
            assert client.get(link).status_code == 404
        person_id = person.id
        people.erase_person(person)
        assert client.get(link).status_code == 404
        assert db.session.scalar(sa.select(sa.func.count()).where(Departure.person_id == person_id)) == 0


def _token(invitation) -> str:
    from app.invitations import invitation_links

    db.session.commit()
    return invitation_links.link_to_invitation(invitation).rpartition("/")[2]
