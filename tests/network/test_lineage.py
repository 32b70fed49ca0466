"""Organisations that go up in others: people move along, history counts for the successor, and it can be undone."""

from datetime import date, timedelta

import pytest

from app import clock
from app.database import db
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.audiences import make_condition
from app.network.organisations import lineage, organisations, portrait
from app.network.organisations.lineage import NoSuccession
from app.network.organisations.models import ContactPerson, Organisation, OrganisationKind
from app.network.people import job_positions
from app.network.seeing import CLOCKWORK
from app.reports import network_year
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
DAY = date(2026, 1, 1)


def _organisation(name: str) -> Organisation:
    made = Organisation(name=f"Test {name}", kind=OrganisationKind.PARTNERSHIP)
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture
def two(app):
    return _organisation("Oud"), _organisation("Nieuw")


def test_uden_is_part_of_maashorst_since_2022():
    uden, maashorst = factories.organisation("Uden"), factories.organisation("Maashorst")
    assert lineage.organisation_today(uden) is maashorst
    assert uden.ended_on == date(2021, 12, 31)
    assert {each.name for each in lineage.predecessors_of(maashorst)} == {"Uden", "Landerd"}
    assert "Uden" not in {choice.label for choice in organisations.organisation_choices()}


def test_people_contacts_and_domains_move_and_history_stays(two):
    old, new = two
    person = factories.person("Anna")
    position = job_positions.add_or_change_position(person, old, title="strateeg", starts_on=date(2020, 5, 1))
    old.contacts.append(ContactPerson(person=person))
    organisations.set_domains(old, ["oud.example"])
    db.session.flush()

    lineage.succeed_organisation(old, new, DAY)

    db.session.expire_all()
    assert [(each.organisation.name, each.title, each.starts_on, each.ends_on) for each in person.positions] == [
        ("Test Oud", "strateeg", date(2020, 5, 1), date(2025, 12, 31)),
        ("Test Nieuw", "strateeg", DAY, None),
    ]
    assert position.organisation is old
    assert [each.person.name for each in new.contacts] == ["Anna"]
    assert organisations.organisation_of_domain("oud.example") is new


def test_who_was_to_begin_later_begins_at_the_successor(two):
    old, new = two
    person = factories.person("Anna")
    job_positions.add_or_change_position(person, old, starts_on=DAY + timedelta(days=30))
    lineage.succeed_organisation(old, new, DAY)
    db.session.expire_all()
    assert [(each.organisation.name, each.starts_on) for each in person.positions] == [
        ("Test Nieuw", DAY + timedelta(days=30))
    ]


@pytest.mark.parametrize("problem", ["itself", "circle", "has_successor"])
def test_useless_successions_are_refused(two, problem):
    old, new = two
    if problem == "itself":
        new = old
    elif problem == "circle":
        middle = _organisation("Midden")
        lineage.succeed_organisation(new, middle, DAY)
        lineage.succeed_organisation(middle, old, DAY)
    else:
        lineage.succeed_organisation(old, new, DAY)
    with pytest.raises(NoSuccession) as refused:
        lineage.succeed_organisation(old, new, DAY)
    assert refused.value.problem == problem


def test_nothing_becomes_a_part_of_itself(two):
    part, whole = two
    part.parent = whole
    db.session.flush()
    assert not lineage.may_be_part_of(whole, part)
    assert lineage.may_be_part_of(part, whole)


def test_attendance_counts_for_what_the_organisation_is_today(two):
    old, new = two
    network = factories.network()
    person = factories.person("Anna", of=network)
    job_positions.add_or_change_position(person, old)
    db.session.flush()
    there = factories.attendance(factories.held(network), person)
    colleague = factories.person("Bram", of=network)
    job_positions.add_or_change_position(colleague, new)
    lineage.succeed_organisation(old, new, clock.today())
    db.session.flush()

    assert there.organisation is old
    assert [(each.sessions, each.people) for each in portrait.count_presences(new, CLOCKWORK)] == [(1, 1)]
    assert network_year.load_network_year(network, clock.today().year, CLOCKWORK).organisations == 1
    unreached = [[make_condition(AudienceBlock.UNREACHED, clock.today().year)]]
    assert audiences.count_reach(unreached, network.id, CLOCKWORK).people == 0
