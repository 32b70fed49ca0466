"""Agendas: made by organisers, with themes that join midway, read by everybody once they are published."""

from datetime import date

import pytest

from app.agendas import agenda_themes, agendas
from app.agendas.agendas import AgendaDetails
from app.agendas.models import Agenda
from app.database import db
from app.network.people import people
from app.themes import themes
from tests import factories
from tests.agendas import made
from tests.helpers import post, sign_in

HERE = "/organise/networks/netwerk/agendas"


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Digitale Transformatie")


@pytest.fixture
def agenda(network) -> Agenda:
    return made.agenda(network)


def test_an_organiser_makes_an_agenda_and_puts_themes_on_it(client, network):
    sign_in(client, factories.account(network))
    assert "Nog geen samenwerkingsagenda. Maak er een" in client.get(HERE).text
    form = client.get(f"{HERE}/new").text
    assert [
        word for word in ("Kwaliteit", "Tijd", "Geld", "Op koers: we halen wat we afspraken.") if word not in form
    ] == []
    values = made.form_values(title="Samenwerkingsagenda 2024–2026")
    saved = post(client, f"{HERE}/new", **values)
    (agenda,) = agendas.list_agendas(network)
    assert (saved.status_code, agenda.slug, [party.name for party in agenda.parties]) == (
        303,
        "samenwerkingsagenda-2024-2026",
        ["Provincie Noord-Brabant", "VBG"],
    )
    theme = themes.add_theme("Klimaat", "Climate")
    put = post(
        client, f"{HERE}/{agenda.id}/themes/new", theme=str(theme.id), ambition="Samen doen", starts_on="2025-03-01"
    )
    assert put.status_code == 303
    assert client.get(put.headers["Location"]).status_code == 200
    page = client.get(f"{HERE}/{agenda.id}").text
    assert (theme.name_nl in page, "vanaf za 1 maart 2025" in page, "4 plekken vacant" in page) == (True, True, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "Vul dit in."),
        ({"parties-1": ""}, "Vul minstens twee partijen in."),
        ({"parties-1": "provincie noord-brabant"}, "Elke partij staat er één keer."),
        ({"ends_on": "2023-12-31"}, "Deze dag ligt voor de eerste dag."),
        ({"green_means": ""}, "Vul dit in."),
    ],
)
def test_a_wrong_form_makes_nothing(client, network, change, said):
    sign_in(client, factories.account(network))
    answer = post(client, f"{HERE}/new", **made.form_values() | change)
    assert (answer.status_code, said in answer.text, agendas.list_agendas(network)) == (422, True, [])


def test_two_agendas_of_one_title_have_an_address_each(network):
    assert [made.agenda(network).slug for _ in range(3)] == ["agenda", "agenda-2", "agenda-3"]


def test_nothing_new_begins_in_a_network_that_is_archived(client, network):
    sign_in(client, factories.account(network))
    post(client, "/organise/networks/netwerk/archive", page="/organise/networks/netwerk/settings")
    answer = post(client, f"{HERE}/new", **made.form_values())
    assert (agendas.list_agendas(network), "Dit netwerk is gearchiveerd." in answer.text) == ([], True)


class TestThemes:
    def test_stand_on_an_agenda_from_when_they_joined_until_they_end(self, agenda):
        first, second, third = (
            made.theme_on(agenda, starts_on=starts, ends_on=ends)
            for starts, ends in ((None, None), (date(2025, 3, 1), None), (None, date(2025, 2, 28)))
        )
        days = (
            date(2023, 12, 31),
            date(2024, 1, 1),
            date(2025, 2, 28),
            date(2025, 3, 1),
            date(2026, 12, 31),
            date(2027, 1, 1),
        )
        assert [agendas.themes_on(agenda, day) for day in days] == [
            [],
            [first, third],
            [first, third],
            [first, second],
            [first, second],
            [],
        ]

    def test_stand_there_once(self, agenda):
        row = made.theme_on(agenda)
        with pytest.raises(agenda_themes.AlreadyOnAgenda):
            agenda_themes.put_on_agenda(agenda, row.theme, "")

    @pytest.mark.parametrize("days", [{"starts_on": date(2023, 1, 1)}, {"ends_on": date(2027, 1, 1)}])
    def test_stay_within_the_period(self, agenda, days):
        with pytest.raises(agenda_themes.OutsidePeriod):
            made.theme_on(agenda, **days)

    def test_are_ordered_by_hand(self, client, network, agenda):
        names = [made.theme_on(agenda).theme_id for _ in range(3)]
        sign_in(client, factories.account(network))
        post(client, f"{HERE}/{agenda.id}/themes/{agenda.themes[2].id}/up", page=f"{HERE}/{agenda.id}")
        assert [each.theme_id for each in db.session.get(Agenda, agenda.id).themes] == [names[0], names[2], names[1]]

    def test_go_off_and_come_back_as_they_were(self, client, network, agenda):
        row = made.theme_on(agenda, starts_on=date(2025, 3, 1))
        theme_id = row.theme_id
        sign_in(client, factories.account(network))
        post(client, f"{HERE}/{agenda.id}/themes/{row.id}/remove", page=f"{HERE}/{agenda.id}")
        assert agenda.themes == []
        post(client, "/organise/undo", page=HERE)
        assert [(each.theme_id, each.starts_on) for each in agenda.themes] == [(theme_id, date(2025, 3, 1))]

    @pytest.mark.parametrize(
        ("names", "left"),
        [
            (("VBG", "Provincie Noord-Brabant"), ["VBG", "Provincie Noord-Brabant"]),
            (("", "Provincie Noord-Brabant", "VBG"), ["Provincie Noord-Brabant", "VBG"]),
        ],
    )
    def test_parties_change_names_with_each_other(self, agenda, names, left):
        details = AgendaDetails(**{name: getattr(agenda, name) for name in AgendaDetails.__dataclass_fields__})
        agendas.change_agenda(agenda, details, names)
        db.session.refresh(agenda)
        assert [party.name for party in agenda.parties] == left

    def test_for_which_somebody_stands_stay(self, agenda):
        row = made.theme_on(agenda)
        made.office(row)
        with pytest.raises(agenda_themes.SomebodyStands):
            agenda_themes.take_off_agenda(row)

    def test_are_changed_within_the_period(self, client, network, agenda):
        row = made.theme_on(agenda)
        sign_in(client, factories.account(network))
        address = f"{HERE}/{agenda.id}/themes/{row.id}/edit"
        assert post(client, address, ambition="Anders", ends_on="2025-06-30").status_code == 303
        assert (row.ambition, row.ends_on) == ("Anders", date(2025, 6, 30))
        answer = post(client, address, ambition="Anders", starts_on="2025-07-01", ends_on="2025-06-30")
        assert (answer.status_code, "Deze dag ligt voor de eerste dag." in answer.text) == (422, True)


