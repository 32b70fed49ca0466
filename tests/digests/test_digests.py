"""The digest: only what is new for somebody, never what was mailed, never beyond their wish, never empty."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.database import db
from app.digests import digest_selection, editions
from app.digests.models import Edition, OrganiserWord, SeenItem
from app.lessons.impressions import follow_up_letters
from app.network import digest_rhythm, memberships
from app.network.models import Delivery, Membership
from app.network.people import people
from app.network.people.models import DigestFrequency, Person
from app.outbox import message_writing
from app.outbox.models import Message
from app.registration import answers
from tests import factories
from tests.helpers import links_in, mail_to, mails, parsed, post, sign_in, sign_in_person, text_of, work

WEEKLY = digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, clock.today() - timedelta(days=7))


@pytest.fixture
def network(app):
    return factories.network(name="Digitaal")


def _go_out(day: date = WEEKLY, frequency: DigestFrequency = DigestFrequency.WEEKLY) -> int:
    """Let the digests of a day go out; returns how many mails were planned."""
    editions.begin_edition(frequency, day)
    planned = editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))
    message_writing.write_due_messages()
    return planned


def _told(person) -> list[str]:
    digest = digest_selection.gather_digests([_loaded(person)])[person.id]
    return digest.items()


def _loaded(person) -> Person:
    db.session.flush()
    wanted = sa.select(Person).where(Person.id == person.id).options(selectinload(Person.memberships))
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def _states() -> list[str]:
    return [row.state.value for row in mails(Message.kind == "digest")]


class TestSelection:
    def test_coming_sessions_of_one_s_networks(self, network):
        person = factories.person(of=network)
        coming = factories.event(network)
        factories.event(network, published=False)
        factories.event(network, confidential=True)
        factories.event(factories.network())
        factories.event(network, starts_at=factories.start(days=90))
        factories.held(network)

        assert _told(person) == [f"event:{coming.id}"]

    def test_not_what_was_mailed_already(self, network):
        person = factories.person(of=network)
        mailed, unmailed = factories.event(network), factories.event(network)
        factories.wave(mailed, to=factories.audience(network))
        work()

        assert _told(person) == [f"event:{unmailed.id}"]

    def test_not_what_one_answered(self, network):
        person = factories.person(of=network)
        answers.decline_invitation(factories.invitation(factories.event(network), person))

        assert _told(person) == []

    def test_a_new_impression_unless_thanked_for_it(self, network):
        there, elsewhere = factories.person(of=network), factories.person(of=network)
        event = factories.held(network)
        factories.attendance(event, there)
        impression = factories.impression(event)
        assert _told(elsewhere) == []

        follow_up_letters.plan_due_follow_ups(clock.now() + timedelta(days=2))

        assert _told(elsewhere) == [f"impression:{impression.id}"]
        assert _told(there) == []

    def test_a_place_that_came_free_for_who_did_not_answer(self, network):
        silent, comes, declined = (factories.person(of=network) for _ in range(3))
        event = factories.event(network, seats_on_site=1)
        first = factories.registration(event)
        waiting = factories.registration(event, comes)
        answers.decline_invitation(factories.invitation(event, declined))
        factories.invitation(event, silent)
        assert _told(silent) == []
        answers.decline_invitation(first.invitation)
        answers.decline_invitation(waiting.invitation)
        answers.accept_invitation(waiting.invitation, "on_site")
        event.seats_on_site = 2

        assert _told(silent) == [f"free:{event.id}"]
        assert (_told(comes), _told(declined)) == ([], [])

    def test_the_organisers_word_until_its_day(self, network):
        person = factories.person(of=network)
        db.session.add(OrganiserWord(network_id=network.id, text="Tot ziens", until=clock.today() - timedelta(days=1)))
        assert _told(person) == []
        word = OrganiserWord(network_id=network.id, text="Doe **mee**", until=clock.today())
        db.session.add(word)

        assert _told(person) == [f"word:{word.id}"]

    @pytest.mark.parametrize("wish", ["off", "unsubscribed", "left"])
    def test_never_beyond_the_wish(self, network, wish):
        person = factories.person(of=network)
        factories.event(network)
        membership = db.session.scalar(sa.select(Membership).filter_by(person_id=person.id))
        if wish == "off":
            membership.delivery = Delivery.NO_NEWS
        elif wish == "unsubscribed":
            memberships.unsubscribe_member(membership)
        else:
            memberships.leave_network(membership)

        assert _told(person) == []


class TestGoingOut:
    def test_one_mail_over_all_networks_with_own_commitments(self, network):
        other = factories.network(name="Brede Welvaart")
        person = factories.person("Sanne de Vries", of=network)
        memberships.join_network(person.id, other.id)
        first = factories.event(network, title="Data")
        factories.event(other, title="Welzijn")
        db.session.add(OrganiserWord(network_id=network.id, text="Doe **mee**", until=clock.today()))
        factories.commitment(factories.held(network), person, "De lijst maken")

        assert _go_out() == 1
        mail = mail_to(person, "digest")
        text = text_of(mail)

        assert text.index("BREDE WELVAART") < text.index("DIGITAAL") < text.index("De lijst maken")
        assert "Doe mee" in text
        assert f"/events/{first.slug}" in text
        assert mail["Subject"].startswith("Welzijn, ")
        assert mail["Subject"].endswith("en nog 2 berichten")
        assert mail["From"].addresses[0].display_name == "Leerkring"
        assert mail["List-Unsubscribe"].endswith("/stop>")

    def test_what_was_told_is_not_told_again(self, network):
        person = factories.person(of=network)
        factories.event(network)
        _go_out(WEEKLY - timedelta(days=7))
        _go_out(WEEKLY)
        assert _states() == ["due", "suppressed"]

        assert len(list(db.session.scalars(sa.select(SeenItem.item).filter_by(person_id=person.id)))) == 1

    def test_never_empty_also_with_open_commitments(self, network):
        person = factories.person(of=network)
        factories.commitment(factories.held(network), person)

        assert _go_out() == 1
        assert _states() == ["suppressed"]

    def test_weekly_monthly_never_and_without_address(self, network):
        factories.event(network)
        weekly, monthly, never = (factories.person(of=network) for _ in range(3))
        monthly.digest, never.digest = DigestFrequency.MONTHLY, DigestFrequency.NEVER
        without = people.add_person("Zonder Adres")
        db.session.flush()
        memberships.join_network(without.id, network.id)

        assert _go_out() == 1
        assert [row.person_id for row in mails(Message.kind == "digest")] == [weekly.id]
        assert _go_out(WEEKLY, DigestFrequency.MONTHLY) == 1

    def test_planned_once_however_often_it_is_asked(self, network):
        factories.person(of=network)
        factories.event(network)

        assert [_go_out(), _go_out()] == [1, 0]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Edition)) == 1

    def test_stopping_between_planning_and_writing_counts(self, network):
        person = factories.person(of=network)
        factories.event(network)
        editions.begin_edition(DigestFrequency.WEEKLY, WEEKLY)
        editions.plan_due_digests(digest_rhythm.digest_moment(WEEKLY) + timedelta(days=60))
        person.digest = DigestFrequency.NEVER
        db.session.commit()

        assert _states() == ["suppressed"]

    def test_in_the_reader_s_language(self, network):
        person = factories.person(of=network, language="en")
        factories.event(network)
        _go_out()

        assert "You choose how often." in " ".join(text_of(mail_to(person, "digest")).split())

    def test_planning_goes_on_where_it_stopped(self, network, monkeypatch):
        factories.event(network)
        for _ in range(5):
            factories.person(of=network)
        monkeypatch.setattr(editions, "PER_STEP", 2)

        assert _go_out() == 5
        edition = db.session.scalars(sa.select(Edition)).one()
        assert edition.done_at is not None

    def test_writing_takes_as_many_queries_for_one_as_for_twenty(self, network, queries):
        factories.event(network)
        counts = []
        for size in (1, 19):
            for _ in range(size):
                factories.person(of=network)
            day = WEEKLY - timedelta(days=7 * size)
            editions.begin_edition(DigestFrequency.WEEKLY, day)
            editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))
            db.session.execute(sa.delete(SeenItem))
            db.session.commit()
            with queries() as seen:
                message_writing.write_due_messages()
            counts.append(
                len([each for each in seen if not each.startswith(("UPDATE messages", "SAVEPOINT", "RELEASE"))])
            )
        assert counts[0] == counts[1]


def test_weekly_on_monday_monthly_on_the_first_monday():
    assert digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, date(2026, 11, 22)) == date(2026, 11, 16)
    assert digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, date(2026, 11, 23)) == date(2026, 11, 23)
    assert digest_rhythm.last_digest_day(DigestFrequency.MONTHLY, date(2026, 11, 30)) == date(2026, 11, 2)
    assert digest_rhythm.last_digest_day(DigestFrequency.MONTHLY, date(2026, 12, 6)) == date(2026, 11, 2)
    assert digest_rhythm.last_digest_day(DigestFrequency.MONTHLY, date(2026, 12, 7)) == date(2026, 12, 7)
    assert digest_rhythm.digest_moment(date(2026, 7, 6)) == factories.utc(2026, 7, 6, 6)


def test_an_edition_begins_at_its_hour_and_not_days_later(app):
    monday = digest_rhythm.digest_moment(date(2026, 11, 23))
    for now, begun in ((monday - timedelta(seconds=1), 0), (monday + timedelta(days=4), 0), (monday, 1)):
        editions.plan_due_digests(now)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Edition)) == begun


class TestPreferences:
    @pytest.fixture
    def person(self, network):
        return factories.person("Sanne de Vries", of=network)

    def _page(self, person) -> str:
        from app.network import correspondence

        db.session.flush()
        return correspondence.link_to_preferences(person).removeprefix("http://leerkring.test")

    def test_every_mailing_and_digest_leads_there(self, network, person):
        factories.wave(factories.event(network), to=factories.audience(network))
        factories.event(network)
        work()
        _go_out()

        for kind in ("invitation", "digest"):
            assert self._page(person) in links_in(mail_to(person, kind))

    def test_wishes_are_kept_at_an_address_without_the_link(self, client, network, person):
        other = factories.network()
        memberships.join_network(person.id, other.id)
        sign_in_person(client, person)
        assert client.get(self._page(person)).location == "/me/mail"
        assert "Dag Sanne, wat wil je horen?" in client.get("/me/mail").text

        answer = post(
            client,
            "/me/mail",
            digest="monthly",
            language="en",
            mails_a_week="1",
            **{f"network_{network.id}": "no_news", f"network_{other.id}": "nothing"},
        )

        assert answer.location == "/me/mail"
        assert "Saved." in client.get(answer.location).text
        row = _loaded(person)
        assert (row.digest, row.language, row.mails_a_week) == ("monthly", "en", 1)
        kept = {each.network_id: (each.delivery, each.unsubscribed_at is None) for each in row.memberships}
        assert kept == {network.id: (Delivery.NO_NEWS, True), other.id: (Delivery.AT_ONCE, False)}

    def test_one_click_stops_the_digest_and_nothing_else(self, client, network, person):
        page = f"{self._page(person)}/stop"
        client.get(page)
        client.head(page)
        assert _loaded(person).digest == DigestFrequency.WEEKLY

        answer = client.post(page, data={"List-Unsubscribe": "One-Click"})

        assert answer.status_code == 200
        assert _loaded(person).digest == DigestFrequency.NEVER
        assert _loaded(person).memberships[0].unsubscribed_at is None

    def _confirmations(self, person):
        return mails(Message.kind == "digest_stopped", Message.person_id == person.id)

    def test_a_mail_confirms_it_once_and_leads_back(self, client, person):
        for _ in range(3):
            client.post(f"{self._page(person)}/stop", data={"List-Unsubscribe": "One-Click"})
        (told,) = self._confirmations(person)
        mail = parsed(told.finished.content)
        assert mail["Subject"] == "Je krijgt geen nieuwsoverzicht meer"
        assert "Uitnodigingen krijg je nog wel" in " ".join(text_of(mail).split())
        assert self._page(person) in [each.removeprefix("http://leerkring.test") for each in links_in(mail)]

    def test_choosing_never_on_the_page_is_confirmed_too(self, client, person):
        sign_in_person(client, person)
        for _ in range(2):
            post(client, "/me/mail", digest="never", language="nl")
        assert len(self._confirmations(person)) == 1

    def test_stopping_and_starting_all_day_floods_nobody(self, client, person):
        sign_in_person(client, person)
        for _ in range(6):
            client.post(f"{self._page(person)}/stop")
            post(client, "/me/mail", digest="weekly", language="nl")
        assert len(self._confirmations(person)) == 3

    def test_wrong_links_and_nonsense(self, client, person):
        assert client.get("/preferences/onzin").status_code == 404
        assert client.post("/preferences/onzin/stop").status_code == 404
        assert client.get("/preferences/mine").location == "/me/sign-in?next=/preferences/mine"
        sign_in_person(client, person)
        assert post(client, "/me/mail", digest="daily", language="nl").status_code == 422

    def test_an_erased_person_s_link_is_dead(self, client, person):
        page = self._page(person)
        people.erase_person(person)

        assert client.get(page).status_code == 404


class TestDesk:
    def test_a_word_stands_in_the_next_digests_and_goes_again(self, client, network):
        sign_in(client, factories.account(network))
        page = f"/organise/networks/{network.slug}/digest"

        post(client, page, text="Doe mee", until=(clock.today() + timedelta(days=7)).isoformat())
        assert "Doe mee" in client.get(page).text
        number = db.session.scalars(sa.select(OrganiserWord.id)).one()
        post(client, f"{page}/words/{number}/remove", page=page)
        assert "Doe mee" not in client.get(page).text

    @pytest.mark.parametrize("until", ["2020-01-01", "2099-01-01", ""])
    def test_a_word_ends_within_three_months(self, client, network, until):
        sign_in(client, factories.account(network))

        assert post(client, f"/organise/networks/{network.slug}/digest", text="Hoi", until=until).status_code == 422

    def test_a_preview_shows_only_networks_one_may_see_and_remembers_nothing(self, client, network):
        other = factories.network(name="Andermans netwerk")
        person = factories.person("Sanne de Vries", of=network)
        memberships.join_network(person.id, other.id)
        factories.event(network, title="Van ons")
        factories.event(other, title="Van hen")
        sign_in(client, factories.account(network))
        page = f"/organise/networks/{network.slug}/digest"

        assert "Sanne de Vries" in client.get(f"{page}?q=sanne").text
        html = client.get(f"{page}/preview/{person.id}/html").text
        assert "Van ons" in html
        assert "Van hen" not in html
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SeenItem)) == 0
        assert client.get(f"{page}/preview/{factories.person().id}").status_code == 404

    def test_nobody_s_news_is_said_in_words(self, client, network):
        person = factories.person("Sanne de Vries", of=network)
        sign_in(client, factories.account(network))

        assert (
            "Er is nu niets nieuws voor Sanne de Vries."
            in client.get(f"/organise/networks/{network.slug}/digest/preview/{person.id}").text
        )

    def test_progress_is_visible(self, client, network):
        factories.person(of=network)
        factories.event(network)
        editions.begin_edition(DigestFrequency.WEEKLY, WEEKLY)
        editions.plan_due_digests(digest_rhythm.digest_moment(WEEKLY) + timedelta(days=60))
        sign_in(client, factories.account(network))
        page = f"/organise/networks/{network.slug}/digest"

        assert "0 van 1 klaar" in client.get(page).text
        work()
        assert "1 verstuurd, voor 0 mensen was er niets nieuws" in client.get(page).text


def test_a_full_session_says_so(network):
    person = factories.person("Sanne de Vries", of=network, address="sanne@oss.example")
    full = factories.event(network, title="Vol huis", seats_on_site=1)
    factories.registration(full, factories.person("An Ros"))
    factories.event(network, title="Ruimte genoeg", seats_on_site=2)
    db.session.commit()

    _go_out()

    told = " ".join(text_of(mail_to(person)).split())
    assert "Vol, met wachtlijst." in told.partition("Vol huis")[2].partition("http")[0]
    assert "Vol, met wachtlijst." not in told.partition("Ruimte genoeg")[2].partition("http")[0]
