"""Joining from the public page, and what somebody sees and corrects of themselves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.network import joining, memberships
from app.network.models import JoinRequest, Membership, Standing
from app.network.organisations import organisations
from app.network.people import job_positions, mail_addresses, network_notes, own_data
from app.network.people.models import AddressClaim, DigestFrequency, Person
from app.outbox.models import Message
from app.themes import themes
from tests import factories
from tests.helpers import csrf, links_in, mails, parsed, post, sign_in, sign_in_person, work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Praktijknetwerk")


def _link(kind: str) -> str:
    mail = parsed(mails(Message.kind == kind)[-1].body)
    return next(link for link in links_in(mail) if link.startswith(("/join/", "/address/")))


class TestJoining:
    def _ask(self, client, name: str = "Nieuw Lid", address: str = "nieuw@oss.example"):
        answer = post(client, "/networks/netwerk/join", name=name, address=address)
        work()
        return answer

    def test_a_button_in_a_mail_makes_a_member(self, client, network):
        organisations.set_domains(factories.organisation("Oss"), ["oss.example"])
        assert "/networks/netwerk/join" in client.get("/networks/netwerk").text
        assert "nieuw@oss.example" in self._ask(client).text
        link = _link("join")
        page = client.get(link).text
        assert f'value="{factories.organisation("Oss").id}" selected' in page
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0

        answer = post(client, link, organisation=str(factories.organisation("Oss").id))

        assert "Je bent lid van Praktijknetwerk." in client.get(answer.location).text
        person = db.session.scalars(sa.select(Person)).one()
        assert (person.name, person.email, person.positions[0].organisation.name) == (
            "Nieuw Lid",
            "nieuw@oss.example",
            "Oss",
        )
        assert person.memberships[0].standing == Standing.MEMBER
        assert post(client, link, organisation="").status_code == 303
        assert db.session.scalar(sa.select(sa.func.count(Membership.id))) == 1

    def test_known_and_unknown_addresses_get_the_same_answer(self, client, network):
        factories.person("Bekend", of=network, address="bekend@oss.example")
        pages = [
            self._ask(client, address=f"{name}@oss.example").text.replace(name, "x") for name in ("bekend", "vreemd")
        ]
        assert pages[0] == pages[1]

    def test_known_and_unknown_addresses_take_the_same_statements(self, client, network, queries):
        factories.person("Bekend", of=network, address="bekend@oss.example")
        page, sent = "/networks/netwerk/join", []
        for name in ("bekend", "vreemd"):
            token = csrf(client, page)
            with queries() as seen:
                client.post(page, data={"csrf_token": token, "name": "Iemand", "address": f"{name}@oss.example"})
            sent.append([statement.split("VALUES")[0] for statement in seen])
        assert sent[0] == sent[1] != []

    def test_who_left_or_stopped_comes_back_by_asking(self, client, network):
        person = factories.person("Terug", of=network, address="terug@oss.example")
        membership = db.session.scalars(sa.select(Membership)).one()
        memberships.unsubscribe_member(membership)
        memberships.leave_network(membership)
        mail_addresses.note_bounced_address(person.email, "550 5.1.1")
        self._ask(client, "Iemand Anders", "terug@oss.example")
        post(client, _link("join"), organisation="")
        assert (membership.standing, membership.unsubscribed_at, person.addresses[0].bounced_at) == (
            Standing.MEMBER,
            None,
            None,
        )
        assert person.name == "Terug"

    def test_links_end_after_a_week_and_requests_go(self, client, network):
        self._ask(client)
        link = _link("join")
        db.session.scalars(sa.select(JoinRequest)).one().created_at = clock.now() - timedelta(days=8)
        assert client.get(link).status_code == post(client, link, page="/networks/netwerk/join").status_code == 404
        assert joining.forget_old_join_requests() == 1

    def test_nobody_is_flooded(self, client, network):
        for _ in range(6):
            self._ask(client)
        assert len(mails(Message.kind == "join")) == 3

    @pytest.mark.parametrize("values", [{"name": "", "address": "a@b.example"}, {"name": "x", "address": "geen"}])
    def test_bad_input_is_answered_at_its_field(self, client, network, values):
        assert post(client, "/networks/netwerk/join", **values).status_code == 422
        assert db.session.scalar(sa.select(sa.func.count(JoinRequest.id))) == 0


class TestOwnData:
    @pytest.fixture
    def person(self, network):
        person = factories.person(
            "Sanne de Vries", at="Maashorst", role="ambtenaar", of=network, address="sanne@oud.example"
        )
        network_notes.write_note(person, network, "Belt liever")
        return person

    @pytest.fixture(autouse=True)
    def proven(self, client, person):
        sign_in_person(client, person)

    def _page(self, person) -> str:
        db.session.flush()
        return "/me/data"

    def test_all_that_is_known_is_shown(self, client, person):
        page = client.get(self._page(person)).text
        for text in ("Sanne de Vries", "sanne@oud.example", "Maashorst", "Belt liever"):
            assert text in page

    def test_name_and_interests_are_corrected(self, client, person):
        theme = themes.list_themes()[0] if themes.list_themes() else None
        answer = post(
            client,
            f"{self._page(person)}/name",
            page=self._page(person),
            name="Sanne Vries",
            call_name="",
            **({"themes": str(theme.id)} if theme else {}),
        )
        assert answer.location == "/me/data"
        db.session.expire_all()
        assert (person.name, person.call_name) == ("Sanne Vries", "Sanne")
        assert [each.id for each in person.themes] == ([theme.id] if theme else [])

    def test_a_new_address_holds_once_it_is_confirmed(self, client, person):
        post(client, f"{self._page(person)}/address", page=self._page(person), address="sanne@nieuw.example")
        work()
        assert person.email == "sanne@oud.example"
        link = _link("own_address")
        assert "sanne@nieuw.example" in client.get(link).text
        post(client, link)
        db.session.expire_all()
        assert (person.email, len(person.addresses)) == ("sanne@nieuw.example", 2)

    def test_somebody_elses_address_is_not_taken(self, client, person):
        other = factories.person("Ander", address="ander@x.example")
        post(client, f"{self._page(person)}/address", page=self._page(person), address="ander@x.example")
        work()
        answer = post(client, _link("own_address"))
        assert (answer.status_code, "Dit adres hoort al bij iemand anders." in answer.text) == (409, True)
        db.session.expire_all()
        assert (person.email, other.email) == ("sanne@oud.example", "ander@x.example")

    def test_nobody_is_flooded(self, person):
        for number in range(8):
            own_data.claim_address(person, f"slachtoffer{number}@x.example")
        assert len(mails(Message.kind == "own_address")) == 5

    def test_claims_end_after_two_days(self, client, person):
        post(client, f"{self._page(person)}/address", page=self._page(person), address="sanne@nieuw.example")
        work()
        db.session.scalars(sa.select(AddressClaim)).one().created_at -= timedelta(days=3)
        assert client.get(_link("own_address")).status_code == 404

    def test_moving_to_another_organisation_keeps_the_history(self, client, person):
        values = {
            "organisation": str(factories.organisation("Oss").id),
            "role": "griffier",
            "title": "",
            "instead": "y",
        }
        post(client, f"{self._page(person)}/position", page=self._page(person), **values)
        db.session.expire_all()
        assert [
            (each.organisation.name, each.role_code, job_positions.is_held_on(each)) for each in person.positions
        ] == [
            ("Maashorst", "ambtenaar", False),
            ("Oss", "griffier", True),
        ]

    def test_the_copy_has_what_is_stored_and_of_nobody_else(self, client, network, person):
        factories.registration(factories.event(network, title="Sessie"), person)
        stranger = factories.person("Vreemd", of=network, address="vreemd@x.example")
        factories.registration(factories.event(network), stranger)
        work()
        copy = client.get(f"{self._page(person)}.json").json
        assert {
            "people",
            "email_addresses",
            "positions",
            "memberships",
            "invitations",
            "registrations",
            "messages",
        } <= set(copy)
        assert [each["text"] for each in copy["network_notes"]] == ["Belt liever"]
        assert {each["person_id"] for each in copy["invitations"]} == {person.id}
        assert "vreemd" not in str(copy).lower()

    def test_leaving_everything_and_coming_back(self, client, network, person):
        memberships.join_network(person.id, factories.network().id)
        answer = post(client, "/me/leave")
        db.session.expire_all()
        assert {each.standing for each in person.memberships} == {Standing.LEFT}
        assert person.digest == DigestFrequency.NEVER
        assert "Je bent uit alle netwerken." in client.get(answer.location).text

        post(client, "/me/come-back", page="/me/mail")

        db.session.expire_all()
        assert {(each.standing, each.unsubscribed_at) for each in person.memberships} == {(Standing.MEMBER, None)}
        assert person.digest == DigestFrequency.WEEKLY

    def test_wrong_links_and_others_rows_open_nothing(self, client, person):
        other = factories.person("Ander", at="Oss")
        page = self._page(person)
        assert client.get("/preferences/abc/data").status_code == 404
        for act in (f"addresses/{other.addresses[0].id}/prefer", f"positions/{other.positions[0].id}/end"):
            assert post(client, f"{page}/{act}", page=page).status_code == 404


def test_bounced_addresses_are_seen_and_cleared(client, network):
    person = factories.person("Jan", of=network)
    mail_addresses.note_bounced_address(person.email, "550 5.1.1 no such user")
    sign_in(client, factories.account(network))
    page = f"/organise/networks/netwerk/people/{person.id}"
    assert "550 5.1.1 no such user" in client.get(page).text
    post(client, f"{page}/addresses/{person.addresses[0].id}/works", page=page)
    assert "550 5.1.1" not in client.get(page).text
