"""Somebody in two networks: an organiser of one cannot lead their mail, and so their links, elsewhere."""

import pytest
import sqlalchemy as sa

from app.accounts import accounts
from app.accounts.models import Action, AuditEntry, MergeRequest, NetworkRole
from app.database import db
from app.network import memberships
from app.network.imports import import_plans, import_runs
from app.network.imports.models import Merge
from app.network.people import address_changes, job_positions, mail_addresses, people
from app.network.people.address_changes import SharedPerson
from app.network.people.models import EmailAddress
from app.network.seeing import Viewer
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from tests import factories
from tests.helpers import links_in, mails, parsed, post, sign_in, text_of

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def networks(app):
    return factories.network(slug="een"), factories.network(slug="twee")


@pytest.fixture
def person(networks):
    made = factories.person("Sanne de Vries", of=networks[0], address="sanne@oss.example")
    memberships.join_all([made.id], networks[1].id)
    db.session.commit()
    return made


def _addresses() -> list[tuple[str, bool]]:
    db.session.expire_all()
    wanted = sa.select(EmailAddress.address, EmailAddress.preferred).order_by(EmailAddress.id)
    return [tuple(row) for row in db.session.execute(wanted)]


def test_an_organiser_of_one_network_adds_no_address(client, networks, person):
    sign_in(client, factories.account(networks[0]))
    page = f"/organise/networks/een/people/{person.id}"
    post(client, f"{page}/addresses", address="boef@elders.example", page=page)
    assert _addresses() == [("sanne@oss.example", True)]
    assert "ook in een netwerk dat je niet organiseert" in client.get(page).text


@pytest.mark.parametrize("act", ["prefer", "remove"])
def test_nor_prefers_or_removes_one(client, networks, person, act):
    other = mail_addresses.add_address(person, "sanne@thuis.example")
    db.session.commit()
    before = _addresses()
    sign_in(client, factories.account(networks[0]))
    page = f"/organise/networks/een/people/{person.id}"
    post(client, f"{page}/addresses/{other.id}/{act}", page=page)
    assert _addresses() == before


def test_an_administrator_does(client, networks, person):
    sign_in(client, factories.account(admin=True))
    page = f"/organise/networks/een/people/{person.id}"
    post(client, f"{page}/addresses", address="sanne@nieuw.example", page=page)
    assert ("sanne@nieuw.example", False) in _addresses()


