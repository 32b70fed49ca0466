"""Lists as municipalities keep them: where the people stand in a file, and which rows are none of them."""

import io

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook

from app.database import db
from app.network.imports import import_plans, import_runs, list_files
from app.network.imports.models import Import
from app.network.people.models import Person
from tests import factories
from tests.helpers import hidden, post, sign_in

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]
COVERED = {
    "Leeswijzer": [["Deelnemerslijst versie 3 DEF, niet verspreiden"]],
    "Deelnemers": [
        ["Deelnemerslijst netwerk Digitale Transformatie"],
        [],
        ["Dhr/Mevr", "Voorl.", "Tussenv.", "Achternaam", "Gemeente / organisatie", "Functie", "E-mail", "Tel. nr."],
        ["Dhr.", "B.", "van", "Dijk", "Gem. Etten Leur", "wethouder", "b.vandijk@ettenleur.example", "06-12345678"],
        [],
        ["Totaal", "", "", 1],
    ],
    "Gasten": [["naam", "mail"], ["Vries, dhr. K. de", "k.devries@waterschap.example"]],
}


def workbook(sheets: dict[str, list[list]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    if "Deelnemers" in sheets:
        book["Deelnemers"].merge_cells("A1:G1")
    book.save(out)
    return out.getvalue()


def plan(content: bytes | str, mapping: dict | None = None, name: str = "lijst.csv") -> import_plans.ImportPlan:
    network = factories.network()
    db.session.commit()
    packed = content.encode() if isinstance(content, str) else content
    return import_plans.plan_import(network, name, list_files.unpack_list(name, packed), mapping)


def rows_of(found: import_plans.ImportPlan) -> list[tuple[int, str]]:
    return sorted((row.number, row.address) for rows in found.rows.values() for row in rows)


def test_the_sheet_and_the_row_with_headings_are_found_below_a_cover_and_a_title():
    found = plan(workbook(COVERED), name="lijst.xlsx")
    assert (found.table.sheet, found.table.heading_row) == ("Deelnemers", 3)
    assert rows_of(found) == [(4, "b.vandijk@ettenleur.example")]
    assert found.ignored == ["Dhr/Mevr"]
    assert [(number, why) for number, _, why in found.table.passed] == [(6, "total")]


def test_another_sheet_and_row_can_be_chosen():
    content = workbook({**COVERED, "Gasten": [["naam", "mail"], ["Voornaam", "Mail"], ["Kees", "k@oss.example"]]})
    found = plan(content, {"sheet": "Gasten", "heading_row": 2}, "lijst.xlsx")
    assert (found.table.heading_row, rows_of(found)) == (2, [(3, "k@oss.example")])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("West-Brabant;;;", "group"),
        ("Totaal;;;12", "total"),
        ("Aantal: 12;;;", "total"),
        ("Naam;Organisatie;Mailadres;Rol", "again"),
    ],
)
def test_rows_that_are_nobody_are_named_and_left_out(row, why):
    found = plan(f"Naam;Organisatie;Mailadres;Rol\n{row}\nJan Jansen;Oss;jan@oss.example;raadslid\n")
    assert (rows_of(found), [(number, kind) for number, _, kind in found.table.passed]) == (
        [(3, "jan@oss.example")],
        [(2, why)],
    )


@pytest.mark.parametrize(
    "content",
    [
        "Naam;Mailadres\nJan Jansen;\nPiet;piet@oss.example\n",
        "Naam;Mailadres;Rol\nPiet;piet@oss.example;\nJan Jansen;;\n",
        "Naam;Mailadres;Rol\nJan Jansen;;raadslid\nPiet;piet@oss.example;\n",
    ],
)
def test_somebody_without_an_address_is_refused_and_not_passed_over(content):
    found = plan(content)
    assert (found.wrong, found.table.passed) == (1, [])


def test_a_second_table_below_is_mentioned_and_can_be_read_too():
    content = "Naam;Mail\nJan;jan@oss.example\n\nVoornaam;Achternaam;E-mail\nPiet;Smit;piet@oss.example\n"
    found = plan(content)
    assert (rows_of(found), [(number, why) for number, _, why in found.table.passed]) == (
        [(5, "piet@oss.example")],
        [(2, "above")],
    )
    first = plan(content, {"sheet": "", "heading_row": 1})
    assert (rows_of(first), [(number, why) for number, _, why in first.table.passed]) == (
        [(2, "jan@oss.example")],
        [(4, "other_table")],
    )


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("Deelnemr;E-mail adress", ["", "address"]),
        ("Achternaan;E_mail*", ["last", "address"]),
        ("Voorl.;Achternaam;Mail", ["first", "last", "address"]),
        ("Voorl.;Voornaam;Achternaam;Mail", ["", "first", "last", "address"]),
        ("Naam;Mailadres (werk);Gemeente / organisatie", ["name", "address", "organisation"]),
        ("Naam;Mail;Maat;Rok", ["name", "address", "", ""]),
        ("Organisaties;Organisatie;Naam;Mail", ["", "organisation", "name", "address"]),
    ],
)
def test_headings_are_recognised_loosely_and_the_exact_one_goes_first(heading, columns):
    titles = heading.split(";")
    found = import_plans.columns_of_heading(titles, {}, [])
    if heading.startswith("Deelnemr"):
        columns = ["name", "address"]
    assert [found[title] for title in titles] == columns


