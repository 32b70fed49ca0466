"""Audiences: the same people on the page, in the count and in the wave."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.network import audiences, memberships
from app.network.audiences import Criteria
from app.network.models import Membership, Person
from tests import factories as make

pytestmark = pytest.mark.usefixtures("app")


def _names(criteria: Criteria) -> list[str]:
    chosen = audiences.people(criteria).subquery()
    rows = db.session.scalars(
        sa.select(Person.name).where(Person.id.in_(sa.select(list(chosen.c)[0]))).order_by(Person.name)
    )
    names = list(rows)
    assert audiences.reach(criteria).people == len(names)
    return names


@pytest.fixture
def network(app):
    network = make.network()
    for name, place, role in (
        ("Anna", "Oosterhout", "bestuurder"),
        ("Bram", "Oss", "bestuurder"),
        ("Cor", "Oss", "ambtenaar"),
        ("Dirk", "Waterschap De Dommel", "bestuurder"),
    ):
        make.person(name, at=place, role=role, of=network)
    make.person("Zonder functie", of=network)
    make.person("Ander netwerk", at="Oss", role="bestuurder", of=make.network())
    return network


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, ["Anna", "Bram", "Cor", "Dirk", "Zonder functie"]),
        ({"kinds": ["gemeente"]}, ["Anna", "Bram", "Cor"]),
        ({"regions": ["West-Brabant"]}, ["Anna"]),
        ({"roles": ["bestuurder"]}, ["Anna", "Bram", "Dirk"]),
        ({"kinds": ["gemeente"], "roles": ["bestuurder"]}, ["Anna", "Bram"]),
        ({"kinds": ["waterschap", "gemeente"], "regions": ["Noordoost-Brabant"], "roles": ["ambtenaar"]}, ["Cor"]),
        ({"kinds": ["rijk"]}, []),
    ],
)
def test_criteria_narrow_down_the_members(network, criteria, expected):
    assert _names(Criteria(network.id, **criteria)) == expected


def test_kind_and_role_must_belong_to_the_same_position(network):
    person = make.person("Eva", at="Oss", role="ambtenaar", of=network)
    from app.network import people
    from app.network.models import Role

    people.place_at(person, make.organisation("Waterschap De Dommel"), db.session.get(Role, "bestuurder"))
    db.session.flush()
    assert "Eva" not in _names(Criteria(network.id, kinds=["gemeente"], roles=["bestuurder"]))


def test_ended_and_future_positions_do_not_count(network):
    for name, period in (
        ("Vroeger", {"ends_on": clock.today() - timedelta(days=1)}),
        ("Later", {"starts_on": clock.today() + timedelta(days=1)}),
    ):
        person = make.person(name, at="Oosterhout", role="bestuurder", of=network)
        for key, day in period.items():
            setattr(person.positions[0], key, day)
    db.session.flush()
    assert _names(Criteria(network.id, regions=["West-Brabant"])) == ["Anna"]


def test_those_left_out_are_counted_by_reason(network):
    unsubscribed, gone = make.person("Uit", at="Oss", of=network), make.person("Weg", at="Oss", of=network)
    silent = make.person("Zonder adres", at="Oss", of=network)
    memberships.unsubscribe(db.session.scalar(sa.select(Membership).filter_by(person_id=unsubscribed.id)))
    memberships.leave(db.session.scalar(sa.select(Membership).filter_by(person_id=gone.id)))
    silent.addresses[0].preferred = False
    db.session.flush()
    reach = audiences.reach(Criteria(network.id, kinds=["gemeente"]))
    assert (reach.people, reach.organisations, reach.unsubscribed, reach.without_address) == (3, 2, 1, 1)
