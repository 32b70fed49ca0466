"""Commitments: told, reminded, answered from the mail, closed in a later session, and what happens when an owner is gone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.lessons.insights import commitment_letters, commitments
from app.lessons.insights.models import Commitment, CommitmentState
from app.network import memberships
from app.network.models import Membership
from app.network.people import people
from app.outbox.models import Message, MessageState
from tests import factories
from tests.helpers import links_in, mail_to, mails, post, sign_in, text_of


@pytest.fixture
def event(app):
    return factories.held()


@pytest.fixture
def an(event):
    person = factories.person("An Ros", at="Oss", of=event.network)
    factories.attendance(event, person)
    return person


def _at(days: int, hour: int = 10):
    """Ten o'clock, so many days from today."""
    from datetime import time

    return clock.utc_moment(clock.today() + timedelta(days=days), time(hour))


def _commitment() -> Commitment:
    return db.session.scalars(sa.select(Commitment)).one()


def _mails(person) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in mails(Message.person_id == person.id)]


class TestMaking:
    def _page(self, event) -> str:
        return f"/organise/events/{event.slug}/learned/commitments/new"

    def test_its_owner_is_told(self, client, event, an):
        sign_in(client, factories.account(event.network))
        due = clock.today() + timedelta(days=20)

        post(client, self._page(event), what="De lijst maken", person=an.id, organisation="", due_on=due.isoformat())

        mail = mail_to(an, "commitment")
        assert mail["Subject"] == "Je afspraak: De lijst maken"
        assert mail["Reply-To"].addresses[0].addr_spec == "team@netwerk.example"
        assert commitment_letters.link_to_commitment(_commitment()) in "".join(text_of(mail).split())

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"due_on": ""}, "Vul dit in."),
            ({"due_on": "2020-01-01"}, "Deze dag is al geweest."),
            ({"due_on": "31-02-2027"}, "Deze datum bestaat niet."),
            ({"what": " "}, "Vul dit in."),
            ({"person": ""}, "Kies een persoon of een organisatie."),
        ],
    )
    def test_what_is_missing_is_told_at_its_field(self, client, event, an, values, words):
        sign_in(client, factories.account(event.network))
        good = {"what": "De lijst", "person": an.id, "organisation": "", "due_on": "2099-01-01"}

        answer = post(client, self._page(event), **good | values)

        assert answer.status_code == 422
        assert words in answer.text
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Commitment)) == 0

    def test_an_organisation_alone_will_do_and_gets_no_mail(self, client, event, an):
        sign_in(client, factories.account(event.network))

        post(
            client,
            self._page(event),
            what="Meedoen",
            person="",
            organisation=factories.organisation("Best").id,
            due_on="2099-01-01",
        )

        assert (_commitment().person, _commitment().organisation.name) == (None, "Best")
        assert db.session.scalar(sa.select(sa.func.count()).where(Message.kind == "commitment")) == 0

    def test_somebody_who_was_not_there_cannot_be_chosen(self, client, event, an):
        stranger = factories.person("Vreemd")
        sign_in(client, factories.account(event.network))

        answer = post(client, self._page(event), what="Iets", person=stranger.id, organisation="", due_on="2099-01-01")

        assert answer.status_code == 422

    def test_a_new_owner_is_told_and_the_old_link_dies(self, client, event, an):
        ben = factories.person("Ben Bos")
        factories.attendance(event, ben)
        commitment = factories.commitment(event, an)
        old = commitment_letters.link_to_commitment(commitment).removeprefix("http://leerkring.test")
        sign_in(client, factories.account(event.network))
        page = f"/organise/events/{event.slug}/learned/commitments/{commitment.id}"

        post(client, page, what="Anders", person=ben.id, organisation="", due_on="2099-01-01")

        assert mail_to(ben, "commitment")["Subject"] == "Je afspraak: Anders"
        assert client.get(old).status_code == 404


class TestReminders:
    def test_a_week_before_and_on_the_day_once_each(self, event, an):
        factories.commitment(event, an, days=30)

        assert [commitment_letters.plan_due_reminders(_at(day)) for day in (22, 23, 23, 24, 29, 30, 30, 31)] == [
            0,
            1,
            0,
            0,
            0,
            1,
            0,
            0,
        ]
        assert [row.key.rpartition(":")[2] for row in mails(Message.kind == "commitment_reminder")] == ["week", "day"]

    def test_not_before_nine(self, event, an):
        factories.commitment(event, an, days=30)

        assert commitment_letters.plan_due_reminders(_at(30, hour=7)) == 0

    def test_what_is_promised_for_next_week_is_only_reminded_on_the_day(self, event, an):
        factories.commitment(event, an, days=5)

        assert [commitment_letters.plan_due_reminders(_at(day)) for day in (0, 1, 5)] == [0, 0, 1]

    def test_what_is_done_is_not_reminded(self, event, an):
        commitment = factories.commitment(event, an, days=30)
        commitment_letters.plan_due_reminders(_at(23))
        commitments.settle_commitment(commitment, CommitmentState.DONE, "")

        assert commitment_letters.plan_due_reminders(_at(30)) == 0
        assert ("commitment_reminder", MessageState.SUPPRESSED) in _mails(an)

    @pytest.mark.parametrize("gone", ["left", "erased", "wants no use of their data"])
    def test_an_owner_who_is_gone_gets_no_mail_and_organisers_see_it(self, client, event, an, gone):
        factories.commitment(event, an, "De lijst maken", days=30)
        if gone == "left":
            memberships.leave_network(db.session.scalar(sa.select(Membership).filter_by(person_id=an.id)))
        elif gone == "wants no use of their data":
            memberships.restrict_use(an)
        else:
            people.erase_person(an)
        db.session.commit()
        commitment_letters.plan_due_reminders(_at(30))
        sign_in(client, factories.account(event.network))

        page = client.get(f"/organise/events/{event.slug}/learned/commitments").text

        assert {state for _, state in _mails(an)} <= {MessageState.SUPPRESSED}
        assert "Deze persoon is niet meer bereikbaar." in page
        assert ("An Ros" in page) == (gone != "erased")


