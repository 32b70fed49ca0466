"""Names, addresses, positions and memberships."""

from datetime import date

import pytest

from app.database import db
from app.network import memberships, names, people
from app.network.models import Standing
from app.network.people import BadAddress
from tests import factories as make

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("name", "sorted_as"),
    [
        ("Sanne de Vries", "Vries, Sanne de"),
        ("Karin van den Berg", "Berg, Karin van den"),
        ("Toon in 't Veld", "Veld, Toon in 't"),
        ("O'Brien", "O'Brien"),
        ("Đỗ Thị Hồng", "Hồng, Đỗ Thị"),
        ("J. de la Cruz", "Cruz, J. de la"),
        ("Jan", "Jan"),
        ("Wim van", "van, Wim"),
    ],
)
def test_sort_name_leaves_infixes_behind(name, sorted_as):
    assert names.sort_name(name) == sorted_as


@pytest.mark.parametrize(
    ("name", "called"),
    [("Sanne de Vries", "Sanne"), ("J. Smulders", "Smulders"), ("A.B. de Wit", "de"), ("Đỗ Thị", "Đỗ"), ("X", "X")],
)
def test_call_name_is_the_first_word_that_is_no_initial(name, called):
    assert names.call_name(name) == called


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\r\nBcc: x", "a Bcc: x"), ("  Jan   Piet ", "Jan Piet"), ("Jan\x00\x0b", "Jan"), ("Jan\u202eteiP", "Jan teiP")],
)
def test_clean_keeps_one_line_of_text(typed, kept):
    assert names.clean(typed) == kept


def test_plain_ignores_case_and_accents():
    assert names.plain("Đặng Özdemir Nguyễn") == "dang ozdemir nguyen"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Jan@OSS.example ", "Jan@oss.example"),
        ("jan+tag@oss.example", "jan+tag@oss.example"),
        ("jan@bücher.example", "jan@xn--bcher-kva.example"),
    ],
)
def test_read_address_gives_what_mail_servers_take(typed, kept):
    assert people.read_address(typed) == kept


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
        people.read_address(typed)


def test_find_or_add_knows_an_address_in_any_case():
    person = make.person("Jan", address="Jan@Oss.example")
    assert people.find_or_add("Iemand anders", "JAN@oss.example") is person
    assert person.name == "Jan"


def test_new_preferred_address_keeps_the_old_one_known():
    person = make.person("Jan", address="oud@oss.example")
    people.set_address(person, "nieuw@oss.example")
    db.session.flush()
    assert person.email == "nieuw@oss.example"
    assert people.by_address("oud@oss.example") is person
    people.set_address(person, "OUD@oss.example")
    db.session.flush()
    assert (person.email, len(person.addresses)) == ("OUD@oss.example", 2)


def test_place_at_changes_the_same_position_and_keeps_ended_ones():
    person = make.person("Jan", at="Oss")
    people.place_at(person, make.organisation("Oss"), title="strateeg")
    person.positions[0].ends_on = date(2026, 1, 1)
    people.place_at(person, make.organisation("Oss"), title="griffier")
    assert [(each.title, each.ends_on) for each in person.positions] == [
        ("strateeg", date(2026, 1, 1)),
        ("griffier", None),
    ]


def test_guest_becomes_member_but_never_the_other_way():
    person, network = make.person(), make.network()
    membership = memberships.join(person.id, network.id, Standing.GUEST)
    db.session.flush()
    assert memberships.join(person.id, network.id).standing == Standing.MEMBER
    assert memberships.join(person.id, network.id, Standing.GUEST).standing == Standing.MEMBER
    memberships.leave(membership)
    assert memberships.join(person.id, network.id).standing == Standing.MEMBER
