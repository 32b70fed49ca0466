"""Rows of a list in which more people stand: proposed as people of their own, and as one when an organiser says so."""

import csv
import io

import pytest
import sqlalchemy as sa

from app.database import db
from app.network.imports import import_plans, import_runs, list_pairs
from app.network.imports.list_layout import ListTable
from app.network.people import mailboxes
from app.network.people.models import Person
from tests import factories
from tests.helpers import hidden, post, sign_in

BOTH = "frans@bosch.example / marja@bosch.example"


def parted(cells: dict[str, str], choices: dict[str, str] | None = None) -> tuple[list[list[str]], list[list[str]]]:
    """The rows that one becomes, and the people who are proposed."""
    table = ListTable("", 1, list(cells), [(2, list(cells.values()))])
    made, shared = list_pairs.part_rows(table, {column: column for column in cells}, choices or {})
    return [row for _, row in made.lines], [each.people for each in shared]


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("Frans en Marja de Wit", ["Frans de Wit", "Marja de Wit"]),
        ("Wit, Frans en Marja de", ["Frans de Wit", "Marja de Wit"]),
        ("J. en A. de Vries", ["J. de Vries", "A. de Vries"]),
        ("de heer en mevrouw Jansen", ["Jansen", "Jansen"]),
        ("dhr. J. Smit & mw. A. Bos", ["J. Smit", "A. Bos"]),
        ("Jan Jansen / Piet Smit", ["Jan Jansen", "Piet Smit"]),
        ("Jan Jansen/Piet Smit", ["Jan Jansen", "Piet Smit"]),
        ("Jan Jansen\nPiet Smit", ["Jan Jansen", "Piet Smit"]),
        ("Vries, Sanne de; Bos, Piet", ["Sanne de Vries", "Piet Bos"]),
        ("Jan, Piet", ["Jan", "Piet"]),
    ],
)
def test_two_people_in_one_cell_are_proposed_as_two_each_with_an_address(name, people):
    rows, proposed = parted({"name": name, "address": "a@x.example; b@x.example"})
    assert proposed == [[f"{people[0]}, a@x.example", f"{people[1]}, b@x.example"]]
    assert [row[1] for row in rows] == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Jan de Boer", "a@x.example"),
        ("Jansen/De Vries", "a@x.example"),
        ("Piet van Dijk en Zonen", "a@x.example"),
        ("Jan Jansen & Co", "a@x.example"),
        ("Annemarie van den Ende", "a@x.example"),
        ("Gerwen en Nederwetten", ""),
    ],
)
def test_one_person_stays_one_without_a_question(name, address):
    assert parted({"name": name, "address": address}) == ([[name, address]], [])


def test_one_name_with_two_addresses_is_asked_about_and_stays_one():
    said = {"name": "Jan de Boer", "address": "jan@x.example; jan@thuis.example"}
    assert parted(said) == ([list(said.values())], [["Jan de Boer, jan@x.example", "jan@thuis.example"]])
    assert parted(said, {"2": "apart"})[0] == [["Jan de Boer", "jan@x.example"], ["", "jan@thuis.example"]]


@pytest.mark.parametrize("address", [BOTH, "marja@bosch.example, frans@bosch.example"])
def test_a_pair_of_three_columns_shares_what_is_of_both_and_nothing_else(address):
    said = {"first": "Frans en Marja", "infix": "de", "last": "Wit", "organisation": "Den Bosch", "address": address}
    rows, _ = parted(said | {"title": "raadslid en wethouder", "phone": "06-11111111 / 06-22222222"})
    assert rows == [
        ["Frans", "de", "Wit", "Den Bosch", "frans@bosch.example", "raadslid", "06-11111111"],
        ["Marja", "de", "Wit", "Den Bosch", "marja@bosch.example", "wethouder", "06-22222222"],
    ]


def test_two_names_with_one_address_are_two_who_share_it():
    rows, proposed = parted({"name": "Frans en Marja de Wit", "address": "frans@x.example", "phone": "06-1"})
    assert proposed == [["Frans de Wit, frans@x.example", "Marja de Wit, frans@x.example"]]
    assert rows == [["Frans de Wit", "frans@x.example", "06-1"], ["Marja de Wit", "frans@x.example", ""]]


