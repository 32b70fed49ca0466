"""The watch itself: it sees something slow inside a transaction that others wait for, and nothing else."""

import pytest

from app import sheets
from app.database import db, only_reading
from app.sheets import Sheet, TableKind
from tests import factories, watch


@pytest.fixture
def seen():
    """What the watch saw, which is no fault of this test."""
    yield watch.found
    watch.found.clear()


def _write_sheet(kind: TableKind = TableKind.XLSX) -> None:
    sheets.write(kind, Sheet("Blad", [("a", 1)]))


def test_a_spreadsheet_is_written_while_others_wait(app, seen):
    factories.network()
    for kind in (TableKind.XLSX, TableKind.ODS):
        _write_sheet(kind)
    assert [each.partition(" from sheets.py")[0] for each in seen] == [
        "openpyxl.workbook.workbook.Workbook.save",
        "odfdo.document.Document.save",
    ]


def test_not_before_or_after_a_write_nor_while_only_reading(app, seen):
    _write_sheet()
    factories.network()
    db.session.commit()
    _write_sheet()
    factories.network(slug="twee")
    db.session.rollback()
    with only_reading():
        db.session.get(factories.Event, 1)
        _write_sheet()
    assert seen == []
