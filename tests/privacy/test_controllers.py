"""Whoever meets a network learns who is responsible for their data there."""

import re

import pytest

from app.database import db
from app.events import event_questions
from app.events.models import Preset
from app.outbox.models import Message
from app.upkeep import setup_check
from tests import factories
from tests.helpers import mail_to, mails, parsed, post, sign_in, text_of, work

pytestmark = pytest.mark.usefixtures("app")
OWN = {
    "controller": "Gemeente Oosterhout", "privacy_address": "privacy@oosterhout.example",
    "privacy_officer": "fg@oosterhout.example", "joint_controllers": "waterschap Brabantse Delta",
}  # fmt: skip


@pytest.fixture
def network(app):
    made = factories.network(slug="netwerk", **OWN)
    db.session.commit()
    return made


def test_its_pages_and_mails_name_it(client, network):
    event = factories.event(network)
    registration = factories.registration(event, factories.person(of=network))
    work()
    for page in ("/networks/netwerk", f"/events/{event.slug}", "/privacy"):
        assert "Gemeente Oosterhout" in client.get(page).text, page
    assert "Verantwoordelijk voor je gegevens: Gemeente Oosterhout." in text_of(mail_to(registration.invitation.person))


def test_a_mail_to_who_is_no_person_of_ours_names_it_too(client, network):
    post(client, "/networks/netwerk/join", name="Nieuw", address="nieuw@oss.example")
    event, account = factories.event(network), factories.account(network)
    event.questions = [event_questions.make_preset_question(Preset.DIETARY)]
    db.session.commit()
    sign_in(client, account)
    page = f"/organise/events/{event.slug}/kitchen"
    seal = re.search(r'name="seal" value="(\w+)"', client.get(page).text).group(1)
    post(client, f"{page}/mail", page=page, address="keuken@x.example", seal=seal)
    work()
    found = mails(Message.kind.in_(["join", "need_list"]))
    told = ["Verantwoordelijk voor je gegevens: Gemeente Oosterhout." in text_of(parsed(each.body)) for each in found]
    assert told == [True, True]


def test_the_privacy_page_says_where_it_is_reached(client, network):
    told = client.get("/privacy").text
    assert [value in told for value in OWN.values()] == [True] * 4


def test_a_network_that_nobody_may_know_of_is_not_named_there(client, network):
    network.listed = False
    db.session.commit()
    assert "Gemeente Oosterhout" not in client.get("/privacy").text


def test_elsewhere_it_is_that_of_the_site(client, network):
    other = factories.event(factories.network(slug="ander"))
    assert "Gemeente Oosterhout" not in client.get(f"/events/{other.slug}").text


def test_a_site_that_names_nobody_says_so_in_the_language_of_the_reader(client):
    assert "Leerkring wordt beheerd door de beheerder van deze site." in client.get("/privacy").text
    page = client.get("/privacy?lang=en").text
    assert "Leerkring is run by the administrator of this site." in page
    assert "de beheerder van deze site" not in page


def test_organisers_fill_it_in(client):
    network = factories.network(slug="leeg")
    sign_in(client, factories.account(network))
    page = "/organise/networks/leeg/settings"
    values = {
        "name": network.name, "letters": network.letters, "colour": network.colour.value, "joining": "open",
        "contact_name": network.contact_name, "contact_address": network.contact_address,
    }  # fmt: skip
    assert post(client, page, **values | OWN | {"privacy_officer": "geen adres"}).status_code == 422
    post(client, page, **values | OWN)
    db.session.expire_all()
    assert {name: getattr(network, name) for name in OWN} == OWN


def test_words_that_stand_there_by_default_are_a_finding_once_mail_leaves_the_machine(app, monkeypatch):
    assert (setup_check.check_controller().well, "PROCESSORS" in setup_check.check_controller().advice) == (True, True)
    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example")
    found = setup_check.check_controller()
    assert (found.well, "SITE_OWNER, PRIVACY_OFFICER, PROCESSORS" in found.advice) == (False, True)
    for name, value in {"SITE_OWNER": "Provincie", "PRIVACY_OFFICER": "fg@x.example", "PROCESSORS": "Host"}.items():
        monkeypatch.setitem(app.config, name, value)
    assert setup_check.check_controller().well