class TestMerging:
    REQUESTS = "/organise/organisations/requests"

    @pytest.fixture
    def own(self, networks):
        return factories.person("Sanne Vries", of=networks[0])

    @pytest.fixture
    def asked(self, client, networks, own, person):
        """A request of an organiser of one network to merge somebody of two with somebody of their own."""
        db.session.commit()
        sign_in(client, factories.account(networks[0]))
        page = f"/organise/doubles/merge?keep={own.id}&go={person.id}"
        assert "Je keuze gaat als verzoek naar een beheerder." in client.get(page).text
        answer = post(client, "/organise/doubles/merge", keep=str(own.id), go=str(person.id), page=page)
        assert "Je verzoek wacht op een beheerder." in client.get(answer.location).text
        return db.session.scalars(sa.select(MergeRequest)).one()

    def test_that_it_was_asked_stands_in_the_log(self, asked, own, person):
        entry = db.session.scalars(sa.select(AuditEntry).filter_by(action=Action.ASKED_MERGE)).one()
        assert (entry.account_id, entry.subject_id) == (asked.asked_by_id, asked.id)
        assert entry.label == f"{own.id} + {person.id}"

    def _merged(self) -> int:
        return db.session.scalars(sa.select(sa.func.count()).select_from(Merge)).one()

    def test_it_waits_for_an_administrator_who_is_told(self, client, app, networks, own, person):
        admin = factories.account(admin=True)
        db.session.commit()
        sign_in(client, factories.account(networks[0]))
        values = {"keep": str(own.id), "go": str(person.id)}
        post(client, "/organise/doubles/merge", **values, page="/organise/doubles")
        answer = post(client, "/organise/doubles/merge", **values, page="/organise/doubles")
        assert "Dit verzoek wacht al op een beheerder." in client.get(answer.location).text
        assert self._merged() == 0
        (told,) = mails(Message.kind == MessageKind.MERGE_REQUEST)
        assert told.recipient == admin.email
        assert not any(each in text_of(parsed(told.body)) for each in ("Sanne", "sanne@"))

    def test_one_press_carries_it_out_and_it_stands_in_the_log_of_every_network(self, client, networks, asked):
        sign_in(client, factories.account(admin=True, name="Bea Beheer"))
        listed = client.get(self.REQUESTS).text
        assert "Sanne Vries" in listed
        assert "ook bekend als Sanne de Vries" in listed
        post(client, f"/organise/doubles/requests/{asked.id}/yes", page=self.REQUESTS)
        assert self._merged() == 1
        assert "Er wacht geen verzoek." in client.get(self.REQUESTS).text
        for slug in ("een", "twee"):
            log = " ".join(client.get(f"/organise/networks/{slug}/log").text.split())
            assert "Bea Beheer" in log
            assert "samenvoeging van personen" in log
        (mail,) = mails(Message.kind == MessageKind.MERGE_ANSWER)
        assert "Bea Beheer ging akkoord met je verzoek." in text_of(parsed(mail.body))
        answer = post(client, f"/organise/doubles/requests/{asked.id}/yes", page=self.REQUESTS)
        assert "Dit verzoek is al beantwoord." in client.get(answer.location).text

    def test_no_leaves_them_two(self, client, asked):
        sign_in(client, factories.account(admin=True))
        post(client, f"/organise/doubles/requests/{asked.id}/no", page=self.REQUESTS)
        assert self._merged() == 0
        assert "Er wacht geen verzoek." in client.get(self.REQUESTS).text
        (mail,) = mails(Message.kind == MessageKind.MERGE_ANSWER)
        assert "Er is niets gewijzigd." in text_of(parsed(mail.body))

    def test_who_was_erased_meanwhile_leaves_no_request(self, client, asked):
        number = asked.id
        people.erase_person(asked.gone)
        db.session.commit()
        sign_in(client, factories.account(admin=True))
        assert "Er wacht geen verzoek." in client.get(self.REQUESTS).text
        answer = post(client, f"/organise/doubles/requests/{number}/yes", page="/organise/doubles")
        assert answer.status_code == 404


def test_another_address_in_the_form_waits_and_the_rest_is_saved(app, client, networks, person):
    sign_in(client, factories.account(networks[0]))
    page = f"/organise/networks/een/people/{person.id}/edit"
    values = {"name": "Sanne Vries", "language": "nl", "organisation": "", "role": ""}
    answer = post(client, page, **values, address="sanne@nieuw.example")
    assert "Dit wacht op bevestiging." in client.get(answer.location).text
    assert post(client, page, **values, address="sanne@oss.example").status_code == 303
    assert (person.name, _addresses()) == ("Sanne Vries", [("sanne@oss.example", True)])
    _confirm(app, NEW)


NEW = ("sanne@nieuw.example", True)


def _confirm(app, expected):
    (asked,) = mails(Message.kind == MessageKind.ADDRESS_PROPOSED)
    assert asked.recipient == "sanne@oss.example"
    (link,) = (each for each in links_in(parsed(asked.finished.content)) if "/address-proposal/" in each)
    post(app.test_client(), link.removeprefix("http://leerkring.test"))
    assert expected in _addresses()


def _returned_mail(network, person) -> Message:
    """A mail of a session that did not arrive, while the address is one to which mail goes."""
    factories.registration(factories.event(network), person)
    mails()
    message = db.session.scalars(sa.select(Message).where(Message.person_id == person.id)).one()
    message.state = MessageState.FAILED
    db.session.commit()
    return message


