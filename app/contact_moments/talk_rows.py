"""Many talks at once: rows of a spreadsheet as they are pasted, each right or with what is wrong; all are kept or none."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from app import day_reading, folding
from app.accounts.models import Account
from app.contact_moments import contact_moments
from app.contact_moments.contact_moments import LONGEST_NOTE, FutureTalk, Talk, ThemeNotThen
from app.contact_moments.meant import Meanings, Unknown
from app.contact_moments.models import ContactMoment
from app.database import db
from app.network.models import Network
from app.network.people import names
from app.plain_text import storable_text
from app.themes.models import Theme
from app.words import Refusal, Worded

Found = TypeVar("Found")
MOST_ROWS = 1000
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
"""As a field of a form takes them (DayField)."""


class TalkColumn(Worded):
    """What a column holds, with headings by which it is known; without headings they stand in this order."""

    ORGANISATION = "organisation", _l("Organisatie"), {"organisatie", "gemeente", "organisation", "municipality", "met"}
    DAY = "day", _l("Datum"), {"datum", "dag", "date", "day", "wanneer"}
    KIND = "kind", _l("Soort"), {"soort", "soort contact", "soort gesprek", "kind", "type"}
    THEME = "theme", _l("Thema"), {"thema", "theme", "onderwerp", "topic"}
    NOTE = "note", _l("Notitie"), {"notitie", "opmerking", "opmerkingen", "note", "notes", "toelichting"}

    headings: set[str]

    def __init__(self, value: str, words: object, headings: set[str]) -> None:
        super().__init__(value, words)  # type: ignore[arg-type]  # what Worded checks
        self.headings = headings


class NotAllRight(Refusal):
    """Of rows that are not all right, none is kept."""

    says = _l("Niet alle rijen zijn goed. Er is niets vastgelegd.")
    field = "pasted"


@dataclass
class TalkRow:
    """One pasted row: the talk that it tells, or what is wrong with it."""

    number: int
    cells: Mapping[TalkColumn, str]
    talk: Talk | None = None
    theme: Theme | None = None
    problems: list[str] = field(default_factory=list)
    known: bool = False
    """Whether the network has this very talk already, so that it is not entered again."""


@dataclass
class Pasted:
    """Rows as they were read."""

    rows: list[TalkRow]
    ignored: list[str]
    """Headings of columns of which nothing is kept."""

    @property
    def wrong(self) -> list[TalkRow]:
        return [row for row in self.rows if row.problems]

    @property
    def new(self) -> list[TalkRow]:
        return [row for row in self.rows if row.talk and not row.known]


def read_rows(network: Network, text: str) -> Pasted:
    """What the rows tell, in a fixed number of queries."""
    cells = _read_cells(text)
    columns, ignored = _columns_of(cells[0][1]) if cells else (None, [])
    places = columns or dict(enumerate(TalkColumn))
    meanings = Meanings()
    rows = [
        _read_row(number, _by_column(row, places), meanings) for number, row in cells[bool(columns) : MOST_ROWS + 1]
    ]
    if len(cells) - bool(columns) > MOST_ROWS:
        problem = gettext("Er zijn meer dan %(most)s rijen. Plak ze in delen.", most=MOST_ROWS)
        rows[-1].problems.append(problem)
    _mark_known(network, rows)
    return Pasted(rows, ignored)


def enter_rows(network: Network, pasted: Pasted, by: Account | None) -> int:
    """Keep all that is new; returns how many talks that are. Raises NotAllRight."""
    if pasted.wrong:
        raise NotAllRight()
    for row in pasted.new:
        if row.talk:
            contact_moments.enter_talk(network, row.talk, by)
    db.session.flush()
    return len(pasted.new)


def _read_cells(text: str) -> list[tuple[int, list[str]]]:
    """Rows with something in them, each with its number as it was pasted."""
    delimiter = next((mark for mark in "\t;" if mark in text), ",")
    read = _split(storable_text(text), delimiter)
    rows = ((number, [cell.strip() for cell in row]) for number, row in enumerate(read, 1))
    return [(number, row) for number, row in rows if any(row)]


def _split(text: str, delimiter: str) -> list[list[str]]:
    """A quote that is opened and not closed, which makes one endless cell of all that follows, is read as it stands."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in text.splitlines()]