class TestOneAddressOfTwo:
    """Whose it is, is asked; with an office's there is nothing to ask."""

    def _plan(self, address: str, mailboxes: dict[str, str] | None = None):
        text = f"Naam;E-mail\nFrans en Marja de Wit;{address}\n"
        network = factories.network()
        return import_plans.plan_import(network, "lijst.csv", text.encode(), {"mailboxes": mailboxes or {}})

    def test_the_second_waits_until_somebody_says_whose_it_is(self, app):
        plan = self._plan("dewit@x.example")
        assert plan.mailboxes == {"dewit@x.example": ["Marja de Wit"]}
        assert (plan.new, plan.wrong) == (1, 1)
        assert list(plan.refused.values()) == [
            "In deze rij hebben meer mensen het adres dewit@x.example. Kies hierboven van wie het is."
        ]

    @pytest.mark.parametrize(
        ("address", "said"), [("dewit@x.example", {"dewit@x.example": "through"}), ("griffie@x.example", {})]
    )
    def test_both_are_reached_through_it(self, app, address, said):
        plan = self._plan(address, said)
        assert [(row.name, row.through) for rows in plan.rows.values() for row in rows] == [
            ("Frans de Wit", True),
            ("Marja de Wit", True),
        ]
        assert (plan.new, plan.wrong) == (2, 0)

    def test_saved_they_are_two_people_of_one_mailbox(self, client):
        network = factories.network(slug="netwerk")
        sign_in(client, factories.account(network))
        text = "Naam;E-mail\nFrans en Marja de Wit;dewit@x.example\n"
        page = "/organise/networks/netwerk/import"
        form = {**hidden(client, page), "file": (io.BytesIO(text.encode()), "lijst.csv")}
        address = client.post(page, data=form).location
        given = {
            "mailbox-0": "dewit@x.example",
            "mailbox-0-is": "through",
            "sheet": "",
            "sheet-shown": "",
            "heading-row": "1",
        }
        post(client, f"{address}/mapping", page=address, **given)
        post(client, address, rows="all")
        db.session.rollback()
        import_runs.carry_on_imports()
        assert [each.name for each in mailboxes.who_is_behind("dewit@x.example").others] == [
            "Frans de Wit",
            "Marja de Wit",
        ]


def test_names_that_stand_with_the_addresses_are_those_of_two():
    rows, _ = parted({"name": "", "address": "Frans de Wit <a@x.example>; Marja Bos <b@x.example>"})
    assert rows == [["Frans de Wit", "a@x.example"], ["Marja Bos", "b@x.example"]]


@pytest.mark.parametrize(
    ("choice", "people"),
    [(None, ["Frans de Wit", "Marja de Wit", "Piet Smit"]), ("one", ["Frans En Marja de Wit", "Piet Smit"])],
)
def test_the_page_shows_both_and_saves_what_was_chosen(client, choice, people):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(
        [["Naam", "E-mail"], ["Frans en Marja de Wit", BOTH], ["Piet Smit", "piet@gmail.com"]]
    )
    page = "/organise/networks/netwerk/import"
    form = {**hidden(client, page), "file": (io.BytesIO(out.getvalue().encode()), "lijst.csv")}
    address = client.post(page, data=form).location
    seen = client.get(address).text
    assert "2 mensen: Frans de Wit, frans@bosch.example; Marja de Wit, marja@bosch.example" in seen
    assert ("Dag Frans," in seen, "Dag Marja," in seen) == (True, True)
    if choice:
        given = {"shared-0": "2", "shared-0-is": choice, "sheet": "", "sheet-shown": "", "heading-row": "1"}
        post(client, f"{address}/mapping", page=address, **given)
    post(client, address, rows="all")
    db.session.rollback()
    import_runs.carry_on_imports()
    saved = db.session.scalars(sa.select(Person).order_by(Person.name)).all()
    assert [each.name.title().replace(" De ", " de ") for each in saved] == people
    assert sum(len(each.addresses) for each in saved) == 3
    assert "shared" not in import_plans.remembered_mapping(network)
