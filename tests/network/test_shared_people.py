"""Somebody in two networks: an organiser of one cannot lead their mail, and so their links, elsewhere."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.network import memberships
from app.network.imports.models import Merge
from app.network.people import mail_addresses
from app.network.people.models import EmailAddress
from tests import factories
from tests.helpers import post, sign_in

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


def test_nor_merges_them_with_a_person_of_their_own(client, networks, person):
    own = factories.person("Sanne Vries", of=networks[0])
    db.session.commit()
    sign_in(client, factories.account(networks[0]))
    post(client, "/organise/doubles/merge", keep=str(own.id), go=str(person.id), page="/organise/doubles")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Merge)) == 0
