"""Members write to each other: no address is seen, nobody is flooded, and who wants none of it is left alone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.directory import contact_letters, contacts, listings
from app.directory.contacts import CannotWrite
from app.directory.models import Block, Contact, ContactState
from app.network import archiving, memberships
from app.network.imports import merges
from app.network.people import own_data, people
from app.outbox.models import FinishedMessage, Message
from tests import factories
from tests.directory.members import listed, number_of
from tests.helpers import html_of, links_in, mail_to, mails, parsed, post, sign_in, sign_in_person, text_of, work

pytestmark = pytest.mark.usefixtures("app")
TEXT = "Dag, hoe deden jullie dit?\nGroet <b>Bram</b>"


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    """The quiet hours are a matter of their own test."""
    monkeypatch.setattr(clock, "next_sending_moment", lambda wanted: wanted)


@pytest.fixture
def network():
    return factories.network(slug="kring", name="Kring", quiet_hours=True)


@pytest.fixture
def sanne(network):
    """Whom others write to."""
    return listed("Sanne de Vries", network, address="sanne@oss.example")


@pytest.fixture
def bram(network):
    """Who writes, and is in no list."""
    return factories.person("Bram van Gestel", of=network, at="Best", address="bram@best.example")


def _write(network, sender, to, text: str = TEXT) -> Contact:
    made = contacts.write_to(network, sender, number_of(to, network), text)
    db.session.commit()
    return made


def _sent(kind: str = "member_message") -> list[Message]:
    return mails(Message.kind == kind)


def _link(person, word: str) -> str:
    return next(link for link in links_in(mail_to(person, "member_message")) if word in link)


class TestTheWay:
    def test_a_message_and_its_answer_go_through_us_and_show_no_address(self, client, network, sanne, bram):
        page = f"/members/kring/people/{number_of(sanne, network)}/write"
        sign_in_person(client, bram)
        assert "sanne@oss.example" not in client.get(page).text
        assert post(client, page, text=TEXT).status_code == 303
        work()
        mail = mail_to(sanne)
        whole = mail.as_string() + text_of(mail) + html_of(mail)
        assert (mail["To"], "bram@best.example" in whole, mail["Reply-To"]) == (
            "Sanne de Vries <sanne@oss.example>", False, None,
        )  # fmt: skip
        assert "Bram van Gestel, Best" in text_of(mail)
        assert "> Dag, hoe deden jullie dit?" in text_of(mail)
        assert "<b>Bram</b>" not in html_of(mail)

        answer = _link(sanne, "/me/messages/")
        assert "/me/sign-in" in _stranger(client).get(answer).headers["Location"]
        sign_in_person(client, bram)
        assert client.get(answer).status_code == 404
        sign_in_person(client, sanne)
        assert post(client, answer, text="Zo deden we het.").status_code == 303
        work()
        back = mail_to(bram)
        assert ("sanne@oss.example" in back.as_string() + text_of(back) + html_of(back), "Sanne de Vries" in back["Subject"]) == (False, True)  # fmt: skip

        shows = next(link for link in links_in(mail_to(sanne)) if "address=yes" in link)
        assert "checked" in client.get(shows).text
        post(client, answer, text="Bel me maar.", shows_address="y")
        work()
        assert "sanne@oss.example" in text_of(mail_to(bram))
        assert "Bel me maar." in client.get("/me/messages").text

    def test_its_link_reports_and_blocks_when_pressed_and_does_nothing_else(self, client, network, sanne, bram):
        contact = _write(network, bram, sanne)
        work()
        link = _link(sanne, "/message/").partition("#")[0]
        reader = _stranger(client)
        for _ in range(2):
            assert "hoe deden jullie dit" in reader.get(link).text
            reader.head(link)
        assert (db.session.get(Contact, contact.id).reported_at, db.session.scalars(sa.select(Block)).all()) == (
            None,
            [],
        )
        post(reader, link, act="block")
        assert "kan je niet meer schrijven" in reader.get(link).text
        assert contacts.is_blocked(bram.id, by=sanne.id)
        sign_in_person(client, sanne)
        end = f"/me/messages/blocks/{contacts.list_blocks(sanne)[0].id}/end"
        sign_in_person(client, bram)
        assert client.post(end, data={}).status_code in (400, 404, 409)
        sign_in_person(client, sanne)
        post(client, end, page="/me/messages")
        assert not contacts.is_blocked(bram.id, by=sanne.id)

    def test_what_is_reported_is_all_that_organisers_read_and_they_can_stop_who_wrote(
        self, client, network, sanne, bram
    ):
        _write(network, bram, sanne, "Koop mijn boek")
        _write(network, bram, sanne, "Iets anders, onder ons")
        work()
        organiser, elsewhere = factories.account(network), factories.account(factories.network())
        post(_stranger(client), _link(sanne, "/message/").partition("#")[0], act="report")
        work()
        told = parsed(_sent("contact_reported")[0].body)
        assert ("Bram" in text_of(told), "Iets anders" in text_of(told)) == (False, False)
        page = "/organise/networks/kring/reported"
        sign_in(client, elsewhere)
        assert client.get(page).status_code == 404
        sign_in(client, organiser)
        shown = client.get(page).text
        assert ("Iets anders, onder ons" in shown, "Koop mijn boek" in shown) == (True, False)
        reported = contacts.list_reported(network)[0]
        post(client, f"{page}/{reported.id}/stop", page=page)
        assert "Er is niets gemeld" in client.get(page).text
        with pytest.raises(CannotWrite, match="stopped"):
            _write(network, bram, sanne)
        db.session.rollback()
        stop = contacts.list_stops(network)[0]
        post(client, f"{page}/stops/{stop.id}/lift", page=page)
        assert not contacts.is_stopped(network, bram.id)


class TestHowOften:
    def test_five_a_day_to_one_person_each_in_all_networks_together(self, client, network, sanne, bram):
        other = factories.network()
        memberships.join_network(bram.id, other.id)
        for number in range(contacts.MOST_A_DAY):
            place = other if number % 2 else network
            _write(place, bram, listed(f"Persoon Nummer{number}", place))
        sign_in_person(client, bram)
        page = f"/members/kring/people/{number_of(sanne, network)}/write"
        answer = post(client, page, text=TEXT)
        assert (answer.status_code, "Je schreef vandaag al 5 berichten" in answer.text, TEXT[:10] in answer.text) == (422, True, True)  # fmt: skip
        db.session.execute(sa.update(Contact).values(created_at=clock.now() - timedelta(days=1, minutes=1)))
        assert post(client, page, text=TEXT).status_code == 303

    def test_an_answer_is_none_of_the_five_and_has_a_limit_of_its_own(self, network, sanne, bram):
        contact = _write(network, bram, sanne)
        work()
        for _ in range(contacts.MOST_ANSWERS_A_DAY):
            contacts.answer(contact, "Ja", shows_address=False)
        with pytest.raises(CannotWrite, match="enough"):
            contacts.answer(contact, "Ja", shows_address=False)
        assert contacts.count_left(sanne) == contacts.MOST_A_DAY

    def test_nobody_writes_to_who_is_not_in_the_list_nor_to_themselves(self, client, network, sanne, bram):
        number, own = number_of(sanne, network), number_of(listed("Ik Zelf", network), network)
        other = listed("Anna Elders", factories.network())
        sign_in_person(client, bram)
        elsewhere = db.session.scalars(
            sa.select(listings.Listing.id).where(listings.Listing.person_id == other.id)
        ).one()
        assert client.get(f"/members/kring/people/{elsewhere}/write").status_code == 404
        with pytest.raises(CannotWrite, match="oneself"):
            contacts.write_to(network, db.session.merge(listings.Listing(id=own)).person, own, TEXT)
        db.session.rollback()
        listings.withdraw_listing(sanne, network)
        db.session.commit()
        assert client.get(f"/members/kring/people/{number}/write").status_code == 404
        with pytest.raises(CannotWrite, match="gone"):
            contacts.write_to(network, bram, number, TEXT)


class TestWhoIsLeftAlone:
    @pytest.mark.parametrize(
        "why", ["blocked", "withdrawn", "unsubscribed", "left", "bounced", "stopped", "archived", "erased"]
    )
    def test_what_waits_does_not_leave_when_it_may_not_any_more(self, network, sanne, bram, why):
        contact = _write(network, bram, sanne)
        number = contact.id
        match why:
            case "blocked":
                db.session.add(Block(person_id=sanne.id, blocked_id=bram.id))
            case "withdrawn":
                listings.withdraw_listing(sanne, network)
            case "unsubscribed":
                memberships.unsubscribe_member(memberships.find_membership(sanne.id, network.id))
            case "left":
                memberships.leave_network(memberships.find_membership(bram.id, network.id))
            case "bounced":
                sanne.addresses[0].bounced_at = clock.now()
            case "stopped":
                contacts.stop_writing(contact, factories.account(network))
            case "archived":
                archiving.archive_network(network)
            case "erased":
                people.erase_person(bram)
        work()
        assert _sent() == []
        row = db.session.get(Contact, number)
        assert row is None or row.state == ContactState.STOPPED

    def test_who_is_blocked_reads_the_same_as_everybody(self, client, network, sanne, bram):
        free = factories.person("Vrije Vogel", of=network)
        db.session.add(Block(person_id=sanne.id, blocked_id=bram.id))
        page = f"/members/kring/people/{number_of(sanne, network)}/write"

        def told(person) -> str:
            sign_in_person(client, person)
            post(client, page, text=TEXT)
            work()
            shown = client.get("/members/kring/people").text.partition("<main")[2].partition('<ul class="rows">')[0]
            return shown + client.get("/me/messages").text.partition("Geschreven")[2]

        assert told(bram).replace("whose", "").count("Sanne") == told(free).replace("whose", "").count("Sanne")
        assert len(_sent()) == 1
        assert "blocks" not in own_data.copy_own_data(bram)
        assert own_data.copy_own_data(sanne)["blocks"][0]["blocked_id"] == bram.id
        assert "state" not in own_data.copy_own_data(bram)["contacts"][0]

    def test_in_the_quiet_hours_it_waits(self, monkeypatch, network, sanne, bram):
        monkeypatch.setattr(clock, "next_sending_moment", lambda wanted: wanted + timedelta(hours=8))
        _write(network, bram, sanne)
        assert (contact_letters.mail_contacts(), _sent()) == (0, [])
        network.quiet_hours = False
        db.session.commit()
        work()
        assert len(_sent()) == 1


class TestWhatBecomesOfThem:
    def test_erasing_either_takes_them_and_the_mail_along(self, network, sanne, bram):
        _write(network, bram, sanne)
        work()
        assert _sent()[0].finished is not None
        people.erase_person(bram)
        db.session.commit()
        assert db.session.scalars(sa.select(Contact)).all() == []
        assert db.session.scalars(sa.select(FinishedMessage)).all() == []

    def test_merging_moves_them_and_leaves_nobody_writing_to_themselves(self, network, sanne, bram):
        third = listed("Derde Man", network)
        own, other = _write(network, bram, sanne), _write(network, bram, third)
        db.session.add(Block(person_id=sanne.id, blocked_id=bram.id))
        db.session.add(Block(person_id=third.id, blocked_id=bram.id))
        db.session.commit()
        row = merges.merge_people(sanne, bram)
        assert [each.id for each in db.session.scalars(sa.select(Contact))] == [other.id]
        assert db.session.get(Contact, other.id).sender_id == sanne.id
        assert [(each.person_id, each.blocked_id) for each in db.session.scalars(sa.select(Block))] == [
            (third.id, sanne.id)
        ]
        merges.undo_merge(row)
        db.session.expire_all()
        assert {each.id: each.sender_id for each in db.session.scalars(sa.select(Contact))} == {own.id: bram.id, other.id: bram.id}  # fmt: skip
        assert contacts.is_blocked(bram.id, by=sanne.id)

    def test_after_half_a_year_they_are_gone(self, network, sanne, bram):
        contact, answered = _write(network, bram, sanne), _write(network, bram, sanne)
        contacts.answer(answered, "Ja", shows_address=True)
        for each in (contact, answered):
            each.created_at = clock.now() - contacts.KEPT - timedelta(hours=1)
        db.session.commit()
        assert contacts.forget_old_contacts() == 2
        assert len(db.session.scalars(sa.select(Contact)).all()) == 1


def _stranger(client):
    """Another browser."""
    return client.application.test_client()