def _columns_of(first: list[str]) -> tuple[dict[int, TalkColumn] | None, list[str]]:
    """Which column stands where and which are none of ours, when the first row is one of headings."""
    found = {
        place: column for place, cell in enumerate(first) for column in TalkColumn if _plain(cell) in column.headings
    }
    if not {TalkColumn.ORGANISATION, TalkColumn.DAY} <= set(found.values()):
        return None, []
    return found, [cell for place, cell in enumerate(first) if cell and place not in found]


def _plain(cell: str) -> str:
    return folding.fold_accents(cell).strip(" .:*")


def _by_column(row: list[str], places: Mapping[int, TalkColumn]) -> dict[TalkColumn, str]:
    cells = dict.fromkeys(TalkColumn, "")
    return cells | {column: row[place] for place, column in places.items() if place < len(row)}


def _read_row(number: int, cells: Mapping[TalkColumn, str], meanings: Meanings) -> TalkRow:
    row = TalkRow(number, cells)
    organisations = _try(row, lambda: meanings.organisations(_demand(cells, TalkColumn.ORGANISATION)))
    day = _try(row, lambda: _read_day(_demand(cells, TalkColumn.DAY)))
    kind = _try(row, lambda: meanings.kind(_demand(cells, TalkColumn.KIND)))
    theme = (
        _try(row, lambda: _theme_on(day, meanings.theme(cells[TalkColumn.THEME]))) if cells[TalkColumn.THEME] else None
    )
    note = _try(row, lambda: _read_note(cells[TalkColumn.NOTE]))
    if not row.problems and organisations and day and kind:
        bodies = contact_moments.bodies_on(day, organisations)
        row.theme = theme
        row.talk = Talk(kind, day, bodies, theme.id if theme else None, note or "")
    return row


def _try(row: TalkRow, read: Callable[[], Found]) -> Found | None:
    """What was read; else nothing, with what is wrong noted at the row."""
    try:
        return read()
    except Unknown as wrong:
        row.problems.append(str(wrong))
        return None


def _demand(cells: Mapping[TalkColumn, str], column: TalkColumn) -> str:
    """What stands in a column that may not be empty. Raises Unknown."""
    if not cells[column]:
        raise Unknown(gettext("Vul de kolom ‘%(column)s’ in.", column=column.words))
    return cells[column]


def _read_day(text: str) -> date:
    """A day that has been. Raises Unknown."""
    try:
        day = day_reading.read_whole_day(text)
    except ValueError:
        problem = gettext("De datum ‘%(text)s’ bestaat niet. Schrijf hem als 10-12-2026.", text=text[:40])
        raise Unknown(problem) from None
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise Unknown(gettext("Kies een datum tussen 2000 en 2100."))
    try:
        contact_moments.check_day(day)
    except FutureTalk as refused:
        raise Unknown(refused.words) from None
    return day


def _theme_on(day: date | None, theme: Theme) -> Theme:
    """A theme that could be chosen on the day of the talk. Raises Unknown."""
    try:
        if day:
            contact_moments.check_theme(theme, day)
    except ThemeNotThen as refused:
        raise Unknown(refused.words) from None
    return theme


def _read_note(text: str) -> str:
    """A note that is short enough. Raises Unknown."""
    note = names.clean_name(text)
    if len(note) > LONGEST_NOTE:
        raise Unknown(gettext("De notitie is te lang. Gebruik hooguit %(max)d tekens.", max=LONGEST_NOTE))
    return note


def _mark_known(network: Network, rows: Iterable[TalkRow]) -> None:
    """Say of each row whether that very talk is there already; a row that stands there twice is two talks."""
    told = [row.talk for row in rows if row.talk]
    if not told:
        return
    days = {talk.day for talk in told}
    theirs = sa.select(ContactMoment).where(ContactMoment.network_id == network.id, ContactMoment.day.in_(days))
    kept = db.session.scalars(theirs.options(selectinload(ContactMoment.organisations))).all()
    there = Counter(_sign_of(talk) for talk in kept)
    for row in rows:
        if row.talk and there[_sign_of(row.talk)]:
            there[_sign_of(row.talk)] -= 1
            row.known = True


def _sign_of(talk: Talk | ContactMoment) -> Hashable:
    """What two talks that are one have in common."""
    return talk.day, talk.kind, talk.theme_id, talk.note, frozenset(each.id for each in talk.organisations)