def test_a_corrected_mail_asks_as_the_page_of_a_person_does(app, client, networks, person):
    message = _returned_mail(networks[0], person)
    sign_in(client, factories.account(networks[0]))
    page = f"/organise/events/{message.event.slug}/mails/{message.id}"
    answer = post(client, f"{page}/again", page=page, address="sanne@nieuw.example")
    told = client.get(answer.location).text
    assert all(each in told for each in ("Dit wacht op bevestiging.", "Verstuur de mail daarna opnieuw."))
    assert _addresses() == [("sanne@oss.example", True)]
    assert db.session.scalars(sa.select(Message).where(Message.again_of_id == message.id)).all() == []
    _confirm(app, NEW)


def test_a_corrected_mail_of_who_cannot_be_asked_says_so_at_the_address(client, networks, person):
    message = _returned_mail(networks[0], person)
    mail_addresses.note_bounced_address("sanne@oss.example", "no such user")
    db.session.commit()
    sign_in(client, factories.account(networks[0]))
    page = f"/organise/events/{message.event.slug}/mails/{message.id}"
    answer = post(client, f"{page}/again", page=page, address="sanne@nieuw.example")
    assert (answer.status_code, "Vraag een beheerder." in answer.text) == (422, True)


def test_nor_brings_one_in_a_list(networks, person):
    content = b'Naam;E-mail\nSanne de Vries;"sanne@oss.example; boef@elders.example"\n'
    kept = import_runs.keep_list(networks[0], "lijst.csv", content)
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(networks[0], "lijst.csv", content, kept.mapping))
    db.session.commit()
    import_runs.carry_on_imports()
    assert _addresses() == [("sanne@oss.example", True)]


def test_who_organises_all_their_networks_may_and_who_organises_one_may_not(networks, person):
    viewer = Viewer(frozenset({networks[0].id}))
    with pytest.raises(SharedPerson):
        address_changes.require_change(viewer, person)
    address_changes.require_change(Viewer(frozenset({each.id for each in networks})), person)


def test_an_invitation_of_another_network_counts_as_well(networks):
    made = factories.person(of=networks[0])
    mine = Viewer(frozenset({networks[0].id}))
    assert address_changes.may_change(mine, made)
    factories.invitation(factories.event(networks[1]), made)
    assert not address_changes.may_change(mine, made)


@pytest.mark.parametrize("act", ["add", "prefer", "remove", "rename"])
def test_the_log_of_each_of_their_networks_shows_what_was_done_to_them(client, networks, person, act):
    organiser = factories.account(networks[0])
    accounts.grant_role(organiser, networks[1], NetworkRole.ORGANISER)
    other = mail_addresses.add_address(person, "sanne@thuis.example")
    db.session.commit()
    sign_in(client, organiser)
    page = f"/organise/networks/een/people/{person.id}"
    if act == "add":
        post(client, f"{page}/addresses", address="sanne@nieuw.example", page=page)
    elif act == "rename":
        values = {"language": "nl", "organisation": "", "role": "", "address": "sanne@oss.example"}
        post(client, f"{page}/edit", name="Sanne Vries", **values)
    else:
        post(client, f"{page}/addresses/{other.id}/{act}", page=page)
    reader = client.application.test_client()
    sign_in(reader, factories.account(networks[1]))
    log = reader.get("/organise/networks/twee/log").text
    assert organiser.name in log
    assert ("persoon" if act == "rename" else "mailadres van persoon") in log
    assert "sanne@" not in log


def test_who_is_added_elsewhere_hears_of_it_once_and_stops_it_by_the_link(app, client, networks):
    person = factories.person("Sanne de Vries", of=networks[0], address="sanne@oss.example")
    db.session.commit()
    sign_in(client, factories.account(networks[1]))
    page = "/organise/networks/twee/people/new"
    values = {"name": "S. de Vries", "language": "nl", "organisation": "", "role": "", "address": "sanne@oss.example"}
    for _ in range(2):
        assert post(client, page, **values).status_code == 303
    (told,) = mails(Message.kind == MessageKind.ADDED)
    assert told.recipient == "sanne@oss.example"
    (link,) = (each for each in links_in(parsed(told.finished.content)) if "/unsubscribe/" in each)
    app.test_client().post(link.removeprefix("http://leerkring.test"))
    db.session.expire_all()
    assert {each.network_id: bool(each.unsubscribed_at) for each in person.memberships} == {
        networks[0].id: False,
        networks[1].id: True,
    }