def test_a_column_of_prefixes_is_never_passed_over_by_itself():
    content = "Voornaam;Vvgsl;Achternaam;Mail\nBert;van der;Linden;b@oss.example\nEls;;Smit;e@oss.example\n"
    found = plan(content)
    assert [row.name for row in found.rows["new"]] == ["Bert van der Linden", "Els Smit"]
    assert plan(content, {"columns": {"Vvgsl": ""}}).ignored == ["Vvgsl"]


def test_what_was_seen_is_carried_out_and_the_place_in_the_file_is_not_remembered():
    network = factories.network()
    db.session.commit()
    content = list_files.unpack_list("lijst.xlsx", workbook(COVERED))
    kept = import_runs.keep_list(network, "lijst.xlsx", content)
    kept.mapping = {"sheet": "Gasten", "heading_row": 1}
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.xlsx", content, kept.mapping))
    db.session.commit()
    import_runs.carry_on_imports()
    assert db.session.scalars(sa.select(Person.name)).all() == ["K. de Vries"]
    assert {"sheet", "heading_row"}.isdisjoint(import_plans.remembered_mapping(network))


def test_the_page_shows_the_sheet_and_lets_another_be_chosen(client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    page = "/organise/networks/netwerk/import"
    form = {**hidden(client, page), "file": (io.BytesIO(workbook(COVERED)), "lijst.xlsx")}
    address = client.post(page, data=form).location
    seen = client.get(address).text
    assert "We lezen het blad ‘Deelnemers’ met de koppen van rij 3." in seen
    assert "Rij 6: ‘Totaal 1’" in seen
    post(client, f"{address}/mapping", page=address, **{"sheet-shown": "Deelnemers", "sheet": "Gasten"})
    assert "We lezen het blad ‘Gasten’ met de koppen van rij 1." in client.get(address).text
    choice = {"sheet-shown": "Gasten", "sheet": "Gasten", "heading-row": "2"}
    post(client, f"{address}/mapping", page=address, **choice)
    assert "Wijs aan in welke kolommen" in client.get(address).text
    assert db.session.scalars(sa.select(Import.mapping)).one()["heading_row"] == 2


@pytest.mark.parametrize("nothing", ["#N/B", "#N/A", "-", "n.v.t.", "NVT", "onbekend", "Onbekend", "?", "#VERW!"])
def test_what_people_write_for_nothing_is_nothing(nothing):
    found = plan(f"Naam;Mail;Organisatie;Rol;Vanaf;Taal\nJan;jan@gmail.com;{';'.join([nothing] * 4)}\n")
    row = found.rows["new"][0]
    assert (row.organisation, row.role, row.starts_on, row.problems) == (None, None, None, [])
    assert "naam" in str(plan(f"Naam;Mail\n{nothing};jan@oss.example\n").rows["wrong"][0].problems)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["Zoë Müller", "André Bäcker", "Ingeborg Smit"])
def test_encodings_of_every_machine_are_recognised(encoding, name):
    found = plan(f"Naam;Mail\r\n{name};z@oss.example\r\n".encode(encoding))
    assert [row.name for row in found.rows["new"]] == [name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_web_page_called_xls_is_read(encoding):
    db.session.commit()
    page = (
        "<html><table><tr><th>Naam</th><th>E-mail</th></tr><tr><td>Zoë <b>de Vries</b></td><td>s@oss.example</td></tr>"
    )
    found = plan(page.encode(encoding), name="lijst.xls")
    assert [(row.name, row.address) for row in found.rows["new"]] == [("Zoë de Vries", "s@oss.example")]


def test_a_web_page_without_a_table_is_refused_in_words():
    with pytest.raises(list_files.UnreadableFile, match="geen leesbaar Excel-bestand"):
        plan("<html><p>Log eerst in</p></html>", name="lijst.xls")


def test_refused_rows_go_out_with_the_reason_and_come_back_mended(client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    page = "/organise/networks/netwerk/import"
    content = b"Lijst 2024\nNaam;Mail;Kamer\nJan;jan@gmail.com;1\nPiet Smit;piet;2;extra\n"
    address = client.post(page, data={**hidden(client, page), "file": (io.BytesIO(content), "lijst.csv")}).location
    assert "Download de rijen die niet goed zijn" in client.get(address).text
    sent = post(client, f"{address}/refused.xlsx", page=address)
    book = load_workbook(io.BytesIO(sent.data))
    rows = [["" if cell is None else cell for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert rows == [
        ["Naam", "Mail", "Kamer", "", "Wat er niet klopt"],
        ["Piet Smit", "piet", "2", "extra", "‘piet’ is geen mailadres."],
    ]
    book.active["B2"], out = "piet@gmail.com", io.BytesIO()
    book.save(out)
    assert [row.name for row in plan(out.getvalue(), name="x.xlsx").rows["new"]] == ["Piet Smit"]


def test_headings_without_rows_below_are_a_problem_on_the_page_and_nothing_to_carry_out(client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    kept = import_runs.keep_list(network, "lijst.csv", b"Naam;Mail\nNaam;E-mail\n")
    kept.mapping = {"sheet": "", "heading_row": 2}
    db.session.commit()
    address = f"/organise/networks/netwerk/import/{kept.id}"
    assert "Er staan geen rijen in." in client.get(address).text
    post(client, address, rows="all")
    assert (import_runs.carry_on_imports(), db.session.get_one(Import, kept.id).state) == (0, "waiting")


def test_a_row_without_a_name_has_no_empty_heading(client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    kept = import_runs.keep_list(network, "lijst.csv", b"Naam;Mail\n-;griffie@goirle.example\n")
    db.session.commit()
    page = client.get(f"/organise/networks/netwerk/import/{kept.id}").text
    assert ('<th scope="row"></th>' in page, "griffie@goirle.example" in page) == (False, True)
