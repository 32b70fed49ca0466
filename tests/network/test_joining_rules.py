"""Who may join a network: at once, after a yes, by where they work, or only when an organiser invites them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock, jobs
from app.database import db
from app.invitations.models import Invitation
from app.network import join_answers, joining, network_queries
from app.network.models import Joining, JoinRequest, Membership, Standing
from app.network.organisations import organisations
from app.network.people import own_data, people
from app.network.people.models import Person
from app.outbox.models import Message
from tests import factories
from tests.helpers import links_in, mails, parsed, post, sign_in, text_of, work

pytestmark = pytest.mark.usefixtures("app")
REQUESTS = "/organise/networks/netwerk/requests"


def _network(rule: Joining, **values):
    return factories.network(slug="netwerk", name="Praktijknetwerk", joining=rule, **values)


def _ask(client, address: str = "nieuw@oss.example", name: str = "Nieuw Lid"):
    answer = post(client, "/networks/netwerk/join", name=name, address=address)
    work()
    return answer


def _link() -> str:
    mail = parsed(mails(Message.kind == "join")[-1].body)
    return next(link for link in links_in(mail) if link.startswith("/join/"))


def _wait(client, address: str = "nieuw@oss.example"):
    """Ask, and confirm by the mail."""
    _ask(client, address)
    return post(client, _link(), organisation=str(factories.organisation("Oss").id))


def _later(minutes: int = 6) -> None:
    """Let the answers that were given be some minutes old, and the clockwork run."""
    for request in db.session.scalars(sa.select(JoinRequest).where(JoinRequest.answered_at.is_not(None))):
        request.answered_at -= timedelta(minutes=minutes)
    db.session.commit()
    jobs.do_jobs(["join_answers", *jobs.MAILING])
    db.session.expire_all()


def _count(model) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(model)).one()


class TestAfterAYes:
    @pytest.fixture
    def network(self, app):
        return _network(Joining.APPROVAL)

    @pytest.fixture
    def organiser(self, client, network):
        """Signs an organiser in; returns what answers the only request."""

        def answer(verdict: str):
            sign_in(client, factories.account(network))
            number = db.session.scalars(sa.select(JoinRequest.id)).one()
            return post(client, f"{REQUESTS}/{number}/{verdict}", page=REQUESTS)

        return answer

    def test_who_waits_is_nowhere(self, client, network):
        event = factories.event(network, confidential=True)
        member = factories.person("Lid", of=network)
        wave = factories.wave(event, to=factories.audience(network))
        assert "Je vraag is binnen" in _wait(client).text

        work()

        asked = db.session.scalars(sa.select(Invitation.person_id).where(Invitation.event_id == event.id))
        assert (list(asked), wave.state) == ([member.id], "done")
        assert network_queries.count_network_figures(network).members == 1
        assert _count(Person) == 1

    def test_a_second_press_shows_the_same_and_asks_nothing_new(self, client, network):
        _wait(client)
        since = db.session.scalars(sa.select(JoinRequest)).one().confirmed_at
        assert "Je vraag is binnen" in client.get(_link()).text
        assert "Je vraag is binnen" in post(client, _link(), page="/networks/netwerk/join").text
        assert db.session.scalars(sa.select(JoinRequest)).one().confirmed_at == since

    def test_asking_twice_waits_once(self, client, network):
        _wait(client)
        _wait(client)
        assert join_answers.count_waiting(network.id) == 1

    def test_an_organiser_sees_who_asks_and_says_yes(self, client, network, organiser):
        _wait(client)
        sign_in(client, factories.account(network))
        home, page = client.get("/organise/networks/netwerk").text, client.get(REQUESTS).text
        assert REQUESTS in home
        assert "Nieuw Lid" in page
        assert "nieuw@oss.example" in page
        assert "Oss" in page

        answer = organiser("yes")

        assert "Nieuw Lid is lid." in client.get(answer.location).text
        person = db.session.scalars(sa.select(Person)).one()
        assert (person.memberships[0].standing, person.positions[0].organisation.name) == (Standing.MEMBER, "Oss")
        work()
        assert mails(Message.kind == "join_granted") == []
        _later()
        letter = parsed(mails(Message.kind == "join_granted")[-1].body)
        assert letter["To"].endswith("<nieuw@oss.example>") or letter["To"] == "nieuw@oss.example"
        link = next(link for link in links_in(letter) if link.startswith("/preferences/"))
        assert "Ben jij dit?" in client.get(link).text
        assert f"/members/{person.memberships[0].network.slug}" in links_in(letter)
        _later()
        assert len(mails(Message.kind == "join_granted")) == 1

    def test_a_no_is_told_in_a_friendly_way_and_makes_nobody(self, client, network, organiser):
        _wait(client)
        organiser("no")
        _later()
        assert "niet als lid opnemen" in " ".join(
            text_of(parsed(mails(Message.kind == "join_refused")[-1].body)).split()
        )
        assert _count(Person) == 0
        assert "Je vraag is beantwoord" in post(client, _link(), page="/networks/netwerk/join").text
        assert _count(Person) == 0

    @pytest.mark.parametrize("verdict", ["yes", "no"])
    def test_an_answer_is_taken_back_before_anybody_reads_it(self, client, network, organiser, verdict):
        _wait(client)
        organiser(verdict)

        post(client, "/organise/undo", page=REQUESTS)

        db.session.expire_all()
        assert join_answers.count_waiting(network.id) == 1
        assert (_count(Person), _count(Membership)) == (0, 0)
        _later()
        assert mails(Message.kind.in_(["join_granted", "join_refused"])) == []

    def test_taking_back_a_yes_keeps_whoever_was_mailed_since(self, client, network, organiser):
        _wait(client)
        organiser("yes")
        person = db.session.scalars(sa.select(Person)).one()
        factories.invitation(factories.event(network), person)
        post(client, "/organise/undo", page=REQUESTS)
        db.session.expire_all()
        assert (_count(Invitation), person.memberships[0].standing) == (1, Standing.LEFT)

    def test_a_member_is_asked_for_no_yes_in_the_mail_either(self, client, network):
        factories.person("Lid", of=network, address="nieuw@oss.example")
        _ask(client)
        assert "Ja, ik vraag dit" not in text_of(parsed(mails(Message.kind == "join")[-1].body))

    def test_five_mails_a_day_however_the_address_is_capitalised(self, client, network):
        for number in range(joining.MOST_A_DAY + 2):
            address = "nieuw"[:number].upper() + "nieuw"[number:]
            _ask(client, f"{address}@oss.example")
        assert len(mails(Message.kind == "join")) == joining.MOST_A_DAY

    def test_taking_back_a_yes_leaves_a_known_guest_a_guest(self, client, network, organiser):
        guest = factories.person("Gast", of=network, address="nieuw@oss.example")
        guest.memberships[0].standing = Standing.GUEST
        _wait(client)
        organiser("yes")
        assert guest.memberships[0].standing == Standing.MEMBER
        post(client, "/organise/undo", page=REQUESTS)
        db.session.expire_all()
        assert guest.memberships[0].standing == Standing.GUEST

    def test_a_colleague_was_earlier(self, client, network, organiser):
        _wait(client)
        organiser("yes")
        answer = organiser("no")
        assert "een collega gaf al antwoord" in client.get(answer.location).text
        assert db.session.scalars(sa.select(Membership)).one().standing == Standing.MEMBER

    def test_another_network_answers_nothing(self, client, network):
        _wait(client)
        sign_in(client, factories.account(factories.network(slug="ander")))
        number = db.session.scalars(sa.select(JoinRequest.id)).one()
        page = "/organise/networks/ander/requests"
        assert post(client, f"{page}/{number}/yes", page=page).status_code == 404
        assert _count(Membership) == 0

    def test_the_team_reads_whom_they_know_already_and_nobody_of_elsewhere(self, client, network):
        factories.person("Nieuw Lid", at="Oss", of=network, address="ander@oss.example")
        factories.person("Nieuw Lid", at="Oss", of=factories.network(), address="elders@oss.example")
        elsewhere = factories.person("Iemand Elders", of=factories.network(), address="elders@x.example")
        _wait(client)
        _wait(client, elsewhere.email)
        sign_in(client, factories.account(network))
        page = client.get(REQUESTS).text
        assert (page.count("Ook bekend als"), page.count("(Oss)"), "Iemand Elders" in page) == (1, 1, False)

    def test_a_member_needs_no_yes_for_mail_again(self, client, network):
        member = factories.person("Lid", of=network, address="nieuw@oss.example")
        member.memberships[0].unsubscribed_at = clock.now()
        assert _wait(client).status_code == 200
        db.session.expire_all()
        assert member.memberships[0].unsubscribed_at is None

    def test_the_team_hears_once_a_day_as_long_as_somebody_waits(self, client, network, organiser):
        def told() -> int:
            jobs.do_jobs(["join_reminders"])
            return len(mails(Message.kind == "join_waiting"))

        assert told() == 0
        _wait(client)
        assert (told(), told()) == (1, 1)
        letter = mails(Message.kind == "join_waiting")[0]
        assert letter.recipient == "team@netwerk.example"
        assert "1 aanvraag" in text_of(parsed(letter.body))
        assert "nieuw@oss.example" not in text_of(parsed(letter.body))
        letter.created_at -= timedelta(days=1, minutes=1)
        assert told() == 2
        organiser("no")
        for each in mails(Message.kind == "join_waiting"):
            each.created_at -= timedelta(days=2)
        assert told() == 2

    def test_a_request_lapses_after_thirty_days(self, client, network):
        _wait(client)
        request = db.session.scalars(sa.select(JoinRequest)).one()
        request.created_at -= timedelta(days=29)
        assert join_answers.count_waiting(network.id) == 1
        request.created_at -= timedelta(days=2)
        assert join_answers.count_waiting(network.id) == 0


class TestForNamedOnes:
    @pytest.fixture
    def network(self, app):
        organisations.set_domains(factories.organisation("Oss"), ["oss.example", "gmail.com"])
        network = _network(Joining.NAMED, joining_domains=["maashorst.example"])
        network.joining_organisations = [factories.organisation("Oss")]
        db.session.flush()
        return network

    @pytest.mark.parametrize(
        "address", ["a@oss.example", "a@zorg.oss.example", "a@maashorst.example", "a@Zorg.Maashorst.Example"]
    )
    def test_who_works_there_is_a_member_at_once(self, client, network, address):
        _ask(client, address)
        assert post(client, _link(), organisation="").status_code == 200
        assert db.session.scalars(sa.select(Membership)).one().standing == Standing.MEMBER

    @pytest.mark.parametrize(
        "address", ["a@boss.example", "a@oss.example.evil.example", "a@gmail.com", "a@example", "oss.example@x.example"]
    )
    def test_others_are_told_at_the_field(self, client, network, address):
        answer = _ask(client, address)
        assert answer.status_code == 422
        assert _count(JoinRequest) == 0

    def test_saying_that_one_works_there_proves_nothing(self, client, network):
        network.joining = Joining.OPEN
        _ask(client, "a@elders.example")
        network.joining = Joining.NAMED
        answer = post(
            client, _link(), page="/networks/netwerk/join", organisation=str(factories.organisation("Oss").id)
        )
        assert "Je kunt nu geen lid worden" in answer.text
        assert _count(Membership) == 0


def test_what_somebody_asked_is_in_their_copy_and_goes_when_they_are_erased(client):
    network = _network(Joining.APPROVAL)
    person = factories.person("Bekend", address="Nieuw@Oss.example")
    _wait(client)
    assert own_data.copy_own_data(person)["join_requests"][0]["network_id"] == network.id
    people.erase_person(person)
    assert _count(JoinRequest) == 0
    kept = list(db.session.scalars(sa.select(Message.recipient).where(Message.kind == "join")))
    assert (kept, mails(Message.kind == "join")[0].finished) == ([""], None)


def test_an_invitation_is_the_only_way_in(client):
    network = _network(Joining.INVITED)
    assert "alleen op uitnodiging" in client.get("/networks/netwerk/join").text
    assert post(client, "/networks/netwerk/join", page="/sign-in", name="X", address="x@oss.example").status_code == 422
    sign_in(client, factories.account(network))
    page = "/organise/networks/netwerk/people/new"
    post(client, page, name="Genodigd", address="genodigd@oss.example", language="nl", organisation="", role="")
    assert db.session.scalars(sa.select(Membership)).one().standing == Standing.MEMBER


class TestSettings:
    @pytest.fixture
    def save(self, client):
        network = _network(Joining.OPEN)
        sign_in(client, factories.account(network))
        page = "/organise/networks/netwerk/settings"

        def save(**values):
            plain = {"name": "Praktijknetwerk", "letters": "P", "colour": "green", "contact_name": "het team"}
            plain |= {"contact_address": "team@netwerk.example", "listed": "y"}
            return post(client, page, **plain | values)

        return save

    def test_what_was_chosen_is_kept(self, client, save):
        organisations.set_domains(factories.organisation("Oss"), ["oss.example"])
        number = str(factories.organisation("Oss").id)
        save(joining="named", named_domains="@Maashorst.Example\r\n\r\nmaashorst.example", named_organisations=number)
        db.session.expire_all()
        network = network_queries.find_network("netwerk")
        assert network.joining_domains == ["maashorst.example"]
        assert [each.name for each in network.joining_organisations] == ["Oss"]
        page = client.get("/organise/networks/netwerk/settings").text
        assert "maashorst.example</textarea>" in page
        assert f'name="named_organisations" value="{number}" checked' in page
        assert 'value="named" checked' in page

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"named_domains": "gmail.com"}, "kan iedereen een adres krijgen"),
            ({"named_domains": "nl"}, "is geen maildomein"),
            ({}, "Kies een organisatie, of vul een maildomein in."),
        ],
    )
    def test_what_says_nothing_is_refused_at_its_field(self, save, values, words):
        answer = save(joining="named", **values)
        assert (answer.status_code, words in answer.text) == (422, True)
        assert network_queries.find_network("netwerk").joining == Joining.OPEN

    def test_a_new_network_asks_for_a_yes(self, client):
        sign_in(client, factories.account(admin=True))
        page = client.get("/organise/networks/new").text
        assert 'value="approval" checked' in page
        assert 'name="listed" value="y" checked' in page
