"""Koppels: one person at a time in each place, history that stays, and a personal link that ends with the office."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.agendas import koppel_letters, koppels
from app.agendas.models import AgendaTheme, Office, OfficeKind
from app.database import db
from app.events.models import Event
from app.lessons.insights import commitments
from app.lessons.insights.models import CommitmentState, Suggestion
from app.network.imports import merges
from app.network.people import own_data, people
from app.outbox.models import Message, MessageState
from app.privacy import contact
from app.themes import themes
from tests import factories
from tests.agendas import made
from tests.helpers import links_in, mail_to, mails, post, sign_in, text_of, work

FIRST, CHANGE = date(2024, 1, 1), date(2025, 6, 1)


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Digitale Transformatie")


@pytest.fixture
def row(network) -> AgendaTheme:
    today = clock.today()
    days = {"starts_on": date(today.year - 2, 1, 1), "ends_on": date(today.year, 12, 31)}
    return made.theme_on(made.agenda(network, **days), ambition="Sessies voor gemeenten")


def _address(row: AgendaTheme, rest: str = "") -> str:
    return f"/organise/networks/netwerk/agendas/{row.agenda_id}/themes/{row.id}{rest}"


def _take(client, row: AgendaTheme, *, party: int = 0, kind: str = "executive", **values):
    where = _address(row, f"/koppel/new?party={row.agenda.parties[party].id}&kind={kind}")
    return post(client, where, **{"title": "gedeputeerde", "starts_on": "2024-01-01"} | values)


def _days(row: AgendaTheme) -> list[tuple[str, date, date | None]]:
    return [(koppels.name_of(each), each.starts_on, each.ends_on) for each in row.offices]


class TestPlaces:
    def test_somebody_is_replaced_in_one_act_and_stays_in_the_history(self, client, network, row):
        factories.person("Jan Jansen", of=network)
        sign_in(client, factories.account(network))
        assert _take(client, row, people="jan jansen").status_code == 303
        answer = _take(client, row, people="Anna Bos, anna@brabant.example", starts_on="2025-06-01")
        assert answer.status_code == 303
        assert _days(row) == [("Jan Jansen", FIRST, date(2025, 5, 31)), ("Anna Bos", CHANGE, None)]
        page = client.get(_address(row)).text
        assert ("Anna Bos" in page, "Jan Jansen" in page, page.count("Vacant")) == (True, True, 3)

    def test_a_place_is_vacant_between_two_people(self, row):
        made.office(row, ends_on=date(2024, 6, 30))
        made.office(row, "Anna Bos", starts_on=date(2024, 9, 1))
        vacant = [
            len(koppels.vacancies_on(row, day)) for day in (date(2024, 6, 30), date(2024, 7, 1), date(2024, 9, 1))
        ]
        assert vacant == [3, 4, 3]
        assert koppels.offices_on(row, date(2024, 8, 1)) == []

    def test_nobody_begins_before_somebody_who_comes_later(self, client, network, row):
        made.office(row, "Anna Bos", starts_on=CHANGE)
        sign_in(client, factories.account(network))
        answer = _take(client, row, people="Jan Jansen, jan@oss.example")
        assert (answer.status_code, "Hier staat dan al Anna Bos, vanaf zo 1 juni 2025." in answer.text) == (422, True)
        assert _take(client, row, people="Jan Jansen, jan@oss.example", ends_on="2025-05-31").status_code == 303

    @pytest.mark.parametrize(
        ("people_", "said"),
        [
            ("Wie Dan Ook", "In dit netwerk is niemand die zo heet."),
            ("jan", "Wie bedoel je: Jan Jansen, Jan Smit? Vul een mailadres in."),
            ("a@oss.example, b@oss.example", "Vul één persoon in."),
            ("geen@", "is geen mailadres."),
            ("", "Vul dit in."),
        ],
    )
    def test_who_is_meant_has_to_be_clear(self, client, network, row, people_, said):
        for name in ("Jan Jansen", "Jan Smit"):
            factories.person(name, of=network)
        factories.person("Wie Dan Ook")
        sign_in(client, factories.account(network))
        answer = _take(client, row, people=people_)
        assert (answer.status_code, said in answer.text, row.offices) == (422, True, [])

    def test_an_exact_name_goes_before_longer_ones(self, client, network, row):
        for name in ("Jan Jansen", "Jan Jansen Smit"):
            factories.person(name, of=network)
        sign_in(client, factories.account(network))
        _take(client, row, people="jan jansen")
        assert [koppels.name_of(each) for each in row.offices] == ["Jan Jansen"]

    def test_who_stands_there_does_not_begin_again(self, row):
        office = made.office(row)
        with pytest.raises(koppels.AlreadyThere):
            made.office(row, office.person, starts_on=CHANGE)

    def test_the_database_holds_one_person_without_an_end_in_a_place(self, row):
        office = made.office(row)
        second = Office(agenda_theme_id=row.id, party_id=office.party_id, kind=office.kind, person=factories.person())
        second.title, second.starts_on = "gedeputeerde", CHANGE
        db.session.add(second)
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.session.rollback()

    def test_days_are_changed_as_long_as_they_do_not_meet(self, client, network, row):
        made.office(row, "Jan Jansen")
        later = made.office(row, "Anna Bos", starts_on=CHANGE)
        sign_in(client, factories.account(network))
        address = _address(row, f"/koppel/{later.id}")
        answer = post(client, address, title="wethouder", starts_on="2025-05-01")
        assert "Hier staat dan al Jan Jansen" in answer.text
        assert post(client, address, title="wethouder", starts_on="2025-07-01", ends_on="2025-12-31").status_code == 303
        assert _days(row)[1] == ("Anna Bos", date(2025, 7, 1), date(2025, 12, 31))

    def test_a_mistake_goes_and_comes_back(self, client, network, row):
        office = made.office(row)
        sign_in(client, factories.account(network))
        post(client, _address(row, f"/koppel/{office.id}/remove"), page=_address(row, f"/koppel/{office.id}"))
        assert row.offices == []
        post(client, "/organise/undo", page=_address(row))
        assert _days(row) == [("Sanne de Vries", FIRST, None)]

    def test_who_was_merged_since_comes_back_as_who_they_are(self, client, network, row):
        office, kept = made.office(row), factories.person("Sanne de Vries-Bos")
        gone = office.person
        sign_in(client, factories.account(network))
        post(client, _address(row, f"/koppel/{office.id}/remove"), page=_address(row, f"/koppel/{office.id}"))
        merges.merge_people(kept, gone)
        db.session.commit()
        post(client, "/organise/undo", page=_address(row))
        assert _days(row) == [("Sanne de Vries-Bos", FIRST, None)]

    def test_a_mistake_does_not_come_back_beside_who_stands_there_by_now(self, client, network, row):
        office = made.office(row)
        sign_in(client, factories.account(network))
        post(client, _address(row, f"/koppel/{office.id}/remove"), page=_address(row, f"/koppel/{office.id}"))
        made.office(row, "Anna Bos")
        post(client, "/organise/undo", page=_address(row))
        assert _days(row) == [("Anna Bos", FIRST, None)]


class TestTheLink:
    def test_is_mailed_by_one_press_and_the_page_says_when(self, client, network, row):
        office = made.office(row)
        sign_in(client, factories.account(network))
        assert "Nog geen link gemaild." in client.get(_address(row)).text
        post(client, _address(row, f"/koppel/{office.id}/send"), page=_address(row))
        assert "De link is gemaild op" in client.get(_address(row)).text
        mail = mail_to(office.person)
        (link,) = [each for each in links_in(mail) if each.startswith("/koppels/")]
        assert "Provincie Noord-Brabant" in text_of(mail)
        assert client.get(link).status_code == 200

    def test_goes_to_nobody_who_does_not_stand_there_today(self, client, network, row):
        office = made.office(row, ends_on=date(2024, 6, 30))
        sign_in(client, factories.account(network))
        post(client, _address(row, f"/koppel/{office.id}/send"), page=_address(row))
        assert "staat hier vandaag niet" in client.get(_address(row)).text
        assert mails(Message.person_id == office.person_id) == []

    def test_is_not_mailed_once_it_was_withdrawn(self, row):
        office = made.office(row)
        koppel_letters.mail_link(office)
        koppels.withdraw_link(office)
        db.session.commit()
        work()
        (message,) = db.session.scalars(sa.select(Message).where(Message.person_id == office.person_id))
        assert (message.state, office.link_sent_at) == (MessageState.SUPPRESSED, None)

    def test_ends_with_the_office(self, client, row):
        office = made.office(row, ends_on=clock.today())
        link = koppels.link_to_office(office)
        assert client.get(link).status_code == 200
        with time_machine.travel(clock.now() + timedelta(days=1)):
            assert client.get(link).status_code == 404

    def test_does_not_open_before_the_office_begins(self, client, row):
        office = made.office(row, starts_on=clock.today() + timedelta(days=1))
        assert client.get(koppels.link_to_office(office)).status_code == 404

    def test_opens_nothing_once_an_organiser_withdrew_it(self, client, network, row):
        office = made.office(row)
        koppel_letters.mail_link(office)
        link = koppels.link_to_office(office)
        sign_in(client, factories.account(network))
        post(client, _address(row, f"/koppel/{office.id}/withdraw"), page=_address(row))
        assert (client.get(link).status_code, client.get(koppels.link_to_office(office)).status_code) == (404, 200)

    def test_opens_nothing_of_who_was_erased(self, client, row):
        office = made.office(row)
        link = koppels.link_to_office(office)
        people.erase_person(office.person)
        assert client.get(link).status_code == 404


class TestThePage:
    @pytest.fixture
    def link(self, row) -> str:
        return koppels.link_to_office(made.office(row, "Kanarie Bestuurder"))

    def _about(self, row: AgendaTheme, event: Event) -> Event:
        event.themes = [row.theme]
        return event

    def test_shows_what_was_agreed_and_what_came_of_it(self, client, network, row, link):
        event = self._about(row, factories.held(network, title="Data in de praktijk", days_ago=2))
        few = self._about(row, factories.held(network, title="Klein beraad", days_ago=2))
        for there, number in ((event, 7), (few, 3)):
            for _ in range(number):
                factories.attendance(there, factories.person(at="Oss"))
        impression = factories.impression(event, "Samen inkopen scheelt werk")
        impression.themes = [row.theme]
        done = factories.commitment(event, factories.person("Merel Zwijger"), "Een lijst maken")
        commitments.settle_commitment(done, CommitmentState.DONE, "")
        self._about(row, factories.event(network, title="Nog te komen", starts_at=factories.start(1)))
        page = client.get(link).text
        for words in (
            "Sessies voor gemeenten", "Data in de praktijk", "7 mensen, minder dan 5 organisaties", "Klein beraad",
            "minder dan 5 mensen, minder dan 5 organisaties", "Nog te komen",
            "Samen inkopen scheelt werk", "Een lijst maken", "Gedaan",
        ):  # fmt: skip
            assert words in page
        assert "3 mensen" not in page
        assert "Merel" not in page
        assert "Kanarie" not in page

    def test_shows_nothing_of_another_theme(self, client, network, row, link):
        factories.held(network, title="Over iets anders", days_ago=2)
        other = self._about(made.theme_on(row.agenda), factories.held(network, title="Ook anders", days_ago=2))
        factories.commitment(other, factories.person(), "Anders beloofd")
        page = client.get(link).text
        assert ("anders" in page, "Anders" in page) == (False, False)

    def test_shows_nothing_confidential_nor_of_a_network_that_is_not_listed(self, client, network, row, link):
        hidden = factories.network(name="Verborgen")
        hidden.listed = False
        for event in (
            factories.held(network, title="Kanariesessie", days_ago=2, confidential=True),
            factories.held(hidden, title="Kanariesessie", days_ago=2),
        ):
            self._about(row, event)
            factories.commitment(event, factories.person(), "Kanarie beloofd")
        factories.impression(factories.held(hidden, days_ago=1), "Kanarie geleerd").themes = [row.theme]
        assert "Kanarie" not in client.get(link).text

    def test_a_promise_is_about_its_own_theme_before_that_of_its_session(self, client, network, row, link):
        other = made.theme_on(row.agenda)
        event = self._about(row, factories.held(network, days_ago=2))
        factories.commitment(event, factories.person(), "Over het andere").theme = other.theme
        mine = factories.commitment(
            self._about(other, factories.held(network, days_ago=2)), factories.person(), "Over dit"
        )
        mine.theme = row.theme
        page = client.get(link).text
        assert ("Over dit" in page, "Over het andere" in page) == (True, False)

    def test_a_promise_from_an_insight_about_nothing_is_about_its_session(self, client, network, row, link):
        event = self._about(row, factories.held(network, days_ago=2))
        impression = factories.impression(event, "Geleerd")
        impression.themes, insight = [], impression.insights[0]
        insight.suggestions.append(Suggestion(text="Doe dit"))
        commitment = factories.commitment(event, factories.person(), "Uit een inzicht")
        commitment.suggestion = insight.suggestions[0]
        db.session.commit()
        assert "Uit een inzicht" in client.get(link).text

    def test_shows_what_lies_in_the_days_of_the_theme(self, client, network, row, link):
        row.starts_on = clock.today() - timedelta(days=30)
        for title, days_ago in (("Net ervoor", 40), ("Net erna", 20)):
            self._about(row, factories.held(network, title=title, days_ago=days_ago))
        page = client.get(link).text
        assert ("Net erna" in page, "Net ervoor" in page) == (True, False)


class TestOfPeople:
    def test_who_is_erased_leaves_the_place_vacant_and_the_history_without_a_name(self, row):
        office = made.office(row, "Kanarie Bestuurder")
        before = made.office(row, office.person, party=1, ends_on=date(2024, 12, 31))
        coming = made.office(row, office.person, kind="official", starts_on=clock.today() + timedelta(days=9))
        people.erase_person(office.person)
        db.session.flush()
        yesterday = clock.today() - timedelta(days=1)
        assert (office.person, office.title, office.ends_on) == (None, "", yesterday)
        assert (before.person, before.ends_on) == (None, date(2024, 12, 31))
        assert sa.inspect(coming).deleted or sa.inspect(coming).detached
        db.session.expire(row)
        assert len(koppels.vacancies_on(row)) == 4
        assert made.office(row, "Anna Bos", starts_on=clock.today()).ends_on is None

    def test_who_turns_out_to_be_somebody_else_stands_there_as_that_one_and_back(self, row):
        office, kept = made.office(row), factories.person("Sanne de Vries")
        gone = office.person
        merge = merges.merge_people(kept, gone)
        assert office.person == kept
        merges.undo_merge(merge)
        assert office.person == gone

    def test_their_own_copy_says_where_they_stand(self, row):
        office = made.office(row)
        (copied,) = own_data.copy_own_data(office.person)["koppel_offices"]
        assert (copied["title"], copied["starts_on"]) == ("gedeputeerde", "2024-01-01")

    def test_who_stands_somewhere_is_not_forgotten_as_somebody_we_never_hear(self, row):
        office, other = made.office(row), made.office(row, "Jan Jansen", party=1, ends_on=date(2024, 6, 30))
        silent = [office.person, other.person]
        for person in silent:
            person.created_at = clock.now() - timedelta(days=3000)
        db.session.flush()
        year_ago = clock.now() - timedelta(days=365)
        found = db.session.scalars(sa.select(people.Person).where(contact.left_before(year_ago))).all()
        assert [person in found for person in silent] == [False, True]


def test_kinds_of_places_stand_party_by_party_the_executive_first(row):
    assert [(each.party.name, each.kind) for each in koppels.list_places(row)] == [
        (party, kind) for party in made.PARTIES for kind in OfficeKind
    ]
    assert themes.list_themes()