class TestAnswering:
    def test_from_the_mail_by_one_button(self, client, event, an):
        factories.commitment(event, an, "De lijst maken", days=30)
        commitment_letters.plan_due_reminders(_at(30))
        link = next(each for each in links_in(mail_to(an, "commitment_reminder")) if each.startswith("/commitments/"))
        assert "Dag An, hoe staat het ermee?" in client.get(link).text
        assert _commitment().open

        answer = post(client, link, state="done", note="Staat op de website.")

        assert "het is gedaan. Dank je wel." in client.get(answer.location).text
        assert answer.location == "/commitments/answered"
        assert (_commitment().state, _commitment().note) == (CommitmentState.DONE, "Staat op de website.")

    def test_dropping_asks_why_and_an_answer_can_be_taken_back(self, client, event, an):
        link = commitment_letters.link_to_commitment(factories.commitment(event, an)).removeprefix(
            "http://leerkring.test"
        )

        assert "Schrijf kort waarom" in post(client, link, state="dropped").text
        post(client, link, state="dropped", note="Geen tijd.")
        assert _commitment().state == CommitmentState.DROPPED
        post(client, "/commitments/answered", state="open", note="Toch wel.")
        assert (_commitment().open, _commitment().closed_at) == (True, None)

    def test_a_wrong_link_or_no_answer(self, client, event, an):
        link = commitment_letters.link_to_commitment(factories.commitment(event, an)).removeprefix(
            "http://leerkring.test"
        )

        assert client.get("/commitments/onzin").status_code == 404
        assert client.get("/commitments/answered").status_code == 404
        assert post(client, link).status_code == 422


class TestNextSession:
    def test_what_is_open_shows_and_is_closed_from_the_later_page(self, client, event, an):
        commitment = factories.commitment(event, an, "De lijst maken")
        later = factories.event(event.network, title="Volgende")
        sign_in(client, factories.account(event.network))
        agreed = f"/organise/events/{later.slug}/learned/commitments"

        assert "Nog open van eerder" in client.get(agreed).text
        assert "De lijst maken" in client.get(f"/organise/events/{later.slug}/edit").text
        assert "De lijst maken" in client.get(f"/organise/networks/{event.network.slug}/events/new").text
        post(client, f"{agreed}/{commitment.id}/close", state="done", note="Rondgestuurd.")

        assert _commitment().closed_in.title == "Volgende"
        assert "De lijst maken" not in client.get(agreed).text
        assert "afgerond bij ‘Volgende’" in client.get(f"/organise/events/{event.slug}/learned/commitments").text

    def test_another_networks_commitment_is_out_of_reach(self, client, event, an):
        other = factories.event()
        commitment = factories.commitment(event, an)
        sign_in(client, factories.account(other.network))

        assert client.get(f"/organise/events/{other.slug}/learned/commitments/{commitment.id}/close").status_code == 404

    def test_page_and_invitation_tell_what_became_of_last_time(self, client, event, an):
        commitments.settle_commitment(
            factories.commitment(event, an, "De lijst maken"), CommitmentState.DONE, "Staat online."
        )
        later = factories.event(event.network, looks_back=True)
        person = factories.person("Fien", of=event.network)
        factories.wave(later, to=factories.audience(event.network))
        from tests.helpers import work

        work()

        mail = text_of(mail_to(person, "invitation"))
        assert "- De lijst maken: gedaan" in mail
        page = client.get(f"/events/{later.slug}").text
        assert "Staat online." in page
        assert "An Ros" not in page
        later.looks_back = False
        assert "De lijst maken" not in client.get(f"/events/{later.slug}").text

    def test_a_confidential_session_is_not_looked_back_on_in_public(self, client, event, an):
        event.confidential = True
        factories.commitment(event, an, "Vertrouwelijk iets")
        later = factories.event(event.network, looks_back=True)

        assert "Vertrouwelijk iets" not in client.get(f"/events/{later.slug}").text

    def test_the_page_takes_a_fixed_number_of_queries(self, client, event, an, queries):
        later = factories.event(event.network)
        sign_in(client, factories.account(event.network))
        counts = []
        for size in (1, 12):
            for number in range(size):
                factories.commitment(event, an, f"Afspraak {number}")
            db.session.commit()
            with queries() as seen:
                client.get(f"/organise/events/{later.slug}/learned/commitments")
            counts.append(len(seen))
        assert counts[0] == counts[1]
