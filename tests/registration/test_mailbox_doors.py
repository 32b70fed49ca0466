"""Every form with a name and an address asks whose mailbox it is; a public one answers alike whatever we know."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.invitations.models import Invitation
from app.network import joining
from app.network.imports import merges
from app.network.people import address_undo, mail_addresses, mailboxes, people, written_people
from app.network.people.models import AddressChange, Person
from app.outbox.models import Message
from app.registration import allotments, answers, link_requests
from tests import factories as make
from tests.helpers import mails, post, sign_in

ELS = "els@oss.example"


@pytest.fixture
def network(app):
    return make.network(slug="netwerk")


@pytest.fixture
def els(network) -> Person:
    return make.person("Els Bakker", address=ELS, of=network)


def _behind(address: str = ELS) -> list[str]:
    db.session.expire_all()
    return [each.name for each in mailboxes.who_is_behind(address).everybody]


def _invited(event) -> list[str]:
    wanted = sa.select(Invitation).where(Invitation.event_id == event.id).order_by(Invitation.id)
    return [each.person.name for each in db.session.scalars(wanted)]


class TestPublicPages:
    def test_registering_answers_alike_and_mails_who_is_meant(self, client, network, els):
        event = make.event(network, open_to_all=True)
        page = f"/events/{event.slug}/register"
        db.session.commit()
        asked = [("Els Bakker", ""), ("Jan Peters", ""), ("Jan Peters", "y"), ("Jan Peters", "y")]
        texts = {
            post(client, page, name=name, address=ELS, **({"through": through} if through else {})).get_data(
                as_text=True
            )
            for name, through in asked
        }
        assert len(texts) == 1
        link_requests.handle_link_requests()
        assert _behind() == ["Els Bakker", "Jan Peters"]
        assert _invited(event) == ["Els Bakker", "Jan Peters"]
        assert [each.recipient for each in mails(Message.kind == "requested")] == [ELS] * 4

    def test_each_of_a_mailbox_may_ask_as_often(self, client, network, els):
        event = make.event(network, open_to_all=True)
        for name in ("Jan Peters", "Karin Smulders"):
            people.find_or_add_person(name, ELS, through=True)
        for name in ("Els Bakker", "Jan Peters", "Karin Smulders", "Jan Peters", "Nieuw Een", "Nieuw Twee"):
            link_requests.ask_invitation_link(event, name, ELS, through=True)
        link_requests.handle_link_requests()
        assert _invited(event) == ["Els Bakker", "Jan Peters", "Karin Smulders"]

    def test_joining_makes_each_a_member(self, client, network, els):
        network.joining = "open"
        page = f"/networks/{network.slug}/join"
        db.session.commit()
        post(client, page, name="Jan Peters", address=ELS, through="y")
        request = db.session.scalars(sa.select(joining.JoinRequest)).one()
        assert joining.make_member(request).name == "Jan Peters"
        assert _behind() == ["Els Bakker", "Jan Peters"]


class TestPersonalPages:
    def test_a_colleague_of_the_same_mailbox_is_asked_and_is_not_oneself(self, client, network, els):
        invitation = make.invitation(make.event(network), els)
        with pytest.raises(answers.SubstituteRefused):
            answers.ask_substitute(invitation, "Jan Peters", ELS)
        theirs = answers.ask_substitute(invitation, "Jan Peters", ELS, through=True)
        assert (theirs.person.name, theirs.person.email) == ("Jan Peters", ELS)

    def test_seats_for_two_of_the_office(self, network, els):
        event = make.event(network, seats_on_site=5)
        allotment = allotments.offer_seats(event, make.organisation("Oss"), 2, event.starts_at, els)
        for name in ("Jan Peters", "Karin Smulders"):
            allotments.name_for_seat(allotment, name, "griffie@oss.example")
        assert [each.person.name for each in allotments.named_people(allotment)] == ["Jan Peters", "Karin Smulders"]


class TestOrganisers:
    @pytest.fixture
    def loes(self, client, network):
        account = make.account(network)
        db.session.commit()
        sign_in(client, account)
        return account

    def test_adding_somebody_at_anothers_address_asks_which_it_is(self, client, network, els, loes):
        page = f"/organise/networks/{network.slug}/people/new"
        said = {"name": "Jan Peters", "address": ELS, "language": "nl", "organisation": "", "role": ""}
        asked = post(client, page, **said).text
        assert "Dit adres is van Els Bakker." in asked
        assert _behind() == ["Els Bakker"]
        assert post(client, page, **said, through="y").status_code == 303
        assert _behind() == ["Els Bakker", "Jan Peters"]

    def test_of_somebody_elsewhere_no_name_is_told(self, client, network, loes):
        make.person("Wim Geheim", address="wim@oss.example", of=make.network())
        db.session.commit()
        page = f"/organise/networks/{network.slug}/people/new"
        said = {"name": "Jan Peters", "address": "wim@oss.example", "language": "nl", "organisation": "", "role": ""}
        asked = post(client, page, **said).text
        assert "van iemand in een ander netwerk" in asked
        assert "Wim Geheim" not in asked

    def test_inviting_by_hand_asks_it_too(self, client, network, els, loes):
        event = make.event(network)
        db.session.commit()
        page = f"/organise/events/{event.slug}/people/add"
        said = {"name": "Jan Peters", "address": ELS}
        assert "Dit adres is van Els Bakker." in post(client, page, **said).text
        post(client, page, **said, through="y")
        post(client, page, **said | {"name": "E. Smit"}, same="1")
        assert _invited(event) == ["Jan Peters", "Els Bakker"]

    @pytest.mark.parametrize("door", ["people/new", "people/add", "day/walk-in"])
    def test_who_presses_enter_chooses_neither_and_is_asked_again(self, client, network, els, loes, door):
        event = make.event(network, starts_at=clock.now() - timedelta(minutes=5))
        db.session.commit()
        base = f"/organise/networks/{network.slug}" if door == "people/new" else f"/organise/events/{event.slug}"
        said = {
            "name": "Jan Peters",
            "address": ELS,
            "language": "nl",
            "organisation": "",
            "role": "",
            "mode": "on_site",
        }
        asked = post(client, f"{base}/{door}", **said).text
        form = next(each for each in re.findall(r"<form.*?</form>", asked, re.DOTALL) if 'name="same"' in each)
        first = re.search(r"<button[^>]*>", form)[0]
        assert 'type="submit"' in first
        assert "name=" not in first
        assert "Dit adres is van Els Bakker." in post(client, f"{base}/{door}", **said).text
        assert _behind() == ["Els Bakker"]
        assert _invited(event) == []

    def test_an_address_is_added_to_somebody_as_a_mailbox(self, client, network, els, loes):
        jan = make.person("Jan Peters", of=network)
        db.session.commit()
        page = f"/organise/networks/{network.slug}/people/{jan.id}"
        post(client, f"{page}/addresses", page=page, address=ELS)
        assert "bereikt? Vink dat dan aan." in client.get(page).text
        assert _behind() == ["Els Bakker"]
        post(client, f"{page}/addresses", page=page, address=ELS, through="y")
        assert _behind() == ["Els Bakker", "Jan Peters"]
        assert "gedeeld postvak" in client.get(page).text
        assert "Ook voor Els Bakker" in client.get(page).text

    def test_a_poll_names_whom_it_asks(self, network, els):
        people.find_or_add_person("Jan Peters", "griffie@oss.example")
        text = "Jan Peters <griffie@oss.example>; Karin Smulders <griffie@oss.example>"
        assert [each.name for each in written_people.read_people(text)] == ["Jan Peters", "Karin Smulders"]
        with pytest.raises(written_people.Nobody) as refused:
            written_people.read_people("griffie@oss.example")
        assert "Meer mensen lezen mail op griffie@oss.example" in refused.value.words


class TestOneOfTwo:
    def test_merging_two_of_a_mailbox_keeps_it_once_and_can_be_undone(self, network, els):
        jan = people.find_or_add_person("Jan Peters", ELS, through=True)
        db.session.flush()
        invitation = make.invitation(make.event(network), jan)
        merge = merges.merge_people(els, jan)
        db.session.commit()
        assert _behind() == ["Els Bakker"]
        assert invitation.address.person_id == els.id
        merges.undo_merge(merge)
        db.session.commit()
        assert _behind() == ["Els Bakker", "Jan Peters"]
        assert invitation.address.person_id == jan.id

    def test_a_change_of_address_is_told_and_undone_as_a_mailbox(self, network, els):
        jan = people.find_or_add_person("Jan Peters", ELS, through=True)
        db.session.commit()
        mail_addresses.set_address(jan, "jan@oss.example")
        mail_addresses.drop_address(next(each for each in jan.addresses if each.key == ELS))
        db.session.commit()
        __, last = db.session.scalars(sa.select(AddressChange).order_by(AddressChange.id))
        address_undo.undo_change(last)
        db.session.commit()
        assert _behind() == ["Els Bakker", "Jan Peters"]
