"""Spreadsheets as somebody opens them: text stays text, figures are figures, nothing has to be pulled wider first."""

import csv
import io
import time

import odfdo
import pytest
from openpyxl import load_workbook

from app import sheets
from app.settings import ROOT
from app.sheets import Sheet, TableKind
from app.web.downloads import TABLE

EVIL = ["=1+1", "+31 6", "-2", "@SUM(A1)", "", "gewoon\x0b\ufffe\uffff\ud800"]


def _opened(*pages: Sheet):
    return load_workbook(io.BytesIO(sheets.write(TableKind.XLSX, *pages)))


def _tables(*pages: Sheet) -> list[odfdo.Table]:
    return odfdo.Document(io.BytesIO(sheets.write(TableKind.ODS, *pages))).body.tables


def _lines(*pages: Sheet) -> list[list[str]]:
    text = sheets.write(TableKind.CSV, *pages).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_text_is_never_a_formula_and_a_figure_stays_one():
    page = _opened(Sheet("Mensen", [(text, 3) for text in EVIL], ("=Vraag", "Aantal"))).active
    cells = [cell for cell in page["A"] if cell.value is not None]
    assert [cell.value for cell in cells] == ["=Vraag", "=1+1", "+31 6", "-2", "@SUM(A1)", "gewoon"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in page["A"]] == [True, True, True, True, True, False, False]
    assert [cell.value for cell in page["B"][1:]] == [3] * 6


def test_the_heading_stays_in_sight_and_columns_fit_what_is_in_them():
    rows = [("Anna", "kort", "x" * 500), ("Burgemeester van Oosterhout", "twee\nregels van tekst", "")]
    page = _opened(Sheet("Mensen", rows, ("Naam", "Nr", "Lang"))).active
    assert (page.freeze_panes, page["A1"].font.bold, page["A2"].font.bold) == ("A2", True, False)
    assert [page.column_dimensions[name].width for name in "ABC"] == [29, 18, sheets.WIDEST]


def test_pages_without_a_heading_or_rows():
    book = _opened(Sheet("Cijfers", [("Jaar", 2026)]), Sheet("Leeg", [], ("Naam",)))
    assert (book["Cijfers"].freeze_panes, book["Cijfers"]["A1"].font.bold) == (None, False)
    assert list(book["Leeg"].iter_rows(values_only=True)) == [("Naam",)]


def test_open_document_holds_the_same_as_text_and_figures():
    table = _tables(Sheet("Mensen & co", [(text, 3) for text in EVIL], ("=Vraag", "Aantal")))[0]
    assert table.name == "Mensen & co"
    assert [row[0] or "" for row in table.get_values()] == ["=Vraag", "=1+1", "+31 6", "-2", "@SUM(A1)", "", "gewoon"]
    assert [row[1] for row in table.get_values()[1:]] == [3] * 6
    cells = [table.get_cell((0, y)) for y in range(7)]
    assert {cell.type for cell in cells} == {"string"}
    assert {cell.formula for cell in cells} == {None}


def test_open_document_keeps_lines_headings_widths_and_pages():
    first, second = _tables(Sheet("A", [("een\ntwee <b>", "x" * 500)], ("Naam", "Lang")), Sheet("Leeg", []))
    assert [each.text_recursive for each in first.get_cell((0, 1)).get_elements("text:p")] == ["een", "twee <b>"]
    assert first.get_elements("table:table-header-rows//table:table-cell")[0].get_attribute("table:style-name")
    assert [column.style for column in first.columns] == ["width10", f"width{sheets.WIDEST}"]
    assert second.name == "Leeg"


def test_lines_are_as_a_dutch_excel_opens_them():
    content = sheets.write(TableKind.CSV, Sheet("Mensen", [("Zoë; Anna", 3)], ("Naam", "Aantal")))
    assert content == '\ufeffNaam;Aantal\r\n"Zoë; Anna";3\r\n'.encode()
    assert _lines(Sheet("Mensen", [(text, 3) for text in [*EVIL, "\t=1"]])) == [
        [text, "3"] for text in ["'=1+1", "'+31 6", "'-2", "'@SUM(A1)", "", "gewoon", "'\t=1"]
    ]
    assert _lines(Sheet("A", [("x",)]), Sheet("B", [("y",)])) == [["A"], ["x"], [], ["B"], ["y"]]


@pytest.mark.parametrize("kind", TableKind)
def test_a_long_list_does_not_take_long(kind):
    """Ten thousand cells within a second of processor, as a large network has them."""
    begun = time.process_time()
    sheets.write(kind, Sheet("Mensen", [[f"naam {n}", "x@y.example", n] for n in range(3_000)], ("A", "B", "C")))
    assert time.process_time() - begun < 2


def test_every_address_of_a_table_offers_each_form_of_file(app):
    """An address that ends in one form alone would be the next place without the others."""
    alone = [each.rule for each in app.url_map.iter_rules() if each.rule.endswith((".xlsx", ".ods", ".csv"))]
    offered = [each.endpoint for each in app.url_map.iter_rules() if each.rule.endswith(TABLE)]
    assert alone == []
    assert offered
    pages = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    assert [each for each in offered if f'tables("{each}"' not in pages] == []


def test_nothing_but_the_one_writer_makes_tables():
    """What reads lists of others, to give back what it read or to read what was pasted, stands beside it."""
    reading = {"app/sheets.py", "app/network/imports/list_files.py", "app/network/imports/pasted_lists.py"}
    words = ("csv.writer", "Workbook(", 'Document("spreadsheet")')
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if any(each in path.read_text() for each in words)
    }
    assert makers == reading
