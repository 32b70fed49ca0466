"""Audiences: the same people on the page, in the count and in the wave."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.audiences import LeftOut, make_condition
from app.network.models import Membership
from app.network.people import job_positions, mail_addresses
from app.network.people.models import Person
from app.network.seeing import CLOCKWORK
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def _names(network, *groups: list[dict]) -> list[str]:
    chosen = audiences.select_people_to_mail(groups, network.id, CLOCKWORK).subquery()
    rows = db.session.scalars(
        sa.select(Person.name).where(Person.id.in_(sa.select(list(chosen.c)[0]))).order_by(Person.name)
    )
    names = list(rows)
    assert audiences.count_reach(groups, network.id, CLOCKWORK).people == len(names)
    return names


@pytest.fixture
def network(app):
    network = factories.network()
    for name, place, role in (
        ("Anna", "Oosterhout", "bestuurder"),
        ("Bram", "Oss", "bestuurder"),
        ("Cor", "Oss", "ambtenaar"),
        ("Dirk", "Waterschap De Dommel", "bestuurder"),
    ):
        factories.person(name, at=place, role=role, of=network)
    factories.person("Zonder functie", of=network)
    factories.person("Ander netwerk", at="Oss", role="bestuurder", of=factories.network())
    return network


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], ["Anna", "Bram", "Cor", "Dirk", "Zonder functie"]),
        ([make_condition(AudienceBlock.KIND)], ["Anna", "Bram", "Cor", "Dirk", "Zonder functie"]),
        ([make_condition(AudienceBlock.KIND, "gemeente")], ["Anna", "Bram", "Cor"]),
        ([make_condition(AudienceBlock.REGION, "West-Brabant")], ["Anna"]),
        ([make_condition(AudienceBlock.ROLE, "bestuurder")], ["Anna", "Bram", "Dirk"]),
        ([make_condition(AudienceBlock.ROLE, "bestuurder", but=True)], ["Cor", "Zonder functie"]),
        (
            [make_condition(AudienceBlock.KIND, "gemeente"), make_condition(AudienceBlock.ROLE, "bestuurder")],
            ["Anna", "Bram"],
        ),
        (
            [
                make_condition(AudienceBlock.KIND, "gemeente"),
                make_condition(AudienceBlock.REGION, "West-Brabant", but=True),
            ],
            ["Bram", "Cor"],
        ),
        (
            [
                make_condition(AudienceBlock.KIND, "waterschap", "gemeente"),
                make_condition(AudienceBlock.REGION, "Noordoost-Brabant"),
                make_condition(AudienceBlock.ROLE, "ambtenaar"),
            ],
            ["Cor"],
        ),
        ([make_condition(AudienceBlock.SIZE, "M7")], ["Anna", "Bram", "Cor"]),
        ([make_condition(AudienceBlock.KIND, "rijk")], []),
    ],
)
def test_conditions_narrow_down_the_members(network, conditions, expected):
    assert _names(network, conditions) == expected


def test_kind_and_role_must_belong_to_the_same_position(network):
    person = factories.person("Eva", at="Oss", role="ambtenaar", of=network)
    from app.network.vocabulary.models import Role

    job_positions.add_or_change_position(
        person, factories.organisation("Waterschap De Dommel"), db.session.get(Role, "bestuurder")
    )
    db.session.flush()
    assert "Eva" not in _names(
        network, [make_condition(AudienceBlock.KIND, "gemeente"), make_condition(AudienceBlock.ROLE, "bestuurder")]
    )


def test_ended_and_future_positions_do_not_count(network):
    for name, period in (
        ("Vroeger", {"ends_on": clock.today() - timedelta(days=1)}),
        ("Later", {"starts_on": clock.today() + timedelta(days=1)}),
    ):
        person = factories.person(name, at="Oosterhout", role="bestuurder", of=network)
        for key, day in period.items():
            setattr(person.positions[0], key, day)
    db.session.flush()
    assert _names(network, [make_condition(AudienceBlock.REGION, "West-Brabant")]) == ["Anna"]


def test_those_left_out_are_counted_by_reason(network):
    unsubscribed, gone = factories.person("Uit", at="Oss", of=network), factories.person("Weg", at="Oss", of=network)
    silent = factories.person("Zonder adres", at="Oss", of=network)
    memberships.unsubscribe_member(db.session.scalar(sa.select(Membership).filter_by(person_id=unsubscribed.id)))
    memberships.leave_network(db.session.scalar(sa.select(Membership).filter_by(person_id=gone.id)))
    silent.addresses[0].preferred = False
    db.session.flush()
    bounced = factories.person("Stuk adres", at="Oss", of=network)
    mail_addresses.note_bounced_address(bounced.email, "550 5.1.1 unknown")
    reach = audiences.count_reach([[make_condition(AudienceBlock.KIND, "gemeente")]], network.id, CLOCKWORK)
    left_out = {LeftOut.UNSUBSCRIBED: 1, LeftOut.NO_ADDRESS: 1, LeftOut.BOUNCED: 1}
    assert (reach.people, reach.organisations, reach.left_out) == (3, 2, left_out)


def test_another_audience_of_a_name_that_is_there_leaves_the_first_as_it_was(network):
    rules = [[[audiences.make_condition(AudienceBlock.REGION, region)]] for region in ("a", "b", "c")]
    first, second, third = (audiences.add_audience(network, "Gekozen", rule) for rule in rules)
    db.session.delete(second)
    db.session.flush()
    fourth = audiences.add_audience(network, "Gekozen", rules[1])
    assert [each.name for each in (first, fourth, third)] == ["Gekozen", "Gekozen (2)", "Gekozen (3)"]
    assert [first.rule, fourth.rule, third.rule] == rules
