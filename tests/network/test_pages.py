"""Organisers' pages of a network, over HTTP."""

import pytest
import sqlalchemy as sa

from app.accounts.models import NetworkRole
from app.database import db
from app.network.audiences.models import Audience
from app.network.imports import import_runs
from app.network.imports.models import Import
from app.network.models import Membership, Standing
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from tests import factories
from tests.helpers import csrf, post, sign_in

pytestmark = pytest.mark.one_database

CSV = "Naam;E-mail;Organisatie\nSanne de Vries;sanne@o.example;Oosterhout\nJan;geen adres;Oss\n"


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    return network


def _upload(client, content: str, name: str = "lijst.csv"):
    import io

    page = "/organise/networks/netwerk/import"
    return client.post(page, data={"csrf_token": csrf(client, page), "file": (io.BytesIO(content.encode()), name)})


def test_import_shows_a_dry_run_and_saves_nothing(client, network):
    response = _upload(client, CSV)
    assert response.status_code == 303
    page = client.get(response.location).text
    assert "1 nieuw, 0 gewijzigd, 0 hetzelfde, 1 niet goed." in page
    assert "‘geen adres’ is geen mailadres." in page
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0


def test_import_with_wrong_rows_saves_only_on_request(client, network):
    address = _upload(client, CSV).location
    post(client, address, rows="all")
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0
    assert post(client, address, rows="good").location == address
    import_runs.carry_on_imports()
    assert list(db.session.scalars(sa.select(Person.name))) == ["Sanne de Vries"]
    assert db.session.scalars(sa.select(Import.content)).one() is None
    assert "1 persoon toegevoegd, 0 gewijzigd, 1 overgeslagen." in client.get(address).text


def test_file_that_is_no_list_is_refused_at_its_field(client, network):
    response = _upload(client, "hallo", "lijst.xlsx")
    assert response.status_code == 422
    assert "Dit is geen leesbaar Excel-bestand." in response.text


def test_file_with_a_path_for_a_name_is_kept_as_text(client, network):
    _upload(client, CSV, "../../etc/passwd")
    assert "/" not in db.session.scalars(sa.select(Import.file_name)).one().replace("../../etc/", "")


def test_person_is_added_with_position_and_found_again(client, network):
    values = {
        "name": "Đặng O'Brien",
        "address": "dang@oss.example",
        "language": "nl",
        "organisation": str(factories.organisation("Oss").id),
        "role": "griffier",
        "title": "raadsgriffier",
        "starts_on": "1-3-2024",
    }
    assert post(client, "/organise/networks/netwerk/people/new", **values).status_code == 303
    for sought in ("dang", "OBRIEN", "obr", "dang@oss", "o'br", "O’Brien"):
        assert "Đặng O&#39;Brien" in client.get(f"/organise/networks/netwerk/people?q={sought}").text
    assert "raadsgriffier" in client.get("/organise/networks/netwerk/people?region=Noordoost-Brabant").text
    assert "Niemand gevonden." in client.get("/organise/networks/netwerk/people?region=Limburg").text


def test_known_address_becomes_a_member_instead_of_a_double(client, network):
    known = factories.person("Jan Bekend", address="jan@oss.example")
    post(
        client,
        "/organise/networks/netwerk/people/new",
        name="Jan Anders",
        address="JAN@oss.example",
        language="nl",
        organisation="",
        role="",
        same="1",
    )
    assert (
        db.session.scalars(sa.select(Membership.person_id).where(Membership.network_id == network.id)).one() == known.id
    )
    assert db.session.get(Person, known.id).name == "Jan Bekend"


def test_address_of_somebody_else_is_refused(client, network):
    one, other = (
        factories.person("Een", of=network, address="een@oss.example"),
        factories.person("Twee", of=network, address="twee@oss.example"),
    )
    response = post(
        client,
        f"/organise/networks/netwerk/people/{one.id}/edit",
        name="Een",
        address="twee@oss.example",
        language="nl",
        organisation="",
        role="",
    )
    assert response.status_code == 422
    assert f"Dit adres hoort bij {other.name}." in response.text
    assert db.session.get(Person, one.id).email == "een@oss.example"


def test_leaving_and_coming_back(client, network):
    person = factories.person("Jan", of=network)
    page = f"/organise/networks/netwerk/people/{person.id}"
    post(client, f"{page}/leave", page=page)
    assert db.session.scalars(sa.select(Membership.standing)).one() == Standing.LEFT
    post(client, f"{page}/join", page=page)
    assert db.session.scalars(sa.select(Membership.standing)).one() == Standing.MEMBER


def test_position_is_ended(client, network):
    person = factories.person("Jan", at="Oss", of=network)
    page = f"/organise/networks/netwerk/people/{person.id}"
    post(client, f"{page}/positions/{person.positions[0].id}/end", page=page, ends_on="2026-01-31")
    assert "tot en met za 31 januari 2026" in client.get(page).text