def test_a_list_tells_who_was_known_elsewhere_and_nobody_who_is_new(networks):
    factories.person("Sanne de Vries", of=networks[0], address="sanne@oss.example")
    content = b"Naam;E-mail\nSanne de Vries;sanne@oss.example\nJan Jansen;jan@best.example\n"
    db.session.commit()
    kept = import_runs.keep_list(networks[1], "lijst.csv", content)
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(networks[1], "lijst.csv", content, kept.mapping))
    db.session.commit()
    import_runs.carry_on_imports()
    assert [each.recipient for each in mails(Message.kind == MessageKind.ADDED)] == ["sanne@oss.example"]


@pytest.fixture
def elsewhere(networks):
    """Somebody of the first network alone, with what the second one has no business with."""
    made = factories.person("Sanne de Vries", of=networks[0], address="sanne@oss.example")
    mail_addresses.add_address(made, "sanne@thuis.example")
    job_positions.take_position(made, factories.organisation("Oss"), None, "Griffier", None)
    db.session.commit()
    return made


LIST = b"Naam;E-mail;Organisatie;Functie;Taal\nS. Anders;sanne@oss.example, sanne@thuis.example, s@erbij.example;Best;Boa;en\n"


def test_the_dry_run_of_a_list_tells_name_and_organisation_of_who_is_known_elsewhere_and_no_more(networks, elsewhere):
    factories.organisation("Best")
    db.session.commit()
    plan = import_plans.plan_import(networks[1], "lijst.csv", LIST)
    (row,) = (row for rows in plan.rows.values() for row in rows)
    assert row.changes == [
        "is in een ander netwerk bekend als Sanne de Vries (Oss)",
        "wordt lid van het netwerk",
    ]


def _what_is_kept(person) -> tuple:
    db.session.expire_all()
    places = [(each.organisation.name, each.title, each.ends_on) for each in person.positions]
    return person.name, person.language, {each.address for each in person.addresses}, places


def test_a_list_adds_who_is_known_elsewhere_and_changes_nothing_of_them(networks, elsewhere):
    factories.organisation("Best")
    db.session.commit()
    before = _what_is_kept(elsewhere)
    kept = import_runs.keep_list(networks[1], "lijst.csv", LIST)
    import_runs.queue_import(kept, import_plans.plan_import(networks[1], "lijst.csv", LIST), moves=True)
    db.session.commit()
    import_runs.carry_on_imports()
    assert _what_is_kept(elsewhere) == before
    assert {each.network_id for each in elsewhere.memberships} == {each.id for each in networks}


def test_undoing_that_list_takes_nothing_of_what_the_other_network_did_since(networks, elsewhere):
    content = b"Naam;E-mail\nSanne de Vries;sanne@oss.example\n"
    kept = import_runs.keep_list(networks[1], "lijst.csv", content)
    import_runs.queue_import(kept, import_plans.plan_import(networks[1], "lijst.csv", content))
    db.session.commit()
    import_runs.carry_on_imports()
    people.rename_person(elsewhere, "Sanne van Dijk")
    mail_addresses.add_address(elsewhere, "sanne@later.example")
    db.session.commit()
    import_runs.ask_import_undo(kept)
    db.session.commit()
    import_runs.carry_on_imports()
    name, _, addresses, _ = _what_is_kept(elsewhere)
    assert (name, "sanne@later.example" in addresses) == ("Sanne van Dijk", True)
    assert {each.network_id for each in elsewhere.memberships} == {networks[0].id}
