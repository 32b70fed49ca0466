"""Ticking people of a network: what is ticked stays, an act says for whom it is, and removing can be undone."""

import io
import re

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.accounts.models import NetworkRole
from app.choices import MOST, read_choice
from app.database import db
from app.invitations import inviting
from app.invitations.waves.models import WaveState
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.models import Audience
from app.network.models import Membership, Standing
from app.network.people import people_list
from app.network.seeing import CLOCKWORK, Viewer
from app.registration.models import Registration, RegistrationState
from tests import factories
from tests.helpers import post, sign_in

LIST = "/organise/networks/netwerk/people"


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    return network


@pytest.fixture
def three(network):
    return [
        factories.person(name, at=place, role="griffier", of=network, address=f"{name.split()[0].lower()}@g.example")
        for name, place in (("Anna Aarts", "Oss"), ("Bram Bos", "Best"), ("Cor Coppens", "Oss"))
    ]


def _chosen(client, do: str, *people, query: str = "") -> str:
    ticks = "".join(f"&tick={person.id}" for person in people)
    return f"{LIST}/chosen?do={do}{ticks}{query}"


def _members(network) -> list[str]:
    found = people_list.page_of_members(network, people_list.PeopleFilter(), CLOCKWORK)
    return [line.name for line in found.items]


def test_what_is_ticked_stays_over_pages_filters_and_orders(client, three):
    anna, bram, _ = three
    page = client.get(f"{LIST}?q=bram&sort=job&tick={anna.id}&tick={bram.id}").text
    assert f'name="kept" value="{anna.id}"' in page, "who is not on the page is carried along"
    assert re.search(rf'name="tick" value="{bram.id}"[^>]* checked', page)
    back = client.get(f"{LIST}?q=&kept={anna.id}&tick={bram.id}").text
    assert [f'value="{each.id}"' in box for each in three for box in [_checked(back)]] == [True, True, False]


def _checked(page: str) -> str:
    return " ".join(re.findall(r'<input class="tick"[^>]* checked>', page))


def test_untick_on_its_own_page_is_for_good(client, three):
    page = client.get(f"{LIST}?kept={three[0].id}").text
    assert 'name="kept"' not in page


def test_next_page_is_a_button_of_the_same_form(client, network):
    factories.crowd(51, of=network)
    assert 'form="lijst" name="page" value="2"' in client.get(LIST).text


def test_more_than_an_address_holds_is_said_and_not_lost_in_silence(client, three):
    kept = ".".join(str(number) for number in range(1000, 1000 + MOST + 5))
    page = client.get(f"{LIST}?kept={kept}").text
    assert "De eerste 300 blijven aangevinkt" in page


@pytest.mark.parametrize("text", ["x", "-1", "²", "1..2", "9" * 30])
def test_numbers_that_are_none_choose_nobody_else(text):
    from werkzeug.datastructures import MultiDict

    assert set(read_choice(MultiDict([("kept", text), ("tick", text)])).ticked) <= {1, 2}


def test_order_by_organisation(client, network, three):
    found = re.findall(r'value="\d+" aria-label="([^"]+)"', client.get(f"{LIST}?sort=organisation").text)
    assert found == ["Bram Bos", "Anna Aarts", "Cor Coppens"]


def test_nobody_ticked_is_said_and_means_not_everybody(client, network, three):
    answer = client.get(_chosen(client, "remove"))
    assert answer.status_code == 302
    assert "Vink eerst aan wie je bedoelt." in client.get(answer.location).text
    post(client, f"{LIST}/chosen/remove", page=LIST)
    assert len(_members(network)) == 3


def test_removing_says_how_many_and_can_be_undone_with_their_places(client, network, three):
    anna, bram, _ = three
    event = factories.event(network)
    registration = factories.registration(event, anna)
    address = _chosen(client, "remove", anna, bram)
    page = client.get(address).text
    assert "Je koos 2 mensen." in page
    assert "1 van hen heeft een plek bij een sessie die nog komt." in page
    answer = post(client, address.replace("/chosen?", "/chosen/remove?"), page=address)
    assert _members(network) == ["Cor Coppens"]
    assert _state(registration) == RegistrationState.CANCELLED
    assert "2 mensen zijn geen lid meer van dit netwerk." in client.get(answer.location).text
    post(client, "/organise/undo", page=LIST)
    assert _members(network) == ["Anna Aarts", "Bram Bos", "Cor Coppens"]
    assert _state(registration) == RegistrationState.CONFIRMED