def test_audience_is_saved_and_counted_live(client, network):
    factories.person("Anna", at="Oosterhout", of=network)
    factories.person("Bram", at="Oss", of=network)
    live = client.get("/organise/networks/netwerk/audiences/count?0-block=region&0-0-values=West-Brabant").text
    assert "1 persoon" in live
    chosen = {"0-block": ["kind", "region"], "0-1-values": "West-Brabant", "save": "1"}
    answer = post(client, "/organise/networks/netwerk/audiences/new", name="West", **chosen)
    audience = db.session.scalars(sa.select(Audience)).one()
    assert audience.rule == [[{"block": "region", "values": ["West-Brabant"], "not": False}]]
    people = client.get(answer.location).text
    assert ("Anna" in people, "Bram" in people) == (True, False)
    again = post(client, "/organise/networks/netwerk/audiences/new", name="West", save="1")
    assert (again.status_code, "Er is al een doelgroep met deze naam." in again.text) == (422, True)


def test_counting_again_without_script_keeps_what_was_ticked(client, network):
    factories.person("Anna", at="Oosterhout", of=network)
    page = post(
        client,
        "/organise/networks/netwerk/audiences/new",
        name="",
        **{"0-block": "kind", "0-0-values": "waterschap", "count": "1"},
    )
    assert (page.status_code, "0 mensen" in page.text, 'value="waterschap" checked' in page.text) == (200, True, True)


def test_organisation_is_added_once(client, network):
    for status in (303, 422):
        assert post(client, "/organise/organisations", name="Test Adviesbureau", kind="bedrijf").status_code == status
    assert (
        db.session.scalar(sa.select(sa.func.count(Organisation.id)).where(Organisation.name == "Test Adviesbureau"))
        == 1
    )


def test_settings_of_a_network_are_changed(client, network):
    values = {
        "name": "Nieuwe naam",
        "letters": "NN",
        "colour": "teal",
        "contact_name": "team",
        "contact_address": "team@n.example",
        "summary": "",
        "description": "",
    }
    post(client, "/organise/networks/netwerk/settings", **values)
    db.session.refresh(network)
    assert (network.name, network.colour, network.quiet_hours) == ("Nieuwe naam", "teal", False)


def test_lists_of_people_take_a_fixed_number_of_queries(client, network, queries):
    address = "/organise/networks/netwerk/people"
    counts = []
    for size in (2, 30):
        for number in range(size):
            factories.person(f"Persoon {size} {number}", at="Oss", role="griffier", of=network)
        db.session.commit()
        with queries() as seen:
            client.get(address)
        counts.append(len(seen))
    assert counts == [10, 10], "one of them tells the log that people were read"


def test_readers_see_names_but_no_addresses(client, app):
    network = factories.network(slug="leesnetwerk")
    factories.person("Jan Leesbaar", at="Oss", of=network, address="jan.geheim@oss.example")
    sign_in(client, factories.account(network, NetworkRole.READER))
    page = client.get("/organise/networks/leesnetwerk/people").text
    assert ("Jan Leesbaar" in page, "jan.geheim" in page) == (True, False)


class TestUnsubscribing:
    def _link(self) -> tuple[Membership, str]:
        from app.network.memberships import link_to_unsubscribe

        network = factories.network()
        person = factories.person("Jan", of=network)
        link = link_to_unsubscribe(person, network.id).removeprefix("http://leerkring.test")
        return db.session.scalars(
            sa.select(Membership).filter_by(person_id=person.id, network_id=network.id)
        ).one(), link

    def test_opening_the_link_changes_nothing(self, client, app):
        membership, link = self._link()
        assert (client.get(link).status_code, client.head(link).status_code) == (200, 200)
        assert membership.unsubscribed_at is None

    def test_one_click_works_without_cookie_token_or_redirect(self, client, app):
        membership, link = self._link()
        response = client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert membership.unsubscribed_at is not None

    def test_only_this_network_is_left(self, client, app):
        membership, link = self._link()
        other = factories.network()
        from app.network import memberships

        kept = memberships.join_network(membership.person_id, other.id)
        client.post(link)
        assert (membership.unsubscribed_at is None, kept.unsubscribed_at) == (False, None)

    def test_undo_needs_the_page(self, client, app):
        membership, link = self._link()
        client.post(link)
        assert client.post(link, data={"undo": "1"}).status_code == 400
        assert membership.unsubscribed_at is not None
        post(client, link, undo="1")
        assert membership.unsubscribed_at is None

    def test_forged_links_open_nothing(self, client, app):
        _, link = self._link()
        assert client.post(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 404
