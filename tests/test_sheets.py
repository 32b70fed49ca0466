"""Spreadsheets as somebody opens them: text stays text, figures are figures, nothing has to be pulled wider first."""

import io

from openpyxl import load_workbook

from app import sheets
from app.sheets import Sheet


def _opened(*pages: Sheet):
    return load_workbook(io.BytesIO(sheets.write(*pages)))


def test_text_is_never_a_formula_and_a_figure_stays_one():
    evil = ["=1+1", "+31 6", "-2", "@SUM(A1)", "", "gewoon\x0b\ufffe\uffff\ud800"]
    page = _opened(Sheet("Mensen", [(text, 3) for text in evil], ("=Vraag", "Aantal"))).active
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