class TestChanging:
    def test_a_party_gets_another_name_and_another_comes(self, client, network, agenda):
        row = made.theme_on(agenda)
        office = made.office(row)
        sign_in(client, factories.account(network))
        names = {"parties-0": "Provincie Brabant", "parties-1": "VBG", "parties-2": "Waterschap De Dommel"}
        assert post(client, f"{HERE}/{agenda.id}/edit", **made.form_values() | names).status_code == 303
        assert [party.name for party in agenda.parties] == list(names.values())
        assert office.party.name == "Provincie Brabant"

    def test_a_party_for_which_somebody_stands_stays(self, client, network, agenda):
        made.office(made.theme_on(agenda))
        sign_in(client, factories.account(network))
        values = made.form_values() | {"parties-0": "", "parties-2": "Waterschap De Dommel"}
        answer = post(client, f"{HERE}/{agenda.id}/edit", **values)
        assert "Namens ‘Provincie Noord-Brabant’ staan er mensen bij een thema." in answer.text
        assert len(agenda.parties) == 2

    def test_a_period_holds_the_themes(self, client, network, agenda):
        made.theme_on(agenda, starts_on=date(2026, 3, 1))
        sign_in(client, factories.account(network))
        answer = post(client, f"{HERE}/{agenda.id}/edit", **made.form_values(ends_on="2025-12-31"))
        assert (answer.status_code, "valt buiten deze periode" in answer.text) == (422, True)


class TestThePublicPage:
    def test_is_there_once_published_and_gone_once_withdrawn(self, client, network, agenda):
        sign_in(client, factories.account(network))
        public = f"/agendas/{agenda.slug}"
        post(client, f"{HERE}/{agenda.id}/publish", page=f"{HERE}/{agenda.id}")
        said = client.get(f"{HERE}/{agenda.id}").text
        assert ("Zet eerst een thema op de agenda." in said, client.get(public).status_code) == (True, 404)
        made.theme_on(agenda, ambition="Een paar sessies per jaar")
        post(client, f"{HERE}/{agenda.id}/publish", page=f"{HERE}/{agenda.id}")
        assert "Een paar sessies per jaar" in client.get(public).text
        assert f'href="{public}"' in client.get(f"{HERE}/{agenda.id}").text
        post(client, f"{HERE}/{agenda.id}/withdraw", page=f"{HERE}/{agenda.id}")
        assert client.get(public).status_code == 404
        post(client, "/organise/undo", page=HERE)
        assert client.get(public).status_code == 200

    def test_names_executives_with_their_office_and_no_officials(self, client, agenda):
        row = made.theme_on(agenda)
        made.office(row, "Kanarie Bestuurder", title="gedeputeerde")
        made.office(row, "Merel Ambtenaar", kind="official", title="adviseur")
        agendas.publish_agenda(agenda)
        page = client.get(f"/agendas/{agenda.slug}").text
        assert ("Kanarie Bestuurder, gedeputeerde" in page, "Merel" in page, "Vacant" in page) == (True, False, True)
        assert "Vacant" in client.get(f"/agendas/{agenda.slug}?lang=en").text

    def test_names_nobody_who_was_erased_or_asked_not_to_be_used(self, client, agenda):
        row = made.theme_on(agenda)
        erased = made.office(row, "Kanarie Bestuurder").person
        hidden = made.office(row, "Merel Bestuurder", party=1, title="wethouder").person
        agendas.publish_agenda(agenda)
        public = f"/agendas/{agenda.slug}"
        assert "Kanarie" in client.get(public).text
        people.erase_person(erased)
        made.restrict(hidden, agenda.network)
        page = client.get(public).text
        assert ("Kanarie" in page, "Merel" in page, "<li>wethouder<br>" in page) == (False, False, True)

    def test_is_of_nobody_who_may_not_know_of_the_network(self, client, network, agenda):
        made.theme_on(agenda)
        agendas.publish_agenda(agenda)
        network.listed = False
        assert client.get(f"/agendas/{agenda.slug}").status_code == 404
        sign_in(client, factories.account(network))
        assert client.get(f"/agendas/{agenda.slug}").status_code == 200
