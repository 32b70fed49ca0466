"""Organisers' pages of organisations, roles and themes; people over time as the page shows them."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.accounts.models import NetworkRole
from app.database import db
from app.network import network_queries
from app.network.organisations import organisations
from app.network.organisations.models import ContactPerson, Organisation, OrganisationKind
from app.network.people import job_positions
from app.network.people.models import Person, Position
from app.network.vocabulary.models import Role
from tests import factories
from tests.helpers import post, sign_in

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    return network


def _organisation(name: str = "Adviesbureau", **values) -> Organisation:
    made = Organisation(name=f"Test {name}", kind=OrganisationKind.COMPANY, **values)
    db.session.add(made)
    db.session.flush()
    return made


class TestThePageOfOne:
    def test_people_now_and_before_attendance_and_promises(self, client, network):
        organisation = _organisation()
        now, before = factories.person("Nu Daar", of=network), factories.person("Was Daar", of=network)
        job_positions.add_or_change_position(now, organisation, db.session.get(Role, "strateeg"))
        job_positions.add_or_change_position(before, organisation).ends_on = date(2025, 1, 1)
        stranger = factories.person("Vreemd Persoon", of=factories.network())
        job_positions.add_or_change_position(stranger, organisation)
        db.session.flush()
        held = factories.held(network)
        factories.attendance(held, now)
        factories.commitment(held, what="Een lijst maken", organisation=organisation)
        factories.commitment(
            factories.held(network, confidential=True), what="Geheime afspraak", organisation=organisation
        )

        page = client.get(f"/organise/organisations/{organisation.id}").text

        for text in ("Nu Daar", "Strateeg", "1 persoon werkte er eerder", "Was Daar", "Een lijst maken", network.name):
            assert text in page, text
        for text in ("Vreemd Persoon", "Geheime afspraak"):
            assert text not in page

    def test_it_takes_a_fixed_number_of_queries(self, client, network, queries):
        organisation, counts = _organisation(), []
        for size in (2, 20):
            for person in factories.crowd(size, of=network):
                job_positions.add_or_change_position(person, organisation)
            db.session.commit()
            with queries() as seen:
                client.get(f"/organise/organisations/{organisation.id}")
            counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_changing_it(self, client, network):
        organisation, whole = _organisation(), _organisation("Geheel")
        values = {
            "name": "Test Anders",
            "kind": "vereniging",
            "region": "Noord",
            "size_class": "",
            "parent": str(whole.id),
        }
        post(client, f"/organise/organisations/{organisation.id}/edit", **values, domains="@Een.example\ntwee.example")
        db.session.expire_all()
        assert (organisation.name, organisation.kind, organisation.parent.name) == (
            "Test Anders",
            "vereniging",
            "Test Geheel",
        )
        assert [each.domain for each in organisation.domains] == ["een.example", "twee.example"]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"name": "Oosterhout"}, "Deze organisatie is er al."),
            ({"domains": "geen domein"}, "‘geen domein’ is geen maildomein."),
            ({"name": ""}, "Vul dit in."),
        ],
    )
    def test_bad_input(self, client, network, values, words):
        organisation = _organisation()
        good = {
            "name": organisation.name,
            "kind": "bedrijf",
            "region": "",
            "size_class": "",
            "parent": "",
            "domains": "",
        }
        answer = post(client, f"/organise/organisations/{organisation.id}/edit", **good | values)
        assert (answer.status_code, words in answer.text) == (422, True)

    def test_a_part_of_itself(self, client, network):
        whole = _organisation("Geheel")
        part = _organisation("Deel", parent=whole)
        values = {
            "name": whole.name,
            "kind": "bedrijf",
            "region": "",
            "size_class": "",
            "parent": str(part.id),
            "domains": "",
        }
        answer = post(client, f"/organise/organisations/{whole.id}/edit", **values)
        assert "Test Deel is zelf een onderdeel van deze organisatie." in answer.text

    def test_a_domain_is_proposed_when_two_people_mail_from_it(self, client, network):
        organisation = _organisation()
        for number, domain in enumerate(["bureau.example", "bureau.example", "gmail.com", "gmail.com", "los.example"]):
            job_positions.add_or_change_position(
                factories.person(f"Mens {number}", of=network, address=f"m{number}@{domain}"), organisation
            )
        page = f"/organise/organisations/{organisation.id}"
        text = client.get(page).text
        assert ("bureau.example" in text, "gmail.com" in text, "los.example" in text) == (True, False, False)
        post(client, f"{page}/domains", page=page, domain="bureau.example")
        post(client, f"{page}/domains", page=page, domain="gmail.com")
        assert organisations.organisation_of_domain("bureau.example").id == organisation.id
        assert organisations.organisation_of_domain("gmail.com") is None

    def test_contact_persons_come_and_go(self, client, network):
        organisation, person = _organisation(), factories.person("Loes", of=network)
        stranger = factories.person("Vreemd", of=factories.network())
        page = f"/organise/organisations/{organisation.id}"
        refused = post(client, f"{page}/contacts", page=page, address=stranger.email, theme="")
        assert (refused.status_code, "Niemand in je netwerken heeft dit adres." in refused.text) == (422, True)
        for _ in range(2):
            post(client, f"{page}/contacts", page=page, address=person.email, theme="")
        contact = db.session.scalars(sa.select(ContactPerson)).one()
        post(client, f"{page}/contacts/{contact.id}/remove", page=page)
        assert db.session.scalar(sa.select(sa.func.count(ContactPerson.id))) == 0
        post(client, "/organise/undo", page=page)
        assert db.session.scalars(sa.select(ContactPerson.person_id)).one() == person.id

    def test_going_up_in_another_and_back(self, client, network):
        old, new = _organisation("Oud"), _organisation("Nieuw")
        person = factories.person("Anna", of=network)
        job_positions.add_or_change_position(person, old)
        page = f"/organise/organisations/{old.id}"
        circle = post(client, f"{page}/succession", page=page, successor=str(old.id), day="2026-01-01")
        assert (circle.status_code, "Een organisatie kan niet in zichzelf opgaan." in circle.text) == (422, True)
        answer = post(client, f"{page}/succession", page=page, successor=str(new.id), day="2026-01-01")
        assert "Anna" in client.get(answer.location).text
        assert "Bestond tot en met wo 31 december 2025." in client.get(page).text
        post(client, "/organise/undo", page=page)
        db.session.expire_all()
        assert (old.successor_id, [each.organisation_id for each in person.positions]) == (None, [old.id])

    def test_readers_look_and_change_nothing(self, client, app):
        network = factories.network()
        organisation = _organisation()
        sign_in(client, factories.account(network, NetworkRole.READER))
        page = client.get(f"/organise/organisations/{organisation.id}").text
        assert ("Contactpersonen" in page, "Voeg een contactpersoon toe" in page) == (True, False)


class TestPeopleOverTime:
    def test_an_alderman_moves_and_keeps_the_history(self, client, network):
        person = factories.person("Anna", at="Maashorst", role="bestuurder", of=network)
        there = factories.attendance(factories.held(network, title="Vorige keer"), person)
        page = f"/organise/networks/netwerk/people/{person.id}"
        values = {"name": "Anna", "address": person.email, "language": "nl", "role": "bestuurder", "title": "wethouder"}
        values |= {"organisation": str(factories.organisation("Oss").id), "starts_on": "2026-06-01", "instead": "y"}
        post(client, f"{page}/edit", **values)
        text = client.get(page).text
        assert "tot en met zo 31 mei 2026" in text
        assert "namens Maashorst" in text
        db.session.expire_all()
        assert (job_positions.current_position(person).organisation.name, there.organisation.name) == (
            "Oss",
            "Maashorst",
        )

    def test_several_addresses_of_which_one_is_preferred(self, client, network):
        person, other = (
            factories.person("Anna", of=network, address="een@x.example"),
            factories.person("Bram", address="bram@x.example"),
        )
        page = f"/organise/networks/netwerk/people/{person.id}"
        for address in ("twee@x.example", "geen adres", other.email):
            post(client, f"{page}/addresses", page=page, address=address)
        db.session.expire_all()
        assert [(each.key, each.preferred) for each in person.addresses] == [
            ("een@x.example", True),
            ("twee@x.example", False),
        ]
        second = person.addresses[1]
        post(client, f"{page}/addresses/{second.id}/prefer", page=page)
        db.session.expire_all()
        assert person.email == "twee@x.example"
        post(client, f"{page}/addresses/{second.id}/remove", page=page)
        db.session.expire_all()
        assert (person.email, len(person.addresses)) == ("een@x.example", 1)
        post(client, "/organise/undo", page=page)
        db.session.expire_all()
        assert person.email == "twee@x.example"

    def test_a_position_is_removed_and_put_back(self, client, network):
        person = factories.person("Anna", at="Oss", role="griffier", of=network)
        page = f"/organise/networks/netwerk/people/{person.id}"
        post(client, f"{page}/positions/{person.positions[0].id}/remove", page=page)
        assert db.session.scalar(sa.select(sa.func.count(Position.id))) == 0
        post(client, "/organise/undo", page=page)
        assert db.session.scalars(sa.select(Position.role_code)).one() == "griffier"

    def test_the_organisation_follows_from_the_address(self, client, network):
        organisations.set_domains(factories.organisation("Oss"), ["oss.example"])
        values = {"name": "Jan", "address": "jan@oss.example", "language": "nl", "organisation": "", "role": ""}
        answer = post(client, "/organise/networks/netwerk/people/new", **values)
        assert "Jan is toegevoegd, bij Oss: dat zegt het mailadres." in client.get(answer.location).text

    def test_somebody_of_that_name_is_shown_before_adding(self, client, network):
        factories.person("Sanne de Vries", at="Oss", of=network, address="geheim@x.example")
        values = {"name": "Sanne de Vries", "address": "s@oss.example", "language": "nl", "role": ""}
        values["organisation"] = str(factories.organisation("Oss").id)
        page = "/organise/networks/netwerk/people/new"
        asked = post(client, page, **values)
        assert ("Staat deze persoon er al in?" in asked.text, "geheim@x.example" in asked.text) == (True, False)
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 1
        assert post(client, page, **values, new="1").status_code == 303
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 2

    def test_one_page_leads_to_whoever_it_is(self, client, network):
        mine, theirs = factories.person("Mijn", of=network), factories.person("Ander", of=factories.network())
        assert client.get(f"/organise/people/{mine.id}").location == f"/organise/networks/netwerk/people/{mine.id}"
        assert client.get(f"/organise/people/{theirs.id}").status_code == 404


class TestVocabulary:
    def test_roles_are_added_renamed_moved_and_removed(self, client, app):
        sign_in(client, factories.account(admin=True))
        page = "/organise/words/roles"
        post(client, page, name_nl="Wijkregisseur", name_en="District director")
        again = post(client, page, name_nl="wijkregisseur", name_en="x")
        assert (again.status_code, "Deze naam staat al in de lijst." in again.text) == (422, True)
        row = next(row for row in network_queries.list_roles() if row.name_nl == "Wijkregisseur")
        post(client, f"{page}/{row.code}", name_nl="Wijkmanager", name_en="District manager")
        names = [each.name_nl for each in network_queries.list_roles()]
        if place := names.index("Wijkmanager"):
            post(client, f"{page}/{row.code}/up", page=page)
            assert [each.name_nl for each in network_queries.list_roles()].index("Wijkmanager") == place - 1
        post(client, f"{page}/{row.code}/remove", page=page)
        assert "Wijkmanager" not in [each.name_nl for each in network_queries.list_roles()]
        post(client, "/organise/undo", page=page)
        assert "Wijkmanager" in [each.name_nl for each in network_queries.list_roles()]
        db.session.execute(sa.delete(Role).where(Role.name_nl == "Wijkmanager"))
        db.session.commit()

    def test_a_word_in_use_stays(self, client, app):
        factories.person("Anna", at="Oss", role="griffier")
        sign_in(client, factories.account(admin=True))
        page = "/organise/words/roles/griffier"
        post(client, f"{page}/remove", page=page)
        assert "‘Griffier’ is in gebruik en blijft daarom staan." in client.get(page).text
