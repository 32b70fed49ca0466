"""Talks as a table to take along."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext

from app import sheets
from app.contact_moments.talk_queries import SeenTalk
from app.sheets import Sheet, TableKind


def write_talks_sheet(kind: TableKind, talks: Iterable[SeenTalk], *, with_notes: bool) -> bytes:
    """A row per talk; notes only for who may read them."""
    heading = [gettext("Datum"), gettext("Soort"), gettext("Thema"), gettext("Organisaties"), gettext("Met wie")]
    rows = (tuple(_cells(talk, with_notes=with_notes)) for talk in talks)
    return sheets.write(kind, Sheet(gettext("Contactmomenten"), rows, [*heading, *[gettext("Notitie")] * with_notes]))


def _cells(talk: SeenTalk, *, with_notes: bool) -> Iterator[str]:
    row = talk.row
    yield row.day.isoformat()
    yield str(row.kind.words)
    yield row.theme.words if row.theme else ""
    yield ", ".join(each.name for each in row.organisations)
    yield ", ".join(each.name for each in talk.people)
    if with_notes:
        yield talk.note