def _state(registration) -> RegistrationState:
    wanted = sa.select(Registration.state).where(Registration.id == registration.id)
    return db.session.scalars(wanted).one()


def test_more_than_can_be_undone_is_not_removed(client, network, monkeypatch):
    from app.network.people import list_views

    monkeypatch.setattr(list_views, "MOST", 3)
    factories.crowd(5, of=network)
    address = f"{LIST}/chosen?do=remove&all=1"
    assert "hoogstens 3 tegelijk" in client.get(address).text
    post(client, f"{LIST}/chosen/remove?all=1", page=LIST)
    assert len(_members(network)) == 5


def test_all_that_meet_the_filter_are_chosen_by_the_filter(client, network, three):
    page = client.get(f"{LIST}?q=co").text
    assert "Kies 1 persoon die aan het filter voldoet" in page
    address = f"{LIST}/chosen?do=remove&all=1&q=co"
    post(client, address.replace("/chosen?", "/chosen/remove?"), page=address)
    assert _members(network) == ["Anna Aarts", "Bram Bos"]


def test_inviting_says_who_cannot_be_mailed_and_goes_on_to_the_invitation(client, network, three):
    anna, bram, _ = three
    event = factories.event(network, title="Data in de praktijk")
    bram.memberships[0].unsubscribed_at = event.created_at
    db.session.commit()
    address = _chosen(client, "invite", anna, bram)
    page = client.get(address).text
    assert "1 persoon krijgt mail." in page
    assert "Bram Bos: Wil geen mail van dit netwerk" in page
    answer = post(client, address.replace("/chosen?", "/chosen/invite?"), page=address, event=event.id)
    made = db.session.scalars(sa.select(Audience)).one()
    assert answer.location.endswith(f"/waves/new?kind=invitation&audience={made.id}")
    assert client.get(answer.location).status_code == 200
    assert audiences.count_reach(made.rule, network.id, CLOCKWORK).people == 1


def test_all_of_a_kind_is_invited_as_that_kind(client, network, three):
    event = factories.event(network)
    address = f"{LIST}/chosen?do=invite&all=1&role=griffier"
    post(client, address.replace("/chosen?", "/chosen/invite?"), page=address, event=event.id)
    made = db.session.scalars(sa.select(Audience)).one()
    assert made.rule == [[{"block": "role", "values": ["griffier"], "not": False}]]


def test_export_has_whom_was_ticked_and_the_columns_that_were(client, three):
    anna, _, cor = three
    address = _chosen(client, "export", anna, cor)
    assert "Mailadres werkt niet" in client.get(address).text
    answer = post(client, address.replace("/chosen?", ".xlsx?"), page=address, column=["1", "3"])
    rows = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    assert list(rows) == [("Naam", "Organisatie"), ("Anna Aarts", "Oss"), ("Cor Coppens", "Oss")]


def test_somebody_of_another_network_is_chosen_by_no_number(client, network, three):
    stranger = factories.person("Vreemde Vogel", of=factories.network())
    address = _chosen(client, "remove", stranger, three[0])
    assert "Je koos 1 persoon." in client.get(address).text
    post(client, address.replace("/chosen?", "/chosen/remove?"), page=address)
    left = sa.select(Membership.person_id).where(Membership.standing == Standing.LEFT)
    assert list(db.session.scalars(left)) == [three[0].id]


def test_readers_get_no_boxes(client, app):
    network = factories.network(slug="netwerk")
    factories.person("Anna Aarts", of=network)
    sign_in(client, factories.account(network, NetworkRole.READER))
    assert 'type="checkbox"' not in client.get(LIST).text


def test_a_letter_in_own_words_gets_who_can_be_mailed(client, network, three):
    event = factories.event(network, title="Sessie")
    anna, bram, _ = three
    bram.addresses[0].bounced_at = network.created_at
    db.session.commit()
    page = _chosen(client, "mail", anna, bram)
    people = re.findall(r'name="people" value="(\d+)"', client.get(page).text)
    assert people == [str(anna.id)]
    begun = post(
        client, f"/organise/networks/{network.slug}/letters/write-to", page=page, people=people, event=str(event.id)
    )
    assert "Je schrijft aan 1 persoon" in client.get(begun.location).text


