"""Names, addresses, positions and memberships."""

from datetime import date

import pytest

from app import folding
from app.database import db
from app.network import memberships
from app.network.finding import search
from app.network.models import Standing
from app.network.people import job_positions, mail_addresses, mailboxes, names, people, people_list
from app.network.people.mail_addresses import BadAddress
from app.network.seeing import CLOCKWORK
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nBcc: x", "a Bcc: x"),
        ("  Jan   Piet ", "Jan Piet"),
        ("Jan\x00\x0b", "Jan"),
        ("Jan\u202eteiP", "JanteiP"),
        ("👩\u200d💻 Jan\u200d", "👩\u200d💻 Jan"),
    ],
)
def test_clean_keeps_one_line_of_text(typed, kept):
    assert names.clean_name(typed) == kept


def test_plain_ignores_case_and_accents():
    assert folding.fold_accents("Đặng Özdemir Nguyễn") == "dang ozdemir nguyen"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Jan@OSS.example ", "Jan@oss.example"),
        ("jan+tag@oss.example", "jan+tag@oss.example"),
        ("jan@bücher.example", "jan@xn--bcher-kva.example"),
        ("mailto:jan@oss.example?subject=hoi", "jan@oss.example"),
        ("Sanne de Vries <jan@oss.example>", "jan@oss.example"),
        ("'jan@oss.example',", "jan@oss.example"),
        ("\u200bjan@oss.example\ufeff.", "jan@oss.example"),
        ("(jan@oss.example)", "jan@oss.example"),
        ("o'neill@oss.example", "o'neill@oss.example"),
    ],
)
def test_read_address_gives_what_mail_servers_take(typed, kept):
    assert mail_addresses.read_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "jan",
        "jan@",
        "@oss.example",
        "jan@oss",
        "jan jansen@oss.example",
        "jän@oss.example",
        "jan@oss.example, piet@oss.example",
        "jan@oss..example",
        "a" * 65 + "@oss.example",
    ],
)
def test_read_address_refuses_what_cannot_be_mailed(typed):
    with pytest.raises(BadAddress):
        mail_addresses.read_address(typed)


def test_titles_are_kept_with_somebody_and_come_back_in_the_form():
    person = factories.person("drs. M. (Marie) de Boer MSc")
    assert (person.name, person.call_name, person.titles) == ("Marie de Boer", "Marie", "drs. MSc")
    people.rename_person(person, people.full_name(person), "Rie")
    assert (person.name, person.call_name, person.titles) == ("Marie de Boer", "Rie", "drs. MSc")
    people.rename_person(person, "Marie Smit")
    assert (person.name, person.call_name, person.titles) == ("Marie Smit", "Marie", "")


def test_members_are_listed_by_family_name_on_both_databases_alike():
    network = factories.network()
    for name in ("Aylin Özdemir", "An de Vries", "Zhang, Yu", "d'Abo, Eva", "Søren Ødegård", "ZOË VAN DIJK"):
        factories.person(name, of=network)
    db.session.commit()
    listed = people_list.page_of_members(network, people_list.PeopleFilter(), CLOCKWORK).items
    assert [each.name for each in listed] == [
        "Eva d'Abo", "Zoë van Dijk", "Søren Ødegård", "Aylin Özdemir", "An de Vries", "Yu Zhang",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["odegard", "ØDEGÅRD", "Soren"])
def test_a_member_is_found_with_and_without_accents(typed):
    network = factories.network()
    person = factories.person("Søren Ødegård", of=network)
    db.session.commit()
    sought = people_list.PeopleFilter(text=typed)
    assert [each.name for each in people_list.page_of_members(network, sought, CLOCKWORK).items] == [person.name]
    assert search.search_everywhere(typed).people == [person]


def test_find_or_add_knows_an_address_in_any_case():
    person = factories.person("Jan", address="Jan@Oss.example")
    assert people.find_or_add_person("Iemand anders", "JAN@oss.example") is person
    assert person.name == "Jan"


def test_new_preferred_address_keeps_the_old_one_known():
    person = factories.person("Jan", address="oud@oss.example")
    mail_addresses.set_address(person, "nieuw@oss.example")
    db.session.flush()
    assert person.email == "nieuw@oss.example"
    assert mailboxes.find_owner("oud@oss.example") is person
    mail_addresses.set_address(person, "OUD@oss.example")
    db.session.flush()
    assert (person.email, len(person.addresses)) == ("OUD@oss.example", 2)


def test_place_at_changes_the_same_position_and_keeps_ended_ones():
    person = factories.person("Jan", at="Oss")
    job_positions.add_or_change_position(person, factories.organisation("Oss"), title="strateeg")
    person.positions[0].ends_on = date(2026, 1, 1)
    job_positions.add_or_change_position(person, factories.organisation("Oss"), title="griffier")
    assert [(each.title, each.ends_on) for each in person.positions] == [
        ("strateeg", date(2026, 1, 1)),
        ("griffier", None),
    ]


def test_guest_becomes_member_but_never_the_other_way():
    person, network = factories.person(), factories.network()
    membership = memberships.join_network(person.id, network.id, Standing.GUEST)
    db.session.flush()
    assert memberships.join_network(person.id, network.id).standing == Standing.MEMBER
    assert memberships.join_network(person.id, network.id, Standing.GUEST).standing == Standing.MEMBER
    memberships.leave_network(membership)
    assert memberships.join_network(person.id, network.id).standing == Standing.MEMBER
