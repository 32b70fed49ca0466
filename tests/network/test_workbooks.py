"""Workbooks of other makes than today's Excel: XLS of 1997, OpenDocument, and those with a password."""

import base64
import io
import zipfile
import zlib

import pytest

from app.database import db
from app.network.imports import list_cells, list_files
from app.network.imports.list_files import UnreadableFile
from tests import odd_sheets
from tests.odd_sheets import write_ods

_XLS = """
c-rk)O-NKx6#njeGdhZ+qiLXl3_@0>LAYsSPa|`aVt-l^)Y#l$a-1h`g33i%Hp?JrRkSgTh`?&o54EUh(IPN%5d?u#OIJZb3-xvG
dGDE;fdgq6?|a;H&pr2^^X|Rp+@JT}jh9Z2JgmxM5q3hytX+V-c``w%z$-*R^|q~8FAq_&eXJ=IgvgP3K|Bk;%~w8D{?0<fgTPCo
z-LNFF@O#;C8Mi|UEGJ5P<?0;0g62hHz^gPlKWN0^aRs&Oz(5s=S-Vfa)oIVwVf0_7&kiVcDQkTSgYZ>Vxj_%S?425wxa@XR2*Np
Dx9`Kv{;E)a*b6~2Z}HXa%r1PNlTT(xUE*`?uPb;BZNtmle0(h-Hrm^yjA@o>dRMGE<o}h3+4HLkcY^Hi{;m}05AmmxKN>-p<q80
P&I|vD`omj;?$tDG6>^dP)UO%jmy+Dx>am&qL}ECRyrZ0jilHSi}lkU(Av-+OC(9<Kq3`SQ<H--DNmYastD*Yr=oEg?XnUwT>=c6
ve`_hx5=}y{(+<{REGp_Dv<@7N|={g5z#nGm@nl87oiSJ-~IZ&y|>di#*!gENSxzlqZ%D-TvQsQTs&9f&^p%G%JdRj-N1Ym({dUw
<+Ys^F0*Ht+g#?_T6#|-W5U=pkKasuW@_J)>dY5o3-M!Z*}?L$55@>;==h71zIujHFY3jO>k3Z|FBk5{^oeQZZ<|y|i@1Ha-7~cW
Gbm)X)H!&yGCWdEX%qW}m7Z1Ag2RUCTAWp91Pf<X<5^WBc1qstI3<lr`dmq;QoyyPFJVh(TS2$I&bE{X&TFcqQ4epuCMz_TI@==L
nJ`|pus^YsKYjS{;lqayA3pvG)a6KBiFEhs7j!R{`R;$68A`MMZ<7BO`(e^^nm#I9k)qtfxt!u>J%YlsC6=k<{V!DLrng(@LofHE
FX#BB4+AlOJj+&${JkZV>-%SO>E{Z+|0nu{74i
"""
"""A workbook of two sheets as Excel 97 wrote it, packed: no library that we have writes these."""


def old_workbook() -> bytes:
    return zlib.decompress(base64.b85decode("".join(_XLS.split())))


def rows(content: bytes, sheet: int = 0) -> list[tuple[int, list[str]]]:
    """What stands in a workbook, read here: the process with a budget is the matter of other tests."""
    cells = list_cells.unpack_workbook(content)["cells"]
    return list_files.read_sheets("l.csv", list_files.write_cells(cells))[sheet].rows


def test_a_workbook_of_excel_97_is_read_with_its_dates_and_the_numbers_of_its_rows():
    assert rows(old_workbook()) == [
        (3, ["Naam", "E-mail", "Sinds", "Telefoon"]),
        (4, ["Zoë de Vries", "zoe@oss.example", "2024-03-01", "612345678"]),
    ]


def test_an_opendocument_sheet_is_read_with_its_repeated_and_empty_cells():
    content = write_ods({"Uitleg": [["x"], ["y"]], "Leden": [[], ["Naam", "", "E-mail"], ["Zoë", "", "z@oss.example"]]})
    assert rows(content, 1) == [(2, ["Naam", "", "E-mail"]), (3, ["Zoë", "", "z@oss.example"])]


@pytest.mark.parametrize("name", ["leden.ods", "leden.xlsx", "leden.csv"])
def test_a_workbook_is_known_by_what_is_in_it_whatever_it_is_called(name):
    content = write_ods({"Leden": [["Naam", "E-mail"], ["Zoë", "z@oss.example"]]})
    assert b"Naam;E-mail" in list_files.unpack_list(name, content)


@pytest.mark.parametrize(
    ("cell", "row"),
    [("16384", "1048576"), ("9999999", "1"), ("1", "9999999")],
    ids=["everywhere", "a row that never ends", "a column that never ends"],
)
def test_a_small_opendocument_sheet_that_holds_very_much_is_refused_within_the_budget(app, cell, row):
    xml = (
        f'<table:table-row table:number-rows-repeated="{row}"><table:table-cell office:value-type="string"'
        f' table:number-columns-repeated="{cell}"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    db.session.commit()
    with pytest.raises(UnreadableFile):
        list_files.read_sheets("l.ods", list_files.unpack_list("l.ods", write_ods({"Leden": xml})))


def test_a_sheet_that_is_laid_out_to_its_last_row_holds_what_stands_in_it():
    rest = (
        '<table:table-row table:number-rows-repeated="1048573">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    xml = odd_sheets.rows_of_ods([["Naam", "E-mail"], ["Zoë", "z@oss.example"]]) + rest
    assert len(rows(write_ods({"Leden": xml}))) == 2


@pytest.mark.parametrize("locked", [old_workbook()[:512] + "EncryptedPackage".encode("utf-16-le"), None])
def test_a_workbook_with_a_password_is_told_apart_from_one_that_is_broken(locked):
    content = locked or write_ods({"Leden": [["Naam"]]}, manifest='<manifest><encryption-data x="y"/></manifest>')
    assert list_cells.unpack_workbook(content)["problem"] == "locked"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_text_that_is_called_a_workbook_is_read_as_text(encoding):
    content = "Naam\tE-mail\r\nZoë\tz@oss.example\r\n".encode(encoding)
    assert list_files.read_sheets("leden.xls", content)[0].rows[1][1] == ["Zoë", "z@oss.example"]


def test_a_bomb_in_an_opendocument_sheet_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(list_cells, "MOST_UNPACKED", 2**20)
    out = io.BytesIO(write_ods({"Leden": [["Naam"]]}))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Pictures/1", b"\0" * 2**21)
    assert list_cells.unpack_workbook(out.getvalue())["problem"] == "too_big"
