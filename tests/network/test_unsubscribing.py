"""Stopping a network's mail: the page says whose, a mail confirms, and there is a way back."""

import pytest

from app.network import memberships
from app.network.imports import merges
from app.network.people import mail_addresses, people
from app.outbox.models import Message
from tests import factories
from tests.helpers import links_in, mail_to, mails, post, text_of, work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network(app):
    return factories.network(name="Datanetwerk")


@pytest.fixture
def person(network):
    return factories.person("Loes Verhoeven", of=network, address="loes.verhoeven@oosterhout.example")


@pytest.fixture
def page(network, person) -> str:
    return memberships.link_to_unsubscribe(person, network.id).removeprefix("http://leerkring.test")


def _confirmations(person) -> list[Message]:
    return mails(Message.kind == "unsubscribed", Message.person_id == person.id)


def test_the_page_says_whose_mail_stops_and_no_more(client, page):
    for shown in (client.get(page).text, client.post(page).text):
        assert "L… @oosterhout.example" in shown
        assert "loes" not in shown.lower()


def test_a_mail_confirms_and_leads_back(client, person, page):
    client.post(page)
    work()
    mail = mail_to(person, "unsubscribed")
    assert mail["Subject"] == "Je krijgt geen mail meer van Datanetwerk"
    assert "Andere netwerken veranderen niet." in text_of(mail)
    assert page in links_in(mail)
    assert person.memberships[0].unsubscribed_at is not None
    post(client, page, undo="1")
    assert person.memberships[0].unsubscribed_at is None


def test_one_click_from_the_mail_program_is_confirmed_too(client, person, page):
    """RFC 8058: without cookie, token or redirect."""
    answer = client.post(page, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, len(_confirmations(person))) == (200, 1)


def test_stopping_twice_is_confirmed_once(client, person, page):
    for _ in range(3):
        client.post(page)
    assert len(_confirmations(person)) == 1


def test_stopping_and_resuming_all_day_floods_nobody(client, person, page):
    for _ in range(6):
        client.post(page)
        post(client, page, undo="1")
    assert len(_confirmations(person)) == 3


def test_an_address_that_bounced_gets_no_mail(client, person, page):
    mail_addresses.note_bounced_address(person.email, "550 5.1.1 no such user")
    assert "nog één mail" not in client.post(page).text
    assert (person.memberships[0].unsubscribed_at is not None, _confirmations(person)) == (True, [])


def test_after_a_merge_the_mail_of_who_is_kept_stops_and_says_so_there(client, network, person, page):
    kept = factories.person("Loes de Wit", of=network, address="l.dewit@provincie.example")
    merges.merge_people(kept, person)
    assert "L… @provincie.example" in client.get(page).text
    client.post(page)
    assert [each.recipient for each in _confirmations(kept)] == ["l.dewit@provincie.example"]


def test_the_link_of_who_was_erased_opens_nothing(client, person, page):
    people.erase_person(person)
    assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)
