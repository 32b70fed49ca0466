"""Rows of a list that are not right are mended on its page: in any sheet, any column, and only those."""

import pytest

from app.database import db
from app.network.imports import import_plans, import_runs, list_files, list_mending
from app.network.imports.models import Import
from tests import factories
from tests.helpers import post, sign_in

pytestmark = pytest.mark.usefixtures("app")
LIST = "Naam;E-mail;Gemeente;Taal\nJan Smit;jan@@oss.example;Oss;nl\n\nEls Bos;els@oss.example;Oss;Klingon\nBram Vos;bram@oss.example;Osterhout;\n"


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


def _rows_to_mend(network, content: bytes, mapping=None) -> list[list_mending.MendableRow]:
    db.session.commit()
    table = import_plans.chosen_table("lijst.csv", content, mapping or {})
    sheets = list_files.read_sheets("lijst.csv", content)
    return list_mending.find_mendable_rows(import_plans.plan_table(network, table, mapping), sheets)


def test_each_row_that_is_not_right_is_offered_as_it_stands_but_names_that_are_asked_about(network):
    found = _rows_to_mend(network, LIST.encode())
    assert [row.number for row in found] == [2, 4]
    assert found[0].cells[1] == (1, "E-mail", "jan@@oss.example")
    assert found[1].cells[3] == (3, "Taal", "Klingon")
    assert "Klingon" in found[1].why


def test_cells_are_put_in_their_own_sheet_and_row(network):
    cells = [["\fVoorblad"], ["Van", "Petra"], ["\fMensen"], ["Naam", "E-mail"], ["Jan", "jan@@oss.example"], ["Els"]]
    content = list_files.write_cells(cells)
    mended = {(2, 1): "jan@oss.example", (3, 1): " els@oss\n.example\f", (99, 1): "niemand@oss.example"}
    found = list_files.read_cells(list_mending.write_mended(content, "Mensen", mended))
    assert found == [*cells[:4], ["Jan", "jan@oss.example"], ["Els", "els@oss .example"]]


def test_what_is_not_touched_stays_as_it_stands(network):
    """A field of a browser has one line, and a cell may be longer than what can be typed in one."""
    long = "; ".join(f"mens{number}@oss.example" for number in range(30))
    cells = [["Naam", "E-mail", "Gemeente"], ["Jan\nEls", "jan@oss.example\nels@@oss.example", long]]
    content = list_files.write_cells(cells)
    shown = {(2, place): text for place, _, text in _rows_to_mend(network, content)[0].cells}
    assert shown[2, 1] == "jan@oss.example; els@@oss.example"
    assert list_files.read_cells(list_mending.write_mended(content, "", shown | {(2, 2): long})) == cells
    mended = shown | {(2, 1): shown[2, 1].replace("@@", "@"), (2, 2): long.replace("mens0", "Mens")}
    found = list_files.read_cells(list_mending.write_mended(content, "", mended))
    assert found[1] == ["Jan\nEls", "jan@oss.example; els@oss.example", mended[2, 2]]


def test_what_is_mended_on_the_page_is_looked_at_again(client, network):
    sign_in(client, factories.account(network))
    kept = import_runs.keep_list(network, "lijst.csv", LIST.encode())
    db.session.commit()
    page = f"/organise/networks/netwerk/import/{kept.id}"
    assert "2 rijen zijn niet goed" in client.get(page).text
    typed = {
        "cell-2-1": "jan@oss.example",
        "cell-4-3": "Engels",
        "cell-5-2": "Oosterhout",
        "cell-x-1": "!",
        "cell-2-900": "!",
    }
    post(client, f"{page}/rows", page=page, **typed)
    text = client.get(page).text
    assert "3 nieuw, 0 gewijzigd, 0 hetzelfde, 0 niet goed." in text
    assert "<td>Engels</td>" in text
    assert "rijen zijn niet goed" not in text


def test_a_list_is_not_mended_until_nothing_is_left_of_it(client, network):
    sign_in(client, factories.account(network))
    kept = import_runs.keep_list(network, "lijst.csv", b"Naam;E-mail\nJan;jan@@oss.example\n")
    db.session.commit()
    page = f"/organise/networks/netwerk/import/{kept.id}"
    post(client, f"{page}/rows", page=page, **{"cell-2-0": "", "cell-2-1": ""})
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Er staan geen rijen in." in answer.text
    assert "jan@@oss.example" in answer.text


def test_a_list_that_was_decided_on_is_not_mended(client, network):
    sign_in(client, factories.account(network))
    kept = import_runs.keep_list(network, "lijst.csv", LIST.encode())
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", LIST.encode()))
    before = kept.content
    db.session.commit()
    page = f"/organise/networks/netwerk/import/{kept.id}"
    answer = post(client, f"{page}/rows", page="/organise/networks/netwerk/import", **{"cell-2-0": "Ander"})
    assert answer.status_code == 404
    db.session.expire_all()
    assert db.session.get(Import, kept.id).content == before
