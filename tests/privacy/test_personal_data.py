"""The one list of personal data is complete, and what follows from it says what it says."""

import io
import re

import pytest
import sqlalchemy as sa
from flask_babel import force_locale
from openpyxl import load_workbook

from app.database import Listed, db
from app.privacy.models import Term
from app.privacy.personal_data import FREE, PERSONAL_DATA, listed_columns
from app.sheets import TableKind

_OF_SOMEBODY = {"people", "invitations", "registrations", "messages", "accounts"}
_ONLY_WHO_DID_IT = {
    "archive_holds", "attendance_closings", "boards", "certificates_wanted", "corrections", "doubles", "editions", "organisation_requests", "themes", "waves",
}  # fmt: skip
"""Tables that point to an account only to tell who did it, or that say nothing of a person."""


def _word_columns() -> set[tuple[str, str]]:
    """(table, column) of all text, JSON and bytes that may hold anything."""
    kinds = (sa.String, sa.JSON, sa.LargeBinary)
    return {
        (table.name, column.name)
        for table in db.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, kinds) and not isinstance(column.type, sa.Enum | Listed)
    }


def _free_columns() -> set[tuple[str, str]]:
    return {(table, column) for table, columns in FREE.items() for column in columns.split()}


def test_every_column_of_words_is_listed_or_declared_free(app):
    assert _word_columns() - listed_columns() - _free_columns() == set()


def test_nothing_is_listed_that_is_not_there_or_is_free_as_well(app):
    assert (listed_columns() | _free_columns()) - _word_columns() == set()
    assert listed_columns() & _free_columns() == set()


def test_every_table_that_points_to_somebody_is_listed(app):
    listed = {table for kind in PERSONAL_DATA for table in kind.columns} | set(FREE) | _ONLY_WHO_DID_IT
    points = {
        table.name
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in _OF_SOMEBODY
    }
    assert points - listed == set()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_privacy_page_tells_of_every_kind(client, language):
    page = client.get("/privacy", headers={"Accept-Language": language})
    told = re.findall(r"<summary>([^<]+)</summary>", page.text.partition("<main")[2])
    assert len(told) == len(set(told)) == len(PERSONAL_DATA)


def test_register_and_page_follow_the_terms_that_were_chosen(app, client):
    from app.privacy import register
    from app.privacy.models import ChosenTerm

    with force_locale("nl"):
        assert "Hoelang: 14 dagen na de sessie" in register.write_register_text()
    db.session.add(ChosenTerm(term=Term.SPECIAL, days=7))
    db.session.commit()
    assert "7 dagen na de sessie" in client.get("/privacy").text
    with force_locale("nl"):
        book = load_workbook(io.BytesIO(register.write_register_table(TableKind.XLSX)))
    cells = [cell.value for row in book.worksheets[0].iter_rows(min_row=2) for cell in row]
    assert ("7 dagen na de sessie" in cells, book.worksheets[0].max_row) == (True, len(PERSONAL_DATA) + 1)


@pytest.mark.parametrize("command", ["register", "dpia"])
def test_a_command_prints_each_with_every_kind(app, command):
    done = app.test_cli_runner().invoke(args=["privacy", command])
    with force_locale("nl"):
        told = [str(kind.what) in done.output for kind in PERSONAL_DATA]
    assert (done.exit_code, all(told)) == (0, True)