class TestOfASession:
    @pytest.fixture
    def event(self, network, three):
        event = factories.event(network, title="Sessie")
        for person in three:
            factories.registration(event, person)
        return event

    @pytest.fixture
    def page(self, event) -> str:
        return f"/organise/events/{event.slug}"

    def _invitation(self, event, person) -> int:
        return inviting.find_invitation(event, person).id

    def test_whom_was_ticked_is_taken_along(self, client, event, three, page):
        number = self._invitation(event, three[1])
        address = f"{page}/people/chosen?do=export&tick={number}"
        assert "Geantwoord op" in client.get(address).text
        answer = post(client, f"{page}/people.csv?tick={number}", page=address, column=["1"])
        assert answer.data.decode("utf-8-sig").split() == ["Naam", "Bram", "Bos"]

    def test_a_list_of_which_nobody_was_ticked_is_taken_along_whole(self, client, event, page):
        assert "Je koos 3 mensen." in client.get(f"{page}/people/chosen?do=export").text

    def test_they_are_invited_to_another_session(self, client, network, event, three, page):
        other = factories.event(network, title="Het vervolg")
        address = f"{page}/people/chosen?do=invite&tick={self._invitation(event, three[0])}"
        assert "Het vervolg" in client.get(address).text
        answer = post(client, address.replace("/chosen?", "/chosen/invite?"), page=address, event=other.id)
        made = db.session.scalars(sa.select(Audience)).one()
        assert answer.location == f"/organise/events/{other.slug}/waves/new?kind=invitation&audience={made.id}"
        assert made.rule[0][0]["values"] == [three[0].id]

    def test_invitation_of_another_session_chooses_nobody(self, client, event, page):
        elsewhere = factories.invitation(factories.event(), factories.person())
        assert client.get(f"{page}/people/chosen?do=invite&tick={elsewhere.id}").status_code == 302

    def test_order_and_ticks_stand_on_the_page(self, client, event, three, page):
        number = self._invitation(event, three[0])
        text = client.get(f"{page}?sort=organisation&tick={number}").text
        assert re.findall(r'value="\d+" aria-label="([^"]+)"', text) == ["Bram Bos", "Anna Aarts", "Cor Coppens"]
        assert f'value="{number}"' in _checked(text)


def test_readers_do_not_see_who_was_picked_for_a_session(client, app):
    network = factories.network()
    jan = factories.person("Jan Peters", of=network, address="jan@oss.example")
    audience = factories.audience(network, "Genodigden", audiences.make_condition(AudienceBlock.PERSON, jan.id))
    db.session.commit()
    page = f"/organise/networks/{network.slug}/audiences/{audience.id}/people"
    organiser, reader = factories.account(network), factories.account(network, NetworkRole.READER)
    sign_in(client, organiser)
    assert "Jan Peters" in client.get(page).text
    sign_in(client, reader)
    assert client.get(page).status_code == 403
    sees = Viewer(frozenset(), frozenset({network.id}))
    assert audiences.count_reach(audience.rule, network.id, sees).people == 0


def test_an_approved_mail_to_an_audience_that_changes_is_looked_at_again(client, app):
    network = factories.network()
    jan = factories.person("Jan Peters", of=network, address="jan@oss.example")
    audience = factories.audience(network, "Genodigden", audiences.make_condition(AudienceBlock.PERSON, jan.id))
    asked, approved = factories.account(network), factories.account(network)
    db.session.flush()
    wave = factories.wave(factories.event(network), to=audience, state=WaveState.PLANNED)
    wave.asked_by_id, wave.released_by_id = asked.id, approved.id
    db.session.commit()
    sign_in(client, asked)
    page = f"/organise/networks/{network.slug}/audiences/{audience.id}"
    post(client, page, page=page, save="1", name="Allen")
    assert audience.rule == []
    assert (wave.state, wave.released_by_id) == (WaveState.DRAFT, None)
