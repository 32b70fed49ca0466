"""Seats by organisation: quotas, seats that are kept free, and contact persons who name who comes."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.events import capacity
from app.events.models import Mode
from app.invitations.models import Answer, Invitation
from app.network.organisations.models import ContactPerson
from app.network.people import job_positions, mailboxes
from app.registration import allotments, answers, seats, waiting_list
from app.registration.allotments import NamingRefused
from app.registration.models import Registration, RegistrationState
from tests import factories
from tests.helpers import links_in, mail_to, post, sign_in, text_of, work

pytestmark = pytest.mark.usefixtures("app")
CONFIRMED, WAITING = RegistrationState.CONFIRMED, RegistrationState.WAITING


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


def _state(registration) -> RegistrationState:
    return db.session.get(Registration, registration.id, populate_existing=True).state


def _from(place: str, event, number: int = 1, **values) -> list[Registration]:
    return [factories.registration(event, factories.person(f"{place} {n}", at=place), **values) for n in range(number)]


class TestQuota:
    def test_at_its_quota_further_people_of_an_organisation_wait(self, network):
        event = factories.event(network, seats_on_site=10, seats_per_organisation=2)
        oss, best = _from("Oss", event, 3), _from("Best", event, 1)
        assert [each.state for each in (*oss, *best)] == [CONFIRMED, CONFIRMED, WAITING, CONFIRMED]

    def test_a_colleague_takes_the_place_of_who_cancels(self, network):
        event = factories.event(network, seats_per_organisation=1)
        first, second = _from("Oss", event, 2)
        answers.decline_invitation(first.invitation)
        assert _state(second) == CONFIRMED

    def test_a_free_seat_passes_over_who_may_not_have_it(self, network):
        event = factories.event(network, seats_on_site=2, seats_per_organisation=1)
        oss, best = _from("Oss", event, 2), _from("Best", event, 1)
        deurne = _from("Deurne", event, 1)
        assert [each.state for each in (*oss, *best, *deurne)] == [CONFIRMED, WAITING, CONFIRMED, WAITING]
        answers.decline_invitation(best[0].invitation)
        assert (_state(oss[1]), _state(deurne[0])) == (WAITING, CONFIRMED)

    def test_more_seats_per_organisation_let_colleagues_in(self, network):
        from app.events import planning
        from app.events.planning import EventDetails

        event = factories.event(network, seats_per_organisation=1)
        registrations = _from("Oss", event, 3)
        values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__} | {
            "seats_per_organisation": 2
        }
        planning.change_event(event, EventDetails(**values))
        assert [_state(each) for each in registrations] == [CONFIRMED, CONFIRMED, WAITING]

    def test_people_without_an_organisation_have_no_quota_until_they_say_where_they_work(self, network):
        event = factories.event(network, seats_per_organisation=1)
        _from("Oss", event)
        loose = factories.registration(event, factories.person("Los"))
        assert loose.state == CONFIRMED
        answers.note_workplace(loose.invitation, factories.organisation("Oss"))
        assert _state(loose) == WAITING

    def test_who_waits_keeps_the_place_in_line_when_saying_where_they_work(self, network):
        event = factories.event(network, seats_on_site=1, seats_per_organisation=1)
        _from("Oss", event)
        first, second = (factories.registration(event, factories.person(name)) for name in ("Eerst", "Later"))
        answers.note_workplace(first.invitation, factories.organisation("Oss"))
        assert [waiting_list.place_in_line(each) for each in (first, second)] == [1, 2]

    def test_changing_to_online_takes_no_second_seat(self, network):
        event = factories.hybrid(network, seats_per_organisation=1)
        (registration,) = _from("Oss", event)
        answers.accept_invitation(registration.invitation, Mode.ONLINE)
        assert (_state(registration), registration.mode) == (CONFIRMED, Mode.ONLINE)

    def test_a_substitute_keeps_the_seat_of_the_organisation(self, network):
        event = factories.event(network, seats_per_organisation=1)
        (registration,) = _from("Oss", event)
        colleague = answers.ask_substitute(registration.invitation, "Collega", "collega@oss.example")
        answers.accept_invitation(colleague, Mode.ON_SITE)
        taken = seats.registration_of(colleague)
        assert (taken.state, taken.organisation_id) == (CONFIRMED, factories.organisation("Oss").id)
        assert capacity.ledger(event).has(factories.organisation("Oss").id) == 1

    def test_the_page_tells_it_before_one_registers(self, client, network):
        from app.invitations import invitation_links

        event = factories.event(network, seats_per_organisation=1)
        _from("Oss", event)
        invitation = factories.invitation(event, factories.person("Tweede", at="Oss"))
        page = client.get(invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")).text
        assert "Zet me op de wachtlijst" in page

    def test_the_quota_cannot_go_below_who_comes(self, client, network):
        event = factories.event(network, seats_per_organisation=3)
        _from("Oss", event, 3)
        sign_in(client, factories.account(network))
        page = f"/organise/events/{event.slug}/edit"
        day = clock.to_local(event.starts_at)
        values = {
            "title": event.title,
            "format": "session",
            "day": day.strftime("%Y-%m-%d"),
            "start": "13:00",
            "end": "16:00",
        }
        values |= {
            "zone": "Europe/Amsterdam",
            "on_site": "y",
            "venue": "x",
            "town": "Oosterhout",
            "seats_per_organisation": "2",
        }
        answer = post(client, page, **values)
        assert (answer.status_code, "Van één organisatie komen er al 3. Kies minstens zoveel." in answer.text) == (
            422,
            True,
        )


class TestKeptFree:
    @pytest.fixture
    def event(self, network):
        return factories.event(network, seats_on_site=3)

    def _offer(self, event, seats: int = 2, days: int = 5):
        contact = factories.person("Contact", at="Oss")
        return allotments.offer_seats(
            event, factories.organisation("Oss"), seats, clock.now() + timedelta(days=days), contact
        )

    def test_others_wait_while_seats_are_kept(self, event):
        self._offer(event)
        best = _from("Best", event, 2)
        oss = _from("Oss", event, 3)
        assert [each.state for each in best] == [CONFIRMED, WAITING]
        assert [each.state for each in oss] == [CONFIRMED, CONFIRMED, WAITING]

    def test_after_the_day_they_are_for_everybody(self, event):
        allotment = self._offer(event)
        best = _from("Best", event, 3)
        allotment.until = clock.now() - timedelta(minutes=1)
        db.session.flush()
        assert allotments.release_due_seats() == 2
        db.session.rollback()
        assert [_state(each) for each in best] == [CONFIRMED] * 3

    def test_withdrawing_lets_others_in(self, event):
        allotment = self._offer(event)
        best = _from("Best", event, 2)
        allotments.withdraw_seats(allotment)
        assert [_state(each) for each in best] == [CONFIRMED, CONFIRMED]


class TestNaming:
    @pytest.fixture
    def allotment(self, network):
        event = factories.event(network, title="Water", seats_on_site=5)
        contact = factories.person("Loes Contact", at="Oss", of=network)
        return allotments.offer_seats(event, factories.organisation("Oss"), 2, event.closes_at, contact)

    def _page(self, allotment) -> str:
        db.session.flush()
        return allotments.link_to_seats(allotment).removeprefix("http://leerkring.test")

    def test_from_the_mail_to_a_seat(self, client, allotment):
        work()
        mail = mail_to(allotment.contact, "seats_offered")
        assert "Wie komt er namens Oss naar Water" in mail["Subject"]
        page = next(link for link in links_in(mail) if link.startswith("/seats/"))
        assert "Oss heeft 2 plekken. Wie komt er?" in client.get(page).text

        answer = post(client, page, name="Karin Smulders", address="karin@oss.example")

        assert answer.location == "/seats/mine"
        assert "Karin Smulders krijgt een uitnodiging." in client.get(answer.location).text
        work()
        karin = mailboxes.find_owner("karin@oss.example")
        named = mail_to(karin, "seat_named")
        assert "Loes Contact noemde jou als deelnemer namens Oss" in " ".join(text_of(named).split())
        assert job_positions.current_position(karin).organisation.name == "Oss"
        invitation = db.session.scalars(sa.select(Invitation).where(Invitation.person_id == karin.id)).one()
        assert answers.accept_invitation(invitation, Mode.ON_SITE).state == CONFIRMED
        assert "komt" in client.get("/seats/mine").text

    def test_no_more_are_named_than_there_are_seats(self, allotment):
        first = allotments.name_for_seat(allotment, "Een", "een@oss.example")
        allotments.name_for_seat(allotment, "Twee", "twee@oss.example")
        with pytest.raises(NamingRefused) as refused:
            allotments.name_for_seat(allotment, "Drie", "drie@oss.example")
        assert refused.value.problem == "full"
        answers.decline_invitation(first)
        allotments.name_for_seat(allotment, "Drie", "drie@oss.example")

    def test_somebody_who_comes_already_is_not_named_again(self, allotment):
        person = factories.registration(allotment.event, factories.person("Jan", at="Oss")).invitation.person
        with pytest.raises(NamingRefused) as refused:
            allotments.name_for_seat(allotment, "Jan", person.email)
        assert refused.value.problem == "known"

    def test_at_a_confidential_session_nobody_learns_who_comes(self, client, allotment):
        """Naming who comes already looks like naming somebody else, in every step; they keep their place."""
        allotment.event.confidential = True
        comes = factories.registration(allotment.event, factories.person("Jan", at="Oss")).invitation
        other = factories.person("Piet", at="Oss")
        page = self._page(allotment)
        seen = []
        for person in (comes.person, other):
            answer = post(client, page, name="Karin", address=person.email)
            shown = client.get(answer.location).text
            named = re.search(r'<li><span class="who">Karin.*?</li>', shown, re.S)[0]
            seen.append(re.sub(r'value="[^"]*"|/\d+/', "", named))
            number = re.search(r"/seats/mine/\d+/take-back", named)[0]
            post(client, number, page="/seats/mine")
            assert "Karin" not in client.get("/seats/mine").text.partition("Je kunt nu")[2]
        assert seen[0] == seen[1]
        assert (comes.answer, _state(seats.registration_of(comes))) == (Answer.YES, CONFIRMED)
        work()
        assert "Loes Contact noemde jou als deelnemer namens Oss" in " ".join(
            text_of(mail_to(comes.person, "seat_named")).split()
        )

    def test_somebody_who_was_named_already_is_not_named_again(self, allotment):
        allotments.name_for_seat(allotment, "Een", "een@oss.example")
        with pytest.raises(NamingRefused) as refused:
            allotments.name_for_seat(allotment, "Een", "een@oss.example")
        assert refused.value.problem == "known"

    def test_who_names_somebody_does_not_learn_whose_address_it_is(self, client, allotment):
        known = factories.person("Wendelmoet Kanarie")
        page = self._page(allotment)
        answer = post(client, page, name="Karin", address=known.email)
        shown = client.get(answer.location).text
        assert ("Karin krijgt een uitnodiging." in shown, shown.count("Karin"), "Wendelmoet" in shown) == (
            True,
            3,
            False,
        )

    def test_somebody_else_may_be_named_until_there_is_an_answer(self, client, allotment):
        invitation = allotments.name_for_seat(allotment, "Een", "een@oss.example")
        page = self._page(allotment)
        post(client, f"{page}/{invitation.id}/take-back", page=page)
        assert allotments.named_people(allotment) == []
        named = allotments.name_for_seat(allotment, "Twee", "twee@oss.example")
        answers.accept_invitation(named, Mode.ON_SITE)
        allotments.take_name_back(allotment, named)
        assert allotments.named_people(allotment) == [named]

    @pytest.mark.parametrize("values", [{"name": "", "address": "a@b.example"}, {"name": "x", "address": "geen"}])
    def test_bad_input_is_answered_at_its_field(self, client, allotment, values):
        assert post(client, self._page(allotment), **values).status_code == 422
        assert allotments.named_people(allotment) == []

    def test_wrong_links_and_other_peoples_names_open_nothing(self, client, allotment):
        other = factories.invitation(allotment.event)
        page = self._page(allotment)
        assert client.get("/seats/abc").status_code == client.get("/seats/mine").status_code == 404
        assert post(client, f"{page}/{other.id}/take-back", page=page).status_code == 404

    def test_no_mail_goes_once_answering_has_closed(self, allotment):
        factories.move(allotment.event, hours=-1)
        work()
        from app.outbox.models import Message, MessageState

        assert db.session.scalars(sa.select(Message.state)).one() == MessageState.SUPPRESSED

    def test_no_mail_goes_to_a_contact_without_an_address(self, allotment):
        from app.outbox.models import Message, MessageState

        allotment.contact.addresses[0].preferred = False
        db.session.flush()
        work()

        assert db.session.scalars(sa.select(Message.state)).one() == MessageState.SUPPRESSED


class TestOrganisersPage:
    def test_contact_persons_are_asked_reminded_and_seats_withdrawn(self, client, network):
        event = factories.event(network, seats_on_site=10)
        contact = factories.person("Loes Contact", at="Oss", of=network)
        db.session.add(ContactPerson(organisation=factories.organisation("Oss"), person=contact))
        sign_in(client, factories.account(network))
        page = f"/organise/events/{event.slug}/seats"
        assert f'value="{factories.organisation("Best").id}"' not in client.get(page).text

        until = (clock.today() + timedelta(days=5)).isoformat()
        wrong = post(client, page, seats="0", until="2001-01-01")
        assert (wrong.status_code, wrong.text.count("form-field-error-message")) == (422, 3)
        post(client, page, seats="2", until=until, organisations=str(factories.organisation("Oss").id))

        listed = client.get(page).text
        assert ("Loes Contact" in listed, "nog niemand" in listed) == (True, True)
        allotment = allotments.allotments_of_event(event)[0]
        post(client, f"{page}/{allotment.id}/remind", page=page)
        work()
        assert text_of(mail_to(contact, "seats_offered"))
        post(client, f"{page}/{allotment.id}/withdraw", page=page)
        assert allotments.allotments_of_event(event) == []
        post(client, "/organise/undo", page=page)
        assert [each.seats for each in allotments.allotments_of_event(event)] == [2]

    def test_who_works_elsewhere_by_now_is_asked_for_the_seats_of_neither(self, client, network):
        oss, contact = factories.organisation("Oss"), factories.person("Loes Contact", at="Oss", of=network)
        oss.contacts.append(ContactPerson(person=contact))
        db.session.flush()
        assert allotments.contact_persons() == {oss.id: contact}
        job_positions.take_position(contact, factories.organisation("Best"), instead=True)
        db.session.flush()
        assert allotments.contact_persons() == {}

    def test_pages_take_a_fixed_number_of_queries(self, client, network, queries):
        event = factories.event(network)
        sign_in(client, factories.account(network))
        counts = []
        for place in ("Oss", "Best"):
            organisation = factories.organisation(place)
            contact = factories.person(f"Contact {place}", at=place, of=network)
            organisation.contacts.append(ContactPerson(person=contact))
            made = allotments.offer_seats(event, organisation, 5, event.closes_at, contact)
            for number in range(3):
                allotments.name_for_seat(made, f"{place} {number}", f"{place}{number}@x.example")
            db.session.commit()
            with queries() as seen:
                client.get(f"/organise/events/{event.slug}/seats")
            counts.append(len(seen))
        assert counts[0] == counts[1]
