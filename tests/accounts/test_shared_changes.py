"""What all networks share: a change stands in the log of whom it touches, is undone from there, or waits for an administrator."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import clock, jobs
from app.accounts.models import AuditEntry, OrganisationRequest
from app.database import db
from app.events.models import BusyDays
from app.network.imports import doubles
from app.network.organisations import organisations
from app.network.organisations.models import ContactPerson, Organisation, OrganisationKind
from app.network.people import job_positions, people
from app.network.people.models import Person
from app.network.seeing import CLOCKWORK
from app.network.vocabulary.models import Role
from app.outbox.models import Message
from tests import factories
from tests.helpers import mails, parsed, post, sign_in, text_of

HERE, THERE = "netwerk", "ander"


@pytest.fixture
def two(app):
    return factories.network(slug=HERE), factories.network(slug=THERE)


def _organisation(*networks, name: str = "Test Oud") -> Organisation:
    made = Organisation(name=name, kind=OrganisationKind.PARTNERSHIP)
    db.session.add(made)
    db.session.flush()
    for network in networks:
        job_positions.add_or_change_position(
            factories.person(of=network), made, title="strateeg", starts_on=date(2020, 5, 1)
        )
    db.session.flush()
    return made


def _rename(client, organisation, name: str):
    page = f"/organise/organisations/{organisation.id}/edit"
    return post(client, page, name=name, kind=organisation.kind.value, region="", size_class="", parent="", domains="")


def _logs(client, admin, word: str) -> dict[str, bool]:
    sign_in(client, admin)
    return {
        slug: word in client.get(f"/organise/networks/{slug}/log").text.partition("<h1")[2] for slug in (HERE, THERE)
    }


def _newest(*conditions) -> AuditEntry:
    return db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.change_id == AuditEntry.id, *conditions).order_by(AuditEntry.id.desc())
    ).first()


def _undo(client, change, slug=HERE):
    return post(client, f"/organise/log/{change.id}/undo", page=f"/organise/networks/{slug}/log", network=slug)


class TestTheLog:
    def test_an_organisation_stands_with_every_network_that_has_people_there(self, client, two):
        here, there = two
        organisation, admin = _organisation(here), factories.account(admin=True)
        sign_in(client, factories.account(here))
        _rename(client, organisation, "Test Nieuw")
        assert _logs(client, admin, "Test Nieuw") == {HERE: True, THERE: False}
        job_positions.add_or_change_position(factories.person(of=there), organisation)
        _rename(client, organisation, "Test Beide")
        assert _logs(client, admin, "Test Beide") == {HERE: True, THERE: True}

    def test_a_day_to_avoid_stands_with_all(self, client, two):
        sign_in(client, factories.account(two[0]))
        post(client, "/organise/days", kind="other", name="Carnaval", days="13-02-2027", organisation="")
        assert db.session.scalars(sa.select(BusyDays.name)).all() == ["Carnaval"]
        assert _logs(client, factories.account(admin=True), "Carnaval") == {HERE: True, THERE: True}

    def test_a_role_stands_with_whom_has_it(self, client, two):
        factories.person(at="Oss", role="griffier", of=two[1])
        admin = factories.account(admin=True)
        sign_in(client, admin)
        post(client, "/organise/words/roles/griffier", name_nl="Raadsgriffier", name_en="Clerk")
        try:
            assert _logs(client, admin, "Raadsgriffier") == {HERE: False, THERE: True}
        finally:
            _undo(client, _newest(), THERE)
        assert db.session.get(Role, "griffier", populate_existing=True).name_nl == "Griffier"

    def test_doubles_stand_with_the_networks_of_both_and_name_nobody(self, client, two):
        first, second = (factories.person("Sanne de Vries", at="Oss", of=network) for network in two)
        doubles.find_doubles()
        admin = factories.account(admin=True)
        sign_in(client, admin)
        page = "/organise/doubles"
        post(client, f"{page}/{first.id}/{second.id}/dismiss", page=page)
        post(client, "/organise/undo", page=page)
        assert len(doubles.page_of_doubles(CLOCKWORK).items) == 1
        pair = f"{first.id} + {second.id}"
        assert _logs(client, admin, pair) == {HERE: True, THERE: True}
        assert _logs(client, admin, "Sanne") == {HERE: False, THERE: False}
        post(client, f"{page}/merge", page=f"{page}/merge?keep={first.id}&go={second.id}", keep=first.id, go=second.id)
        assert _logs(client, admin, "voegde samen") == {HERE: True, THERE: True}


class TestUndo:
    def test_a_colleague_in_a_touched_network_brings_back_what_was(self, client, two):
        here, there = two
        organisation = _organisation(here)
        sign_in(client, factories.account(here))
        _rename(client, organisation, "Test Nieuw")
        change = _newest()
        sign_in(client, factories.account(there, name="Buitenstaander"))
        assert _undo(client, change, THERE).status_code == 404
        sign_in(client, factories.account(here, name="Karin Smulders"))
        assert "Maak ongedaan" in client.get(f"/organise/networks/{HERE}/log").text
        _undo(client, change)
        assert organisation.name == "Test Oud"
        log = " ".join(client.get(f"/organise/networks/{HERE}/log").text.split())
        assert "Ongedaan gemaakt op" in log
        assert "maakte ongedaan wat er gebeurde met organisatie ‘Test Oud’" in log

    def test_what_was_undone_can_be_done_again(self, client, two):
        organisation = _organisation(two[0])
        sign_in(client, factories.account(two[0]))
        _rename(client, organisation, "Test Nieuw")
        _undo(client, _newest())
        _undo(client, _newest())
        assert organisation.name == "Test Nieuw"

    def test_it_refuses_what_was_changed_again(self, client, two):
        organisation = _organisation(two[0])
        sign_in(client, factories.account(two[0]))
        _rename(client, organisation, "Test Nieuw")
        first = _newest()
        _rename(client, organisation, "Test Nieuwst")
        answer = _undo(client, first)
        assert organisation.name == "Test Nieuwst"
        assert "Dit is daarna opnieuw gewijzigd. Er is niets teruggezet." in client.get(answer.location).text

    def test_it_refuses_twice_and_after_a_month(self, client, two):
        organisation = _organisation(two[0])
        sign_in(client, factories.account(two[0]))
        _rename(client, organisation, "Test Nieuw")
        change = _newest()
        change.at = clock.now() - timedelta(days=31)
        answer = _undo(client, change)
        assert "Ongedaan maken kan tot een maand na de wijziging." in client.get(answer.location).text
        assert "Maak ongedaan" not in client.get(answer.location).text
        change.at = clock.now()
        _undo(client, change)
        assert "Dit is al ongedaan gemaakt." in client.get(_undo(client, change).location).text

    def test_how_it_was_is_forgotten_after_a_month(self, client, two):
        organisation = _organisation(two[0])
        sign_in(client, factories.account(two[0]))
        for name in ("Test Nieuw", "Test Nieuwst"):
            _rename(client, organisation, name)
        change = _newest()
        change.at = clock.now() - timedelta(days=31)
        jobs.tidy_up()
        db.session.expire_all()
        wanted = sa.select(AuditEntry).where(AuditEntry.change_id.is_not(None)).order_by(AuditEntry.id)
        assert [each.step is None for each in db.session.scalars(wanted)] == [False, True]

    def test_it_refuses_to_remove_an_organisation_where_somebody_works_by_now(self, client, two):
        sign_in(client, factories.account(two[0]))
        post(client, "/organise/organisations", name="Test Vers", kind="samenwerkingsverband", region="")
        made = db.session.scalars(sa.select(Organisation).where(Organisation.name == "Test Vers")).one()
        job_positions.add_or_change_position(factories.person(of=two[0]), made)
        answer = _undo(client, _newest())
        assert "Dit is intussen in gebruik. Er is niets teruggezet." in client.get(answer.location).text

    def test_a_succession_comes_back_whole(self, client, two):
        here, _ = two
        old, new = _organisation(here), _organisation(name="Test Opvolger")
        (person_id,) = [each.person_id for each in job_positions_of(old)]
        old.contacts.append(ContactPerson(person_id=person_id))
        organisations.set_domains(old, ["oud.example"])
        old.grid_row, old.grid_col = 90, 90
        sign_in(client, factories.account(here))
        page = f"/organise/organisations/{old.id}"
        post(client, f"{page}/succession", page=page, successor=str(new.id), day="2026-01-01")
        assert (old.successor_id, new.grid_row, len(new.contacts)) == (new.id, 90, 1)
        _undo(client, _newest())
        assert (old.successor_id, old.ended_on, old.grid_row, new.grid_row) == (None, None, 90, None)
        assert ([each.person_id for each in old.contacts], new.contacts) == ([person_id], [])
        assert [(each.organisation_id, each.ends_on) for each in job_positions_of(old, new)] == [(old.id, None)]
        assert organisations.organisation_of_domain("oud.example") is old

    def test_nobody_who_was_erased_since_comes_back_with_it(self, client, two):
        here, _ = two
        old, new = _organisation(here), _organisation(name="Test Opvolger")
        (position,) = job_positions_of(old)
        old.contacts.append(ContactPerson(person_id=position.person_id))
        sign_in(client, factories.account(here))
        page = f"/organise/organisations/{old.id}"
        post(client, f"{page}/succession", page=page, successor=str(new.id), day="2026-01-01")
        people.erase_person(db.session.get_one(Person, position.person_id))
        db.session.commit()
        _undo(client, _newest())
        db.session.expire_all()
        assert (old.successor_id, old.contacts, job_positions_of(old)) == (None, [], [])


def job_positions_of(*of: Organisation):
    from app.network.people.models import Position

    return list(db.session.scalars(sa.select(Position).where(Position.organisation_id.in_([each.id for each in of]))))


class TestAsking:
    @pytest.fixture
    def shared(self, two):
        return _organisation(*two)

    def _asked(self) -> OrganisationRequest:
        return db.session.scalars(sa.select(OrganisationRequest)).one()

    def test_a_name_that_others_use_waits_and_is_given_by_an_administrator(self, client, two, shared):
        asker, admin = factories.account(two[0]), factories.account(admin=True, name="Bea Beheer")
        sign_in(client, asker)
        answer = _rename(client, shared, "Test Nieuw")
        page = client.get(answer.location).text
        assert shared.name == "Test Oud"
        assert "De nieuwe naam wacht op een beheerder." in page
        assert "Wacht op een beheerder: de nieuwe naam Test Nieuw." in " ".join(page.split())
        (mail,) = mails(Message.kind == "organisation_request")
        assert "Loes Verhoeven wil Test Oud een andere naam geven: Test Nieuw." in text_of(parsed(mail.body))
        sign_in(client, admin)
        assert "Verzoeken" in client.get("/organise").text
        requests = "/organise/organisations/requests"
        post(client, f"{requests}/{self._asked().id}/yes", page=requests)
        assert shared.name == "Test Nieuw"
        assert "Er wacht geen verzoek." in client.get(requests).text
        (mail,) = mails(Message.kind == "organisation_answer")
        assert "Bea Beheer ging akkoord met je verzoek." in text_of(parsed(mail.body))

    def test_no_leaves_all_as_it_is(self, client, two, shared):
        new = _organisation(name="Test Opvolger")
        sign_in(client, factories.account(two[0]))
        page = f"/organise/organisations/{shared.id}"
        answer = post(client, f"{page}/succession", page=page, successor=str(new.id), day="2026-01-01")
        assert "Je verzoek wacht op een beheerder." in client.get(answer.location).text
        sign_in(client, factories.account(admin=True))
        requests = "/organise/organisations/requests"
        assert "opgaan in Test Opvolger vanaf do 1 januari 2026" in client.get(requests).text
        post(client, f"{requests}/{self._asked().id}/no", page=requests)
        assert (shared.successor_id, self._asked().granted) == (None, False)
        (mail,) = mails(Message.kind == "organisation_answer")
        assert "Er is niets gewijzigd." in text_of(parsed(mail.body))

    def test_one_request_at_a_time(self, client, two, shared):
        sign_in(client, factories.account(two[0]))
        _rename(client, shared, "Test Nieuw")
        answer = _rename(client, shared, "Test Anders")
        assert answer.status_code == 422
        assert "Over deze organisatie wacht al een verzoek op een beheerder." in answer.text
        assert self._asked().new_name == "Test Nieuw"

    def test_the_rest_is_saved_at_once(self, client, two, shared):
        sign_in(client, factories.account(two[0]))
        page = f"/organise/organisations/{shared.id}/edit"
        post(
            client, page, name="Test Nieuw", kind=shared.kind.value, region="Zuid", size_class="", parent="", domains=""
        )
        assert (shared.name, shared.region) == ("Test Oud", "Zuid")

    def test_who_organises_all_of_them_acts_at_once(self, client, two, shared):
        from app.accounts import accounts
        from app.accounts.models import NetworkRole

        account = factories.account(two[0])
        accounts.grant_role(account, two[1], NetworkRole.ORGANISER)
        sign_in(client, account)
        _rename(client, shared, "Test Nieuw")
        assert shared.name == "Test Nieuw"

    def test_a_name_that_went_to_another_meanwhile_is_refused(self, client, two, shared):
        sign_in(client, factories.account(two[0]))
        _rename(client, shared, "Test Nieuw")
        _organisation(name="Test Nieuw")
        sign_in(client, factories.account(admin=True))
        requests = "/organise/organisations/requests"
        answer = post(client, f"{requests}/{self._asked().id}/yes", page=requests)
        assert "Er is intussen een andere organisatie die Test Nieuw heet." in client.get(answer.location).text
        assert (shared.name, self._asked().answered_at) == ("Test Oud", None)
