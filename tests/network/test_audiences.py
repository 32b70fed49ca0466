"""Audiences: the same people on the page, in the count and in the wave."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.network import audiences, memberships, people
from app.network.audiences import LeftOut, only
from app.network.blocks import Block
from app.network.models import Membership, Person
from app.network.seeing import CLOCKWORK
from tests import factories as make

pytestmark = pytest.mark.usefixtures("app")


def _names(network, *groups: list[dict]) -> list[str]:
    chosen = audiences.people(groups, network.id, CLOCKWORK).subquery()
    rows = db.session.scalars(
        sa.select(Person.name).where(Person.id.in_(sa.select(list(chosen.c)[0]))).order_by(Person.name)
    )
    names = list(rows)
    assert audiences.reach(groups, network.id, CLOCKWORK).people == len(names)
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
    ("conditions", "expected"),
    [
        ([], ["Anna", "Bram", "Cor", "Dirk", "Zonder functie"]),
        ([only(Block.KIND)], ["Anna", "Bram", "Cor", "Dirk", "Zonder functie"]),
        ([only(Block.KIND, "gemeente")], ["Anna", "Bram", "Cor"]),
        ([only(Block.REGION, "West-Brabant")], ["Anna"]),
        ([only(Block.ROLE, "bestuurder")], ["Anna", "Bram", "Dirk"]),
        ([only(Block.ROLE, "bestuurder", but=True)], ["Cor", "Zonder functie"]),
        ([only(Block.KIND, "gemeente"), only(Block.ROLE, "bestuurder")], ["Anna", "Bram"]),
        ([only(Block.KIND, "gemeente"), only(Block.REGION, "West-Brabant", but=True)], ["Bram", "Cor"]),
        (
            [
                only(Block.KIND, "waterschap", "gemeente"),
                only(Block.REGION, "Noordoost-Brabant"),
                only(Block.ROLE, "ambtenaar"),
            ],
            ["Cor"],
        ),
        ([only(Block.SIZE, "M7")], ["Anna", "Bram", "Cor"]),
        ([only(Block.KIND, "rijk")], []),
    ],
)
def test_conditions_narrow_down_the_members(network, conditions, expected):
    assert _names(network, conditions) == expected


def test_kind_and_role_must_belong_to_the_same_position(network):
    person = make.person("Eva", at="Oss", role="ambtenaar", of=network)
    from app.network import people
    from app.network.models import Role

    people.place_at(person, make.organisation("Waterschap De Dommel"), db.session.get(Role, "bestuurder"))
    db.session.flush()
    assert "Eva" not in _names(network, [only(Block.KIND, "gemeente"), only(Block.ROLE, "bestuurder")])


def test_ended_and_future_positions_do_not_count(network):
    for name, period in (
        ("Vroeger", {"ends_on": clock.today() - timedelta(days=1)}),
        ("Later", {"starts_on": clock.today() + timedelta(days=1)}),
    ):
        person = make.person(name, at="Oosterhout", role="bestuurder", of=network)
        for key, day in period.items():
            setattr(person.positions[0], key, day)
    db.session.flush()
    assert _names(network, [only(Block.REGION, "West-Brabant")]) == ["Anna"]


def test_those_left_out_are_counted_by_reason(network):
    unsubscribed, gone = make.person("Uit", at="Oss", of=network), make.person("Weg", at="Oss", of=network)
    silent = make.person("Zonder adres", at="Oss", of=network)
    memberships.unsubscribe(db.session.scalar(sa.select(Membership).filter_by(person_id=unsubscribed.id)))
    memberships.leave(db.session.scalar(sa.select(Membership).filter_by(person_id=gone.id)))
    silent.addresses[0].preferred = False
    db.session.flush()
    bounced = make.person("Stuk adres", at="Oss", of=network)
    people.note_bounce(bounced.email, "550 5.1.1 unknown")
    reach = audiences.reach([[only(Block.KIND, "gemeente")]], network.id, CLOCKWORK)
    left_out = {LeftOut.UNSUBSCRIBED: 1, LeftOut.NO_ADDRESS: 1, LeftOut.BOUNCED: 1}
    assert (reach.people, reach.organisations, reach.left_out) == (3, 2, left_out)
