"""The watch itself: it sees something slow inside a transaction that others wait for, and nothing else."""

import pytest

from app import sheets
from app.accounts import access_letters
from app.accounts.models import NetworkRole
from app.database import db, only_reading
from app.outbox import message_queue, message_states
from app.outbox.kinds import MessageKind
from app.outbox.models import MessageState
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


def test_a_few_letters_may_be_written_in_a_write_and_no_more(app, seen):
    network, account = factories.network(), factories.account(admin=True)

    def tell(times: int) -> list[str]:
        for _ in range(times):
            access_letters.plan_access_mail(account, network, NetworkRole.READER, account)
        return [each.partition(" from ")[0] for each in seen]

    assert tell(watch.LETTERS) == []
    db.session.commit()
    factories.network()
    assert tell(watch.LETTERS) == []
    assert tell(2) == ["app.outbox.letters.write_letter", "app.outbox.mime.write_mail_bytes"]


def test_so_many_rows_may_be_written_at_once(app, seen, monkeypatch):
    address = factories.person().addresses[0]
    message = message_queue.plan_message(MessageKind.TEST, address, details={})
    db.session.commit()
    monkeypatch.setattr(watch, "ROWS", 2)
    for _ in range(watch.ROWS):
        message_states.note_message_steps([message.id], MessageState.PLANNED)
    assert seen == []
    message_states.note_message_steps([message.id], MessageState.PLANNED)
    assert [each.partition(":")[0] for each in seen] == ["rows from outbox/message_states.py"]
    db.session.rollback()


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
