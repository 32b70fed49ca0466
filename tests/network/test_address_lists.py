"""What people paste where addresses are asked: lines of mail programs, spreadsheets and their own."""

import pytest

from app.network.people import mail_addresses, names
from app.network.people.name_reading import read_name

pytestmark = pytest.mark.one_database

PASTED = [
    (
        "Jansen, Piet <piet@oss.example>; Vries, Sanne de <sanne@oss.example>",
        ["Piet Jansen piet@oss.example", "Sanne de Vries sanne@oss.example"],
    ),
    (
        "Jansen, Piet <piet@oss.example>, Vries, Sanne de <sanne@oss.example>",
        ["Piet Jansen piet@oss.example", "Sanne de Vries sanne@oss.example"],
    ),
    ("a@x.example; b@x.example, c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
    ("a@x.example b@x.example\nc@x.example;\n\n", ["a@x.example", "b@x.example", "c@x.example"]),
    ("a@x.example / b@x.example|c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
    ("a@x.example en b@x.example", ["a@x.example", "b@x.example"]),
    ("Sanne de Vries (sanne@x.example);", ["Sanne de Vries sanne@x.example"]),
    ("mailto:x@y.example", ["x@y.example"]),
    ("mailto:x@y.example?subject=Hoi", ["x@y.example"]),
    ("'Kees van Dijk' <kees@y.example>", ["Kees van Dijk kees@y.example"]),
    ("“Dijk, Kees van” <kees@y.example>", ["Kees van Dijk kees@y.example"]),
    (
        '"Vries, Sanne de" <s@x.example>, "Team; Jan" <j@x.example>',
        ["Sanne de Vries s@x.example", "Team; Jan j@x.example"],
    ),
    ("sanne@oss.example\u200b", ["sanne@oss.example"]),
    ("'b@x.example'", ["b@x.example"]),
    ("<a@x.example>,<b@x.example>.", ["a@x.example", "b@x.example"]),
    ("a@x.example<mailto:a@x.example>", ["a@x.example"]),
    ("Sanne de Vries [mailto:sanne@x.example]", ["Sanne de Vries sanne@x.example"]),
    ("Sanne de Vries\tsanne@x.example", ["Sanne de Vries sanne@x.example"]),
    ("Vries, Sanne de, sanne@x.example", ["Sanne de Vries sanne@x.example"]),
    (
        "sanne@x.example (Sanne de Vries), piet@x.example (Piet)",
        ["Sanne de Vries sanne@x.example", "Piet piet@x.example"],
    ),
    ("Sanne de Vries\r\n <sanne@x.example>", ["Sanne de Vries sanne@x.example"]),
    ("Aan: a@x.example; A@X.EXAMPLE", ["a@x.example"]),
    ("- a@x.example\n• b@x.example", ["a@x.example", "b@x.example"]),
    ("O'Neill, Sinéad <o'neill@x.example>", ["Sinéad O'Neill o'neill@x.example"]),
    ("Sanne (Oss) <sanne@x.example>", ["Sanne (Oss) sanne@x.example"]),
]


@pytest.mark.parametrize(("pasted", "asked"), PASTED, ids=[pasted for pasted, _ in PASTED])
def test_everybody_in_a_pasted_list_is_read(pasted, asked):
    read = mail_addresses.read_addresses(pasted)
    found = [f"{read_name(each.name).name if each.name else ''} {each.address}".strip() for each in read.recipients]
    assert (found, read.refused) == (asked, [])


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        ("piet@oss", "‘piet@oss’ heeft geen domein waar mail naartoe kan."),
        ("a@x.example; Piet Jansen; b@x.example", "‘Piet Jansen’ is geen mailadres."),
        ("jän@oss.example", "‘jän@oss.example’ is geen mailadres."),
        ("-", "‘-’ is geen mailadres."),
        ("a@@x.example", "‘a@@x.example’ is geen mailadres."),
        ("piet(at)oss.example", "‘piet(at)oss.example’ is geen mailadres."),
    ],
)
def test_what_is_nobody_is_refused_with_what_is_wrong(app, pasted, why):
    with app.test_request_context():
        assert mail_addresses.read_addresses(pasted).refused == [why]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("sanne.de.vries@oss.example", "Sanne de Vries"),
        ("m.vandenberg@tilburg.example", "M. Vandenberg"),
        ("J_Bakker@breda.example", "J. Bakker"),
        ("anne-marie.smit+werk@oss.example", "Anne-Marie Smit"),
        ("op.den.kamp@oss.example", "Op den Kamp"),
        ("griffie@oss.example", "griffie"),
        ("svries@oss.example", "svries"),
        ("team.2026@oss.example", "team.2026"),
        ("...@oss.example", "..."),
    ],
)
def test_somebody_of_whom_there_is_an_address_alone_is_called_as_it_spells(address, name):
    assert names.name_of_address(address) == name
