"""Whoever changes where somebody's mail goes, the address that it went to is told, and takes it back for two weeks."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, tokens
from app.database import db
from app.events import planning
from app.invitations import invitation_links
from app.network import memberships
from app.network.imports import import_plans, import_runs, merges
from app.network.imports.models import Merge
from app.network.people import address_notices, address_proposals, mail_addresses, own_data, people
from app.network.people.address_proposals import CannotPropose
from app.network.people.models import AddressChange, EmailAddress, Person, ProposedAct
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.tokens import Purpose
from app.words import Refusal
from tests import factories
from tests.helpers import links_in, mails, parsed, post, sign_in, sign_in_person, text_of, vevent_of

pytestmark = pytest.mark.usefixtures("app")
OLD, NEW = "sanne@oss.example", "sanne@nieuw.example"


@pytest.fixture
def network(app):
    return factories.network(slug="een")


@pytest.fixture
def person(network):
    made = factories.person("Sanne de Vries", of=network, address=OLD)
    db.session.commit()
    return made


def _addresses() -> list[tuple[str, bool]]:
    db.session.expire_all()
    wanted = sa.select(EmailAddress.address, EmailAddress.preferred).order_by(EmailAddress.preferred.desc())
    return [tuple(row) for row in db.session.execute(wanted)]


def _notices() -> list:
    return [parsed(each.finished.content) for each in mails(Message.kind == MessageKind.ADDRESS_CHANGED)]


def _told() -> list[str]:
    return [each.recipient for each in mails(Message.kind == MessageKind.ADDRESS_CHANGED)]


def _undo_link() -> str:
    (link,) = (each for each in links_in(_notices()[-1]) if "/address-change/" in each)
    return link.removeprefix("http://leerkring.test")


def _second_address(person) -> EmailAddress:
    """An address beside the preferred one, of which nobody still has to hear."""
    address = EmailAddress(address=NEW, key=NEW, domain="nieuw.example", preferred=False)
    person.addresses.append(address)
    db.session.commit()
    return address


def _by_form(client, person):
    page = f"/organise/networks/een/people/{person.id}/edit"
    post(client, page, name=person.name, language="nl", organisation="", role="", address=NEW)


def _by_adding(client, person):
    page = f"/organise/networks/een/people/{person.id}"
    post(client, f"{page}/addresses", address=NEW, page=page)


def _by_preferring(client, person):
    page, other = f"/organise/networks/een/people/{person.id}", _second_address(person)
    post(client, f"{page}/addresses/{other.id}/prefer", page=page)


def _by_removing(client, person):
    page, other = f"/organise/networks/een/people/{person.id}", _second_address(person)
    post(client, f"{page}/addresses/{other.id}/remove", page=page)


def _by_removing_the_preferred(client, person):
    _second_address(person)
    page = f"/organise/networks/een/people/{person.id}"
    post(client, f"{page}/addresses/{person.addresses[0].id}/remove", page=page)


def _by_list(client, person):
    content = f'Naam;E-mail\nSanne de Vries;"{OLD}; {NEW}"\n'.encode()
    network = person.memberships[0].network
    kept = import_runs.keep_list(network, "lijst.csv", content)
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", content, kept.mapping))
    db.session.commit()
    import_runs.carry_on_imports()


def _by_claim(client, person):
    own_data.claim_address(person, NEW)
    db.session.commit()
    (mail,) = (parsed(each.finished.content) for each in mails(Message.kind == MessageKind.OWN_ADDRESS))
    (link,) = (each for each in links_in(mail) if "/address/" in each)
    post(client, link.removeprefix("http://leerkring.test"))


def _own_page(client, person, act):
    other = _second_address(person)
    sign_in_person(client, person)
    page = "/me/data"
    whose = re.search(r'name="whose" value="([^"]+)"', client.get(page).text).group(1)
    post(client, f"{page}/addresses/{other.id}/{act}", page=page, whose=whose)


def _by_own_preferring(client, person):
    _own_page(client, person, "prefer")


def _by_own_removing(client, person):
    _own_page(client, person, "remove")


DOORS = (
    _by_form, _by_adding, _by_preferring, _by_removing, _by_removing_the_preferred, _by_list, _by_claim,
    _by_own_preferring, _by_own_removing,
)  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_every_door_tells_the_old_address_once_and_it_takes_that_back(app, client, network, person, door):
    sign_in(client, factories.account(network))
    before = {(OLD, True), (NEW, False)} if "prefer" in door.__name__ or "remov" in door.__name__ else {(OLD, True)}
    door(client, person)
    assert set(_addresses()) != before
    assert _told() == [OLD]
    stranger, link = app.test_client(), _undo_link()
    assert "terug" in stranger.get(link).text
    assert set(_addresses()) != before
    assert "Het is teruggedraaid" in post(stranger, link).text
    assert set(_addresses()) == before


def test_the_mail_shows_the_new_address_only_partly(person):
    mail_addresses.set_address(person, NEW)
    text = text_of(_notices()[0])
    assert "s…@nieuw.example" in text
    assert NEW not in text


def test_a_person_who_is_new_and_an_address_that_bounces_are_not_told(person):
    mail_addresses.add_address(people.add_person("Jan Jansen", "jan@oss.example"), "jan@best.example")
    mail_addresses.note_bounced_address(OLD, "no such user")
    db.session.commit()
    mail_addresses.set_address(person, NEW)
    assert _told() == []


def test_writing_the_same_address_otherwise_is_no_change(person):
    mail_addresses.set_address(person, "Sanne@oss.example")
    assert _told() == []


def test_taking_back_is_told_to_the_other_address_without_a_way_to_undo_it(client, person):
    mail_addresses.set_address(person, NEW)
    db.session.commit()
    post(client, _undo_link())
    assert _told() == [OLD, NEW]
    assert "/address-change/" not in text_of(_notices()[1])


class TestRefusals:
    """A link that can do nothing any more says why, and does nothing."""

    def _refused(self, client, link: str) -> str:
        before = _addresses()
        shown, done = client.get(link), post(client, link, page="/sign-in")
        assert _addresses() == before
        assert done.status_code in (404, 409)
        assert "Draai dit terug" not in shown.text + done.text
        return done.text

    @pytest.fixture
    def link(self, person) -> str:
        mail_addresses.set_address(person, NEW)
        db.session.commit()
        return _undo_link()

    def test_used(self, client, link):
        post(client, link)
        assert "al teruggedraaid" in self._refused(client, link)

    def test_changed_since(self, client, person, link):
        mail_addresses.set_address(person, "sanne@anders.example")
        db.session.commit()
        assert "daarna opnieuw gewijzigd" in self._refused(client, link)

    def test_merged(self, client, network, person, link):
        merges.merge_people(factories.person("Sanne Vries", of=network), person)
        db.session.commit()
        assert "samengevoegd" in self._refused(client, link)

    def test_erased_with_what_was_kept_of_it(self, client, person, link):
        people.erase_person(person)
        db.session.commit()
        assert db.session.scalars(sa.select(AddressChange)).all() == []
        self._refused(client, link)

    def test_somebody_else_has_the_old_address(self, client, network, person, link):
        old = db.session.scalars(sa.select(EmailAddress).where(EmailAddress.key == OLD)).one()
        db.session.delete(old)
        db.session.flush()
        change = db.session.scalars(sa.select(AddressChange)).one()
        change.after = [[NEW, "preferred"]]
        factories.person("Jan Jansen", of=network, address=OLD)
        db.session.commit()
        assert "iemand anders" in self._refused(client, link)

    def test_forged(self, client, person, link):
        change = db.session.scalars(sa.select(AddressChange)).one()
        self._refused(client, f"/address-change/{tokens.make_token(Purpose.ADDRESS, change.id)}")

    def test_works_for_fourteen_days(self, client, link):
        with time_machine.travel(clock.now() + timedelta(days=13, hours=23), tick=False):
            assert "terugzetten" in client.get(link).text
        with time_machine.travel(clock.now() + timedelta(days=14, minutes=1), tick=False):
            self._refused(client, link)
            assert address_notices.forget_old_changes() == 1


def test_an_address_that_was_invited_goes_as_well_and_the_invitation_stays(client, network, person):
    mail_addresses.set_address(person, NEW)
    invitation = factories.invitation(factories.event(network), person)
    db.session.commit()
    assert invitation.address.address == NEW
    link = invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")
    assert "Het is teruggedraaid" in post(client, _undo_link()).text
    assert _addresses() == [(OLD, True)]
    assert invitation.address.address == OLD
    assert client.get(link).status_code == 404


class TestTwoAtOnce:
    """Two organisers at the same person: one after the other, and the second is told when there is nothing left to do."""

    def _at_once(self, app, *acts) -> list:
        """What each of the acts raised, if anything; all begin together, each in a transaction of its own."""
        start = threading.Barrier(len(acts))

        def carry_out(act):
            with app.app_context():
                start.wait(timeout=20)
                try:
                    act()
                    db.session.commit()
                except Refusal as refused:
                    db.session.rollback()
                    return refused
                return None

        db.session.commit()
        with ThreadPoolExecutor(len(acts)) as pool:
            raised = list(pool.map(carry_out, acts))
        db.session.expire_all()
        return raised

    def test_two_new_addresses(self, app, person):
        number = person.id

        def change(address):
            return lambda: mail_addresses.set_address(db.session.get(Person, number), address)

        assert self._at_once(app, change(NEW), change("sanne@anders.example")) == [None, None]
        first, second = db.session.scalars(sa.select(AddressChange).order_by(AddressChange.id))
        assert sorted(second.before) == sorted(first.after)
        assert set(_told()) == {OLD, first.after[0][0]}

    def test_two_merges_of_one_person(self, app, network, person):
        numbers = [factories.person(name, of=network).id for name in ("Sanne Vries", "S. de Vries")]
        number = person.id

        def merge(kept):
            return lambda: merges.merge_people(db.session.get(Person, kept), db.session.get(Person, number))

        raised = self._at_once(app, *map(merge, numbers))
        assert sorted(type(each).__name__ for each in raised) == ["CannotMerge", "NoneType"]
        assert len(db.session.scalars(sa.select(Merge)).all()) == 1

    def test_merging_both_ways(self, app, network, person):
        one, other = person.id, factories.person("Sanne Vries", of=network).id

        def merge(kept, gone):
            return lambda: merges.merge_people(db.session.get(Person, kept), db.session.get(Person, gone))

        raised = self._at_once(app, merge(one, other), merge(other, one))
        assert sorted(type(each).__name__ for each in raised) == ["CannotMerge", "NoneType"]

    def test_an_address_of_somebody_who_is_being_merged(self, app, network, person):
        kept, number = factories.person("Sanne Vries", of=network).id, person.id
        raised = self._at_once(
            app,
            lambda: merges.merge_people(db.session.get(Person, kept), db.session.get(Person, number)),
            lambda: mail_addresses.set_address(db.session.get(Person, number), NEW),
        )
        assert raised[0] is None
        assert db.session.get(Person, number).addresses == []
        assert (NEW in [each for each, _ in _addresses()]) is (raised[1] is None)


class TestProposing:
    """An organiser who may not change it asks: it happens when the person confirms, by a mail at the address we have."""

    @pytest.fixture
    def shared(self, person):
        memberships.join_all([person.id], factories.network(slug="twee").id)
        db.session.commit()
        return person

    def _link(self) -> str:
        (asked,) = mails(Message.kind == MessageKind.ADDRESS_PROPOSED)
        assert asked.recipient == OLD
        mail = parsed(asked.finished.content)
        assert NEW not in text_of(mail)
        (link,) = (each for each in links_in(mail) if "/address-proposal/" in each)
        return link.removeprefix("http://leerkring.test")

    @pytest.mark.parametrize("door", [_by_adding, _by_preferring, _by_removing])
    def test_it_waits_until_the_person_confirms(self, app, client, network, shared, door):
        sign_in(client, factories.account(network))
        door(client, shared)
        before = _addresses()
        page = f"/organise/networks/een/people/{shared.id}"
        assert "Dit wacht op bevestiging" in client.get(page).text
        assert "wacht op bevestiging" in client.get(page).text
        link, owner = self._link(), app.test_client()
        assert "Klopt dit?" in owner.get(link).text
        assert (_addresses(), _told()) == (before, [])
        assert "Bevestigd" in post(owner, link).text
        assert _addresses() != before
        assert _told() == [OLD]
        assert "wacht op bevestiging" not in client.get(f"/organise/networks/een/people/{shared.id}").text
        assert post(owner, link, page="/sign-in").status_code == 409

    @pytest.mark.parametrize("meanwhile", ["merged", "erased", "taken", "too_late"])
    def test_a_link_that_came_too_late_changes_nothing(self, client, network, shared, meanwhile):
        address_proposals.propose_change(shared, ProposedAct.ADD, NEW, network, None)
        db.session.commit()
        link, later = self._link(), timedelta(0)
        if meanwhile == "merged":
            merges.merge_people(factories.person("Sanne Vries", of=network), shared)
        elif meanwhile == "erased":
            people.erase_person(shared)
        elif meanwhile == "taken":
            factories.person("Jan Jansen", of=network, address=NEW)
        else:
            later = timedelta(days=14, minutes=1)
        db.session.commit()
        before = _addresses()
        with time_machine.travel(clock.now() + later, tick=False):
            assert post(client, link, page="/sign-in").status_code in (404, 409)
            assert address_proposals.forget_old_proposals() == (meanwhile == "too_late")
        assert _addresses() == before

    def test_nobody_is_asked_the_same_twice_or_much_in_a_day(self, network, shared):
        def ask(address):
            address_proposals.propose_change(shared, ProposedAct.ADD, address, network, None)

        ask(NEW)
        with pytest.raises(CannotPropose, match="waits"):
            ask(NEW)
        ask("a@nieuw.example")
        ask("b@nieuw.example")
        with pytest.raises(CannotPropose, match="often"):
            ask("c@nieuw.example")

    def test_who_cannot_be_asked_stays_as_they_are(self, network, shared):
        mail_addresses.note_bounced_address(OLD, "no such user")
        with pytest.raises(CannotPropose, match="unreachable"):
            address_proposals.propose_change(shared, ProposedAct.ADD, NEW, network, None)


def test_mail_about_a_seat_goes_to_the_new_address_and_names_it_as_the_invited_one(network, person):
    event = factories.event(network)
    registration = factories.registration(event, person)
    mails()
    mail_addresses.set_address(person, NEW)
    db.session.commit()
    planning.cancel_event(event, "Storm")
    db.session.commit()
    (message,) = mails(Message.kind == MessageKind.EVENT_CANCELLED)
    assert message.recipient == NEW
    mail = parsed(message.finished.content)
    assert NEW in mail["To"]
    assert str(vevent_of(mail)["ATTENDEE"]).lower() == f"mailto:{NEW}"
    assert registration.invitation.address.address == NEW


def test_who_goes_up_in_another_is_told_and_makes_them_two_again(client, network, person):
    kept = factories.person("Sanne Vries", of=network, address=NEW)
    merges.merge_people(kept, person)
    db.session.commit()
    assert _told() == [OLD]
    assert "s…@nieuw.example" in text_of(_notices()[0])
    link = _undo_link()
    assert "Het is teruggedraaid" in post(client, link).text
    db.session.expire_all()
    assert (person.merged_into_id, person.email, kept.email) == (None, OLD, NEW)
    assert post(client, link, page="/sign-in").status_code == 409
