"""Members of a network as a spreadsheet."""

from collections.abc import Collection, Iterable

from flask_babel import gettext

from app import sheets
from app.network.people.people_list import MemberLine
from app.sheets import Sheet, TableKind


def list_columns() -> list[str]:
    """What can stand in the table, in its order."""
    return [
        gettext("Naam"),
        gettext("Mailadres"),
        gettext("Organisatie"),
        gettext("Functie"),
        gettext("Krijgt geen mail"),
        gettext("Mailadres werkt niet"),
    ]


def write_members_sheet(kind: TableKind, lines: Iterable[MemberLine], columns: Collection[int] = ()) -> bytes:
    """A table with one row per member, and these columns of `list_columns`."""
    sheet = Sheet(gettext("Mensen"), map(_member_row, lines), list_columns())
    return sheets.write(kind, sheet.with_columns(columns))


def _member_row(line: MemberLine) -> list[str]:
    yes = gettext("Ja")
    return [
        line.name,
        line.address or "",
        line.organisation or "",
        line.job,
        yes if line.unsubscribed_at else "",
        yes if line.bounced_at else "",
    ]
