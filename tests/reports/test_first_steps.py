"""The first steps on an empty site and in an empty network, ticked off by what is there."""

import re

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations.waves.models import WaveState
from app.network import naming, network_queries
from app.network.audiences import audiences
from app.network.imports.models import Import
from app.network.seeing import CLOCKWORK
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.reports import first_steps
from app.reports.first_steps import FirstStep
from tests import factories
from tests.helpers import mails, post, sign_in

pytestmark = pytest.mark.usefixtures("app")
_HOME = "/organise/networks/netwerk"


@pytest.fixture
def network():
    return factories.network(slug="netwerk", summary="", description="", four_eyes_from=None)


@pytest.fixture
def organiser(client, network):
    account = factories.account(network)
    sign_in(client, account)
    db.session.commit()
    return account


def _done(network, account) -> set[FirstStep]:
    begin = first_steps.look_at_begin(network, account)
    assert begin is not None
    return set(begin.done)


def test_the_only_administrator_of_an_empty_site_is_led_on_and_not_sent_away(client):
    sign_in(client, accounts.ensure_account("beheer@leerkring.example", "Beheer", is_admin=True))
    db.session.commit()
    page = client.get("/organise").text
    assert "Maak het eerste netwerk" in page
    assert "Vraag een organisator" not in page
    assert "Alles loopt zoals gepland" not in page


def test_who_may_make_no_network_still_reads_whom_to_ask(client):
    sign_in(client, accounts.ensure_account("loes@oss.example", "Loes"))
    db.session.commit()
    page = client.get("/organise").text
    assert "Vraag een organisator" in page
    assert "Eerste stappen" not in page


def test_a_network_needs_a_name_alone_and_has_everybody_as_a_ready_audience(client):
    sign_in(client, accounts.ensure_account("beheer@leerkring.example", "Bea Heer", is_admin=True))
    db.session.commit()
    page = client.get("/organise/networks/new").text
    proposed = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("contact_name", "contact_address")
    }
    assert proposed == {"contact_name": "Bea Heer", "contact_address": "beheer@leerkring.example"}
    sent = {"name": "Netwerk voor de Wijk", "colour": "violet", **proposed}
    assert post(client, "/organise/networks/new", **sent).location.endswith("/networks/netwerk-voor-de-wijk")
    made = network_queries.find_network("netwerk-voor-de-wijk")
    assert (made.letters, [(each.name, each.rule) for each in network_queries.audiences_of_network(made)]) == (
        "NW",
        [("Iedereen in het netwerk", [])],
    )


@pytest.mark.parametrize(
    ("name", "slug", "letters"),
    [
        ("Digitale Transformatie", "digitale-transformatie", "DT"),
        ("Netwerk", "netwerk-2", "NE"),
        ("Één van de Élites", "een-van-de-elites", "EL"),
        ("De", "de", "DE"),
        ("!?", "netwerk-2", "N"),
        ("Goed Openbaar Bestuur in Brabant", "goed-openbaar-bestuur-in-brabant", "GOB"),
    ],
)
def test_web_address_and_letters_follow_from_the_name(network, name, slug, letters):
    assert (naming.propose_slug(name), naming.propose_letters(name)) == (slug, letters)


def test_each_step_is_ticked_off_by_what_was_done(client, organiser, network):
    assert _done(network, organiser) == set()
    network.controller = "Gemeente Oss"
    assert _done(network, organiser) == {FirstStep.OWNER}
    network.summary = "Samen leren."
    assert _done(network, organiser) == {FirstStep.OWNER, FirstStep.FACE}
    factories.account(network, NetworkRole.READER)
    assert FirstStep.COLLEAGUES in _done(network, organiser)
    factories.person("Els", of=network)
    assert FirstStep.PEOPLE in _done(network, organiser)
    db.session.commit()
    assert client.get(_HOME).text.count("is-done") == 4
    post(client, f"{_HOME}/test-mail", page=_HOME)
    assert FirstStep.TEST_MAIL in _done(network, organiser)
    factories.event(network, published=False)
    assert first_steps.look_at_begin(network, organiser) is None


def test_who_is_responsible_is_asked_until_the_site_or_the_network_says_it(
    client, organiser, network, app, monkeypatch
):
    event = factories.event(network, published=False)
    factories.wave(event, to=factories.audience(network), state=WaveState.DRAFT)
    db.session.commit()
    send = f"/organise/events/{event.slug}/path/send"
    assert "#controller" in client.get(_HOME).text
    assert "Dat is nog niet ingevuld." in client.get(send).text
    monkeypatch.setitem(app.config, "SITE_OWNER", "Provincie Noord-Brabant")
    assert "#controller" not in client.get(_HOME).text
    assert FirstStep.OWNER not in first_steps.look_at_begin(network, organiser).steps
    assert "Dat is nog niet ingevuld." not in client.get(send).text


def test_the_test_mail_goes_to_oneself_and_is_ticked_for_nobody_else(client, organiser, network):
    other = factories.account(network)
    db.session.commit()
    assert post(client, f"{_HOME}/test-mail", page=_HOME).status_code == 303
    assert [mail.recipient for mail in mails(Message.kind == MessageKind.TEST)] == [organiser.email]
    assert FirstStep.TEST_MAIL not in _done(network, other)


def test_they_go_once_people_were_mailed_about_a_session(client, organiser, network):
    event = factories.event(network)
    db.session.commit()
    assert "Eerste stappen" in client.get(_HOME).text
    assert "Eerste stappen" in client.get("/organise").text
    factories.wave(event, to=factories.audience(network), state=WaveState.DONE, ran_at=clock.now())
    db.session.commit()
    assert "Eerste stappen" not in client.get(_HOME).text
    assert "Eerste stappen" not in client.get("/organise").text


def test_a_reader_is_shown_none(client, network):
    sign_in(client, factories.account(network, NetworkRole.READER))
    db.session.commit()
    assert "Eerste stappen" not in client.get(_HOME).text
    assert "Eerste stappen" not in client.get("/organise").text


def test_the_link_to_join_is_there_to_share(client, organiser, network):
    assert "http://localhost/networks/netwerk/join" in client.get(_HOME).text


class TestPasted:
    @pytest.mark.parametrize(
        "text",
        [
            "Naam\tE-mail\nEls Maas\tels@oss.example\nJan Peters\tjan@oss.example",
            "\tNaam\tE-mail\n1\tEls Maas\tels@oss.example\n2\tJan Peters\tjan@oss.example",
            "Els Maas <els@oss.example>; Jan Peters <jan@oss.example>",
            "Naam;E-mail\nEls Maas;els@oss.example\nJan Peters;jan@oss.example",
        ],
    )
    def test_cells_and_addresses_are_shown_before_anything_is_saved(self, client, organiser, network, text):
        answer = post(client, f"{_HOME}/import", pasted=text)
        shown = client.get(answer.location).text
        assert "Els Maas" in shown
        assert "jan@oss.example" in shown
        assert db.session.scalars(sa.select(Import)).one().file_name == "geplakte lijst.csv"
        assert audiences.count_reach([], network.id, CLOCKWORK).people == 0

    def test_nothing_is_asked_again(self, client, organiser):
        answer = post(client, f"{_HOME}/import")
        assert answer.status_code == 422
        assert "Kies een bestand, of plak een lijst." in answer.text
